"""A codebook of which a small part is used."""

import numpy as np

from isthmus.doctor.finding import Finding
from isthmus.doctor.fit import Fit

SHARE = 0.5
"""Least share of the values that equal use would show in as many symbols."""


def codebook_use(fit: Fit) -> Finding | None:
    """Compare the values in use with what equal use would show: K (1 - exp(-n / K)) of K in n."""
    if fit.symbols is None:
        return None
    used, size, seen = fit.symbols
    expected = size * -np.expm1(-seen / size)
    if used >= SHARE * expected:
        return None
    restarts = "EMA" not in str(fit.settings.get("latent"))
    return Finding(
        "look",
        f"The code uses {used} of its {size} values; equal use would show {expected:.0f} in "
        f"{seen:,} symbols.",
        f"Use a codebook of {max(2, 2 ** int(np.ceil(np.log2(max(used, 2)))))} values"
        + (
            ", or one of running means, whose unused values are put back to use (recipe vq_vae)."
            if restarts
            else ", or train longer."
        ),
        {"used": used, "size": size},
    )
