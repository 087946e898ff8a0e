"""Real numbers under the Bernoulli likelihood."""

import numpy as np

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding, setting

FLOOR = 0.7
"""Share of the cost of the means that no model can lower: 0.22 for MNIST, 0.50 for the 8x8 digits,
0.72 for values spread evenly over their range, more for values about a middle."""


def grey_bits(data: Data) -> Finding | None:
    """Find data that the Bernoulli likelihood sees as noise.

    Its cost has a floor, the entropy of the values taken as probabilities. Where the floor is most
    of what the column means alone cost, little is left to learn from, and samples are noise.
    """
    if data.plan.likelihood != "bernoulli":
        return None
    x = data.sample
    low, high = np.nanmin(x, axis=0), np.nanmax(x, axis=0)
    if data.plan.scaling in ("auto", "range", "pixels") or data.image_shape is not None:
        low, high = np.full_like(low, low.min()), np.full_like(high, high.max())
    p = np.clip((x - low) / np.where(high > low, high - low, 1), 0, 1)
    whole = (p == 0) | (p == 1) | np.isnan(p)
    if whole.all():
        return None
    floor = float(np.nansum(np.nanmean(_entropy(p), axis=0)))
    cost = float(_entropy(np.nanmean(p, axis=0)).sum())
    if floor < FLOOR * cost:
        return None
    return Finding(
        "look",
        f"The values are real numbers, not bits: {floor / cost:.0%} of the Bernoulli cost of the "
        "column means is a floor that no model can lower.",
        f"Use {setting('likelihood', 'gaussian')} with {setting('scaling', 'auto')}.",
        {"floor_share": floor / cost},
    )


def _entropy(p: np.ndarray) -> np.ndarray:
    q = np.clip(p, 1e-12, 1 - 1e-12)
    return -(q * np.log(q) + (1 - q) * np.log1p(-q))
