"""Numbers such as -999 that stand for a missing value."""

import numpy as np

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding, setting
from isthmus.tables.sentinels import USUAL

PLACEHOLDERS = (0.0, *map(float, USUAL))
"""Numbers by which people mark what they do not know."""

APART, NEGATIVE = 3.0, 0.1
"""Least distances from all other values, in widths of their range; below zero, among values that
are not negative, a number is out of place already."""

ZEROS = (0.01, 0.3)
"""Shares of zeros that may stand for something else; with more, zero is what most have."""

FROM_ZERO = 3.0
"""Standard deviations that nearly all other values lie above zero, where zero is such a mark."""


def placeholder_values(data: Data) -> Finding | None:
    """Find columns whose extreme value is such a number, repeats, and lies far from the others."""
    if len(data) < 20 or data.image_shape is not None:
        return None
    found = {}
    for j in np.flatnonzero(data.varied):
        value = _placeholder(data.sample[:, j])
        if value is not None:
            found[int(j)] = value
    if not found:
        return None
    value = next(iter(found.values()))
    share = float((data.sample[:, next(iter(found))] == value).mean())
    return Finding(
        "look",
        f"Column {data.columns(list(found))} holds {value:g} in {share:.1%} of the rows, far from "
        "all other values: it looks like a mark for what is missing.",
        f"Make these entries missing: NaN, or {setting('missing', [int(value)])} for a file"
        + ("." if data.plan.masked else f"; and fit with {setting('likelihood', 'masked')}."),
        {"columns": list(found), "value": value},
    )


def _placeholder(values: np.ndarray) -> float | None:
    values = values[~np.isnan(values)]
    for value in {float(values.min()), float(values.max())} & set(PLACEHOLDERS):
        others = values[values != value]
        if (values == value).sum() < 2 or len(np.unique(others)) < 5:
            continue
        if value == 0:
            far = np.quantile(others, 0.01) > FROM_ZERO * others.std()
            if far and ZEROS[0] < (values == 0).mean() < ZEROS[1]:
                return value
            continue
        width = others.max() - others.min()
        apart = NEGATIVE if value < 0 <= others.min() else APART
        if np.abs(others - value).min() > apart * width:
            return value
    return None
