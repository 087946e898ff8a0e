"""A code in which the input can be copied."""

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding, setting


def copying(data: Data) -> Finding | None:
    """Find codes at least as wide as the input that nothing holds back."""
    d = data.plan.latent_dim
    if d is None or d < data.width or data.plan.penalised or data.width < 2:
        return None
    return Finding(
        "look",
        f"The code has {d} dimensions and the input {data.width}: the code can copy its input, and "
        "an error near zero says nothing.",
        f"Take a smaller code, {setting('latent_dim', max(1, data.width // 2))} at most, or a "
        "penalty or a corruption.",
        {"latent_dim": d, "features": data.width},
    )
