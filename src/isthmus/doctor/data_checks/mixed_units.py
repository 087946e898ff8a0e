"""Columns of positive numbers of which a part is in another unit."""

import numpy as np

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding

LEAST_SHARE = 0.03
"""Least share of the rows on either side of the gap."""

GAP = 5.0
"""Least ratio of the two values on the sides of the gap."""

ALIKE = 1.5
"""Maximum ratio of the relative spreads of the two sides: one quantity has one of them."""

LEAST_DIFFERENT = 15
"""Least number of different values on either side."""


def mixed_units(data: Data) -> Finding | None:
    """Find columns whose values fall into two groups, one some times the other, with none between.

    A quantity that was entered in metres by some and in centimetres by others does: both groups
    have the same spread relative to their medians.
    """
    if len(data) < 50 or data.image_shape is not None:
        return None
    found = {}
    for j in np.flatnonzero(data.varied).tolist():
        factor = _factor(data.sample[:, j])
        if factor is not None:
            found[j] = factor
    if not found:
        return None
    j, (factor, share) = next(iter(found.items()))
    return Finding(
        "look",
        f"Column {data.column(j)} holds two groups of values, {share:.0%} of them about "
        f"{factor:.3g} times the others and none between: they may be in two units.",
        "Bring all to one unit.",
        {"columns": [*found], "factor": factor, "share": share},
    )


def _factor(values: np.ndarray) -> tuple[float, float] | None:
    """Return by how much one group is greater, and its share; None if there is one group."""
    values = np.sort(values[~np.isnan(values)])
    if len(values) < 50 or values[0] <= 0:
        return None
    ratios = values[1:] / values[:-1]
    cut = int(ratios.argmax()) + 1
    low, high = values[:cut], values[cut:]
    shares = np.array([len(low), len(high)]) / len(values)
    different = min(len(np.unique(low)), len(np.unique(high)))
    if ratios[cut - 1] < GAP or shares.min() < LEAST_SHARE or different < LEAST_DIFFERENT:
        return None
    spreads = [np.log(side).std() for side in (low, high)]
    if max(spreads) > ALIKE * min(spreads):
        return None
    return float(np.median(high) / np.median(low)), float(shares[1])
