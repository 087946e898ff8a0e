"""Whether two samples of rows have the same distribution, column by column."""

from typing import NamedTuple

import numpy as np
from scipy.stats import ks_2samp

SURE = 1e-4
"""Probability of a false alarm, over all columns."""

LARGE = 0.25
"""Least distance of the two distribution functions: smaller ones are real but harmless."""

WIDEST = 200
"""Maximum of columns that are compared, evenly spaced."""


class Drift(NamedTuple):
    """Columns that differ, the most different first.

    Parameters
    ----------
    columns
        Their indexes.
    statistic
        Kolmogorov-Smirnov distance in the first of them, 0 to 1.
    middles
        Medians in the first of them, before and now.
    """

    columns: tuple[int, ...]
    statistic: float
    middles: tuple[float, float]

    def describe(self) -> str:
        """Return the difference in the first column in words."""
        before, now = self.middles
        return f"its median is {now:.4g} and was {before:.4g}"


def drift(before: np.ndarray, now: np.ndarray) -> Drift | None:
    """Return how two samples (n, D) and (m, D) differ, or None.

    Every column is compared by the two-sample Kolmogorov-Smirnov test at a level of 1e-4 over all
    columns; a difference counts from a distance of 0.25 of the distribution functions on. Missing
    entries are left out.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> drift(rng.normal(size=(200, 2)), rng.normal(size=(100, 2))) is None
    True
    >>> drift(rng.normal(size=(200, 2)), rng.normal(size=(100, 2)) + [0, 3]).columns
    (1,)
    """
    width = before.shape[1]
    found = []
    for j in np.linspace(0, width - 1, min(width, WIDEST)).astype(int):
        old, new = (part[~np.isnan(part[:, j]), j] for part in (before, now))
        if not len(old) or not len(new):
            continue
        result = ks_2samp(old, new, method="asymp")
        if result.statistic > LARGE and result.pvalue < SURE / width:  # pyright: ignore[reportAttributeAccessIssue]
            middles = float(np.median(old)), float(np.median(new))
            found.append((float(result.statistic), int(j), middles))  # pyright: ignore[reportAttributeAccessIssue]
    if not found:
        return None
    found.sort(reverse=True)
    return Drift(tuple(j for _, j, _ in found), found[0][0], found[0][2])
