"""Columns that say the same as another."""

import numpy as np

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding

WIDEST = 2_000
"""Maximum of columns that are compared."""

SAME = 1 - 1e-9
"""Correlation from which two columns are equal up to unit, sign and offset: rounding is left."""


NEARLY = 1 - 1e-3
"""Correlation from which rounding is looked at."""

FINE, DIFFERENT = 5, 10
"""Least number of rounding steps in a standard deviation, and of different values."""


def duplicate_columns(data: Data) -> Finding | None:
    """Find tables with columns that are another column, in the same or in another unit."""
    if data.image_shape is not None or len(data) < 10 or np.isnan(data.sample).all(axis=0).any():
        return None
    varied = np.flatnonzero(data.varied)[:WIDEST]
    if len(varied) < 2:
        return None
    z = data.standardised(data.sample)[:, varied]
    correlation = np.abs(z.T @ z) / len(z)
    same = correlation > SAME
    for i, j in np.argwhere(np.tril((correlation > NEARLY) & ~same, -1)).tolist():
        same[i, j] = same[j, i] = _but_for_rounding(*data.sample[:, varied[[i, j]]].T)
    missing = np.isnan(data.sample[:, varied])
    same &= missing.T.astype(float) @ missing == missing.sum(axis=0)  # missing in the same rows
    later, first = np.nonzero(np.tril(same, -1))
    if not len(later):
        return None
    copies = np.unique(varied[later])
    bits = all(len(np.unique(data.sample[:, j])) <= 2 for j in copies)
    return Finding(
        "note" if bits else "look",
        f"Column {data.columns(copies)} says the same as column "
        f"{data.columns(np.unique(varied[first]))}, in the same or another unit.",
        "Keep one of each: what stands twice counts twice in the error.",
        {"columns": copies.tolist()},
    )


def _but_for_rounding(x: np.ndarray, y: np.ndarray) -> bool:
    """Return whether a line through two columns leaves no more than the rounding of both."""
    both = ~(np.isnan(x) | np.isnan(y))
    x, y = x[both], y[both]
    steps = [_step(one) for one in (x, y)]
    if min(len(np.unique(one)) for one in (x, y)) < DIFFERENT:
        return False
    slope = float(np.cov(x, y)[0, 1] / x.var(ddof=1))
    left = y - y.mean() - slope * (x - x.mean())
    allowed = 0.6 * (steps[1] + abs(slope) * steps[0])
    fine = all(step * FINE < one.std() for step, one in zip(steps, (x, y), strict=True))
    return bool(fine and np.abs(left).max() <= allowed)


def _step(x: np.ndarray) -> float:
    """Return the step that numbers are rounded to, such as 0.01; 0 for one below a millionth."""
    for decimals in range(7):
        if np.allclose(x, np.round(x, decimals), rtol=1e-12, atol=1e-12):
            return 10.0**-decimals
    return 0.0
