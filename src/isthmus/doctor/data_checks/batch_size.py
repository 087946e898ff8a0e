"""A batch larger than the data."""

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding, setting


def batch_size(data: Data) -> Finding | None:
    """Find batches that hold all examples, so that an epoch is one step."""
    size, n = data.plan.batch_size, len(data)
    if size is None or size <= n:
        return None
    return Finding(
        "look",
        f"The batch size is {size} and there are {n} examples: an epoch is one step, so that "
        "training takes few steps.",
        f"Use {setting('batch_size', 'auto')}, or at most {setting('batch_size', max(1, n // 4))}.",
        {"batch_size": size, "examples": n},
    )
