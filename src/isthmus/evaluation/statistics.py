"""Statistics of columns, gathered in one pass over rows that come in blocks."""

import numpy as np

from isthmus.evaluation.reconstruction import blocks


class ColumnStatistics:
    """Standard deviations of columns; NaN is missing and left out.

    Examples
    --------
    >>> statistics = ColumnStatistics()
    >>> statistics.add(np.array([[1.0, 5.0], [3.0, np.nan]]))
    >>> statistics.add(np.array([[5.0, 5.0]]))
    >>> statistics.std.round(4).tolist()
    [1.633, 0.0]
    """

    def __init__(self) -> None:
        self._centre: np.ndarray | None = None

    def add(self, X: np.ndarray) -> None:
        """Take in the next rows (b, D)."""
        for rows in blocks(len(X)):
            self._add(X[rows])

    def _add(self, X: np.ndarray) -> None:
        known = ~np.isnan(X) if X.dtype.kind == "f" else np.ones(X.shape, bool)
        counts = known.sum(axis=0)
        if self._centre is None:  # near the mean, so that no digits are lost to cancellation
            sums = np.sum(X, axis=0, where=known, dtype=np.float64)
            self._centre = sums / np.maximum(counts, 1)
            self._counts = np.zeros(X.shape[1])
            self._sums, self._squares = np.zeros(X.shape[1]), np.zeros(X.shape[1])
        shifted = np.where(known, X - self._centre, 0.0)
        self._counts += counts
        self._sums += shifted.sum(axis=0)
        self._squares += np.square(shifted).sum(axis=0)

    @property
    def std(self) -> np.ndarray:
        """Standard deviation (D,) of each column, divided by n."""
        n = np.maximum(self._counts, 1)
        return np.sqrt(np.maximum(self._squares / n - np.square(self._sums / n), 0.0))
