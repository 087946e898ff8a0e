"""Fewer examples than the code has room for."""

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding, setting

EACH = 2
"""Examples for each dimension below which PCA itself reproduces half of any noise."""


def too_few_examples(data: Data) -> Finding | None:
    """Find codes of which n examples leave no dimension to spare.

    n examples span n - 1 dimensions: a code as large reproduces them exactly, whatever they are.
    """
    d, n = data.plan.latent_dim, len(data)
    if d is None or n > EACH * d:
        return None
    exact = n <= d + 1
    return Finding(
        "stop" if exact else "look",
        f"There are {n} examples and the code has {d} dimensions: "
        f"{'any' if exact else 'half of any'} noise in them can be reproduced.",
        f"Take at most {setting('latent_dim', max(1, n // 10))}, or more examples.",
        {"examples": n, "latent_dim": d},
    )
