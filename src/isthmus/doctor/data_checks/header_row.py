"""A table's header that was read as its first example."""

import numpy as np

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding

LEAST_COLUMNS = 4
"""With fewer columns numbers rise by one by chance."""


def header_row(data: Data) -> Finding | None:
    """Find a first row that counts the columns: 0, 1, 2, ... or 1, 2, 3, ..., unlike the rest."""
    if data.image_shape is not None or data.width < LEAST_COLUMNS or len(data) < 3:
        return None
    first, second = data.rows(np.arange(2))
    if not _counts(first) or _counts(second):
        return None
    return Finding(
        "look",
        f"The first example counts the columns ({first[np.isfinite(first)][0]:g} to "
        f"{first[np.isfinite(first)][-1]:g}): it is the table's header.",
        "Drop the first row, or name the columns by words.",
    )


def _counts(row: np.ndarray) -> bool:
    known = row[np.isfinite(row)]
    return len(known) >= LEAST_COLUMNS and known[0] in (0, 1) and bool((np.diff(known) == 1).all())
