"""Arrays as the measures want them: rows of float64, every one finite."""

import numpy as np

from isthmus.errors import DataError


def finite_rows(name: str, values: np.ndarray) -> np.ndarray:
    """Return ``values`` (n, ...) as float64 rows (n, d), or say what is wrong with them.

    Raises
    ------
    DataError
        Without a row, with something that is not a number, or with a row that is not finite.

    Examples
    --------
    >>> finite_rows("codes", np.array([1, 2])).tolist()
    [[1.0], [2.0]]
    """
    try:
        rows = np.asarray(values, np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"The {name} must be numbers, one row an example.") from error
    if rows.ndim == 0 or rows.size == 0:
        raise DataError(f"The {name} are empty (shape {rows.shape}); give at least one row.")
    rows = rows.reshape(len(rows), -1)
    bad = int((~np.isfinite(rows)).any(axis=1).sum())
    if bad:
        raise DataError(f"{bad} of {len(rows)} {name} are not finite, but every one must be.")
    return rows
