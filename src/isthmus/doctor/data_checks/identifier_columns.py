"""Columns that number the rows."""

import numpy as np

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding

LEAST_ROWS = 20
"""With fewer rows whole numbers are all different by chance."""


def identifier_columns(data: Data) -> Finding | None:
    """Find columns of whole numbers, no two equal, that fill their range or rise row by row.

    Of n numbers drawn from a range of 2 n, all are different with a probability below exp(-n / 4);
    of n numbers in any order, all rise with a probability of 1 / n!.
    """
    if len(data) < LEAST_ROWS or data.image_shape is not None:
        return None
    index = np.arange(min(len(data), 5_000))  # neighbours, so that an order can be seen
    rows = data.rows(index)
    found = [j for j in range(data.width) if _numbers_rows(rows[:, j])]
    if not found:
        return None
    return Finding(
        "look",
        f"Column {data.columns(found)} numbers the rows: whole numbers, no two equal.",
        "Drop it: a code that has to keep it keeps less of everything else.",
        {"columns": found},
    )


def _numbers_rows(values: np.ndarray) -> bool:
    if np.isnan(values).any() or np.any(values != np.round(values)):
        return False
    if len(np.unique(values)) < len(values):
        return False
    steps = np.diff(values)
    fills = values.max() - values.min() < 2 * len(values)
    return bool(fills or (steps > 0).all() or (steps < 0).all())
