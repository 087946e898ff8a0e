"""Sparse matrices as examples: dense only block by block, where they are indexed."""

from typing import Any

import numpy as np

from isthmus.annotations import Index
from isthmus.errors import DataError


class SparseRows:
    """A sparse matrix (n, D) whose rows come out dense.

    Parameters
    ----------
    matrix
        A sparse matrix or array of SciPy of any format, of two axes.

    Examples
    --------
    >>> from scipy.sparse import csc_array
    >>> SparseRows(csc_array([[0, 2], [3, 0]]))[[1]]
    array([[3, 0]])
    """

    def __init__(self, matrix: Any) -> None:
        from scipy.sparse import csr_array

        if matrix.ndim != 2 or matrix.dtype.kind not in "buif":
            raise DataError(
                f"The sparse matrix has shape {matrix.shape} and type {matrix.dtype}; expected "
                "real numbers, a row for each example."
            )
        self.matrix = csr_array(matrix)
        self.shape: tuple[int, ...] = matrix.shape
        stored = np.dtype(matrix.dtype)
        self.dtype = np.dtype(np.uint8) if stored.kind == "b" else stored

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: Index | tuple[Index, ...]) -> np.ndarray:
        if isinstance(rows, tuple):
            return self[rows[0]][(slice(None), *rows[1:])]
        index = np.arange(len(self))[rows]
        dense = self.matrix[index.reshape(-1)].toarray().astype(self.dtype, copy=False)
        return dense.reshape(*index.shape, self.shape[1])
