"""Rows of a table that stand in the order of a column of dates or times."""

import numpy as np

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding

LEAST_ROWS = 50
"""With fewer rows, little is lost by a random split."""


def time_order(data: Data) -> Finding | None:
    """Find columns of times that never fall, or never rise, and mostly differ from row to row."""
    if len(data) < LEAST_ROWS or data.test is not None:
        return None
    found = [title for title, times in data.table.times.items() if _is_ordered(times)]
    if not found:
        return None
    return Finding(
        "note",
        f'The rows are in the order of time, by column "{found[0]}".',
        "If later rows are to be predicted from earlier ones, keep the last rows apart as a test "
        "set: under a random split every test row has its neighbours in the training part.",
        {"columns": found},
    )


def _is_ordered(times: np.ndarray) -> bool:
    steps = np.diff(times[~np.isnan(times)])
    if len(steps) < LEAST_ROWS - 1 or (steps != 0).mean() < 0.5:
        return False
    return bool((steps >= 0).all() or (steps <= 0).all())
