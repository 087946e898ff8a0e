"""Rows in the order of time, or in groups, under a random split."""

import numpy as np

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding

APART = 8
"""Distance of the rows with which neighbours are compared."""

PAIRS = 4_000
"""Maximum of rows that are compared with their neighbours."""

STRONG, WEAK = 0.18, 0.5
"""Ratios of the two mean squared distances: those of series of autocorrelation 0.9 and 0.5."""

TREND = 0.75
"""Ratio of the squared distance of rows eight apart to that of any two, below which rows drift."""

SURE = 5.0
"""Standard errors by which the ratio must be below 1."""


def row_order(data: Data) -> Finding | None:
    """Find tables whose neighbouring rows are far more alike than rows eight apart.

    Rows sorted by a label are not: within a label neighbours are as alike as any two. A random
    split puts a row's neighbours in time into the training part.
    """
    n = len(data)
    if n < 50 or data.test is not None:
        return None
    first = data.spread(min(PAIRS, max(2, 4_000_000 // data.width)))
    first = first[first < n - APART]
    z, near, far = (data.standardised(data.rows(first + shift)) for shift in (0, 1, APART))
    close, wide = np.square(z - near).sum(axis=1), np.square(z - far).sum(axis=1)
    if (close == 0).mean() > 0.1:  # repeated rows, which another check names
        return None
    gain = wide - close
    sure = gain.mean() / max(gain.std() / np.sqrt(len(gain)), 1e-12) > SURE
    ratio = float(close.mean() / max(wide.mean(), 1e-12))
    if sure and ratio <= WEAK:
        return _neighbours(ratio)
    everywhere = 2 * float(z.var(axis=0).sum())
    if data.labels is None and wide.mean() < TREND * everywhere:
        return _drifting(float(wide.mean()) / everywhere)
    return None


def _neighbours(ratio: float) -> Finding:
    return Finding(
        "look" if ratio <= STRONG else "note",
        f"Rows next to each other differ by {ratio:.0%} of what rows {APART} apart do (squared): "
        "they are in the order of time, or in groups.",
        "Keep the last rows, or whole groups, apart as a test set and evaluate on them: under a "
        "random split every test row has its neighbours in the training part.",
        {"ratio": ratio},
    )


def _drifting(ratio: float) -> Finding:
    return Finding(
        "note",
        f"Rows {APART} apart differ by {ratio:.0%} of what any two rows do (squared): the rows are "
        "sorted, by a kind or by time.",
        "If by time, keep the last rows apart as a test set; otherwise there is nothing to do.",
        {"ratio": ratio},
    )
