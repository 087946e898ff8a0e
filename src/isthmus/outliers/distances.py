"""Distances of rows to their nearest among others, a block at a time."""

import numpy as np

BLOCK_VALUES = 2**22
"""Distances that are in memory at a time, about."""


def neighbour_distances(
    rows: np.ndarray, others: np.ndarray, ks: np.ndarray, skipped: np.ndarray
) -> np.ndarray:
    """Return the distance of each row to its k-th nearest other, for several k.

    Parameters
    ----------
    rows : (n, D)
        Rows.
    others : (m, D)
        What they are compared with.
    ks : (K,)
        1 for the nearest, rising.
    skipped : (n,)
        How many of the nearest others of each row do not count: those that are the row itself.

    Returns
    -------
    ndarray (n, K)

    Examples
    --------
    >>> others = np.array([[0.0], [1.0], [3.0]])
    >>> neighbour_distances(np.array([[0.0]]), others, np.array([1, 2]), np.array([1])).round(3)
    array([[1., 3.]])
    """
    found = np.empty((len(rows), len(ks)))
    last = len(others) - 1
    shifts = np.arange(skipped.max(initial=0) + 1)
    wanted = np.unique(np.minimum(np.add.outer(shifts, ks - 1), last))
    for part in _parts(len(rows), len(others)):
        squares = _squared_distances(rows[part], others)
        squares.partition(wanted, axis=1)
        place = np.minimum(ks[None] - 1 + skipped[part, None], last)
        found[part] = np.take_along_axis(squares, place, axis=1)
    return np.sqrt(found)


def nearest_rows(rows: np.ndarray, others: np.ndarray, k: int, skipped: np.ndarray) -> np.ndarray:
    """Return the places (n, k) of the nearest others of each row; see `neighbour_distances`."""
    k = min(k, max(1, len(others) - int(skipped.max(initial=0))))
    found = np.empty((len(rows), k), int)
    for part in _parts(len(rows), len(others)):
        order = np.argsort(_squared_distances(rows[part], others), axis=1, kind="stable")
        place = np.arange(k)[None] + skipped[part, None]
        found[part] = np.take_along_axis(order, place, axis=1)
    return found


def freed(row: np.ndarray, others: np.ndarray, k: int) -> np.ndarray:
    """Return by how much a row's squared distance to others falls where one column is free.

    Of two columns that belong together and do not fit each other, the one is at fault without which
    the row lies among the others; both differ from the nearest others alike.

    Parameters
    ----------
    row : (1, D)
        One row.
    others : (m, D)
        What it is compared with.
    k
        How many of the nearest others are averaged over.

    Returns
    -------
    ndarray (1, D)
        >= 0.

    Examples
    --------
    >>> others = np.repeat([[-1.0], [0.0], [1.0]], 2, axis=1)
    >>> freed(np.array([[3.0, 0.0]]), others, 1).tolist()
    [[5.0, 1.0]]
    """
    squares = np.square(others - row, dtype=np.float64)  # (m, D)
    total = squares.sum(axis=1, keepdims=True)
    k = min(k, len(others))
    whole = np.partition(total[:, 0], k - 1)[:k].mean()
    without = np.partition(total - squares, k - 1, axis=0)[:k].mean(axis=0)
    return np.maximum(whole - without, 0.0)[None]


def count_identical(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return how many of the others (m, D) are identical to each row (n, D), to the bit.

    Examples
    --------
    >>> count_identical(np.array([[1.0], [2.0]]), np.array([[2.0], [2.0], [3.0]])).tolist()
    [0, 2]
    """
    counts: dict[bytes, int] = {}
    for row in np.ascontiguousarray(others):
        key = row.tobytes()
        counts[key] = counts.get(key, 0) + 1
    return np.array([counts.get(row.tobytes(), 0) for row in np.ascontiguousarray(rows)], int)


def _parts(n: int, others: int) -> list[slice]:
    step = max(1, BLOCK_VALUES // max(1, others))
    return [slice(i, min(i + step, n)) for i in range(0, n, step)]


def _squared_distances(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return squared distances (n, m), no less than 0."""
    centre = others.mean(axis=0)  # keeps digits where values lie far from zero
    a, b = (np.asarray(part - centre, np.float64) for part in (rows, others))
    squares = np.square(a).sum(axis=1)[:, None] - 2 * (a @ b.T) + np.square(b).sum(axis=1)[None]
    return np.maximum(squares, 0, out=squares)
