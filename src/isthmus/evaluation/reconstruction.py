"""Errors of a reconstruction: an element's, a column's, and the variance it explains."""

from collections.abc import Iterator

import numpy as np

ROWS = 1024


def blocks(n: int, rows: int = ROWS) -> Iterator[slice]:
    """Cut ``n`` rows into slices of at most ``rows``, so that no large copy is ever made.

    Examples
    --------
    >>> list(blocks(5, rows=2))
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    for start in range(0, n, rows):
        yield slice(start, min(start + rows, n))


def column_mse(X: np.ndarray, X_hat: np.ndarray) -> np.ndarray:
    """Mean squared error of each column, summed up in float64.

    Parameters
    ----------
    X, X_hat : ndarray of shape (n, D) or (n, ...)
        Originals and reconstructions, in the same unit; further axes are flattened.

    Returns
    -------
    ndarray of shape (D,)
        Squared unit of ``X``.

    Examples
    --------
    >>> column_mse(np.zeros((2, 2)), np.array([[1.0, 0.0], [3.0, 0.0]])).tolist()
    [5.0, 0.0]
    """
    n = len(X)
    total = np.zeros(int(np.prod(np.shape(X)[1:])))
    for rows in blocks(n):
        left = np.asarray(X[rows], np.float64).reshape(rows.stop - rows.start, -1)
        right = np.asarray(X_hat[rows], np.float64).reshape(left.shape)
        total += np.square(left - right).sum(axis=0)
    return total / n


def mse(X: np.ndarray, X_hat: np.ndarray) -> float:
    """Mean squared error of an element.

    Parameters
    ----------
    X, X_hat : ndarray of shape (n, D) or (n, ...)
        Originals and reconstructions, in the same unit.

    Returns
    -------
    float
        Squared unit of ``X``.

    Examples
    --------
    >>> mse(np.zeros((2, 2)), np.ones((2, 2)))
    1.0
    """
    return float(column_mse(X, X_hat).mean())


def explained_variance(error: float, variance: float) -> float:
    """Share of the variance that a reconstruction explains, ``1 - MSE / variance``.

    Parameters
    ----------
    error : float
        Mean squared error of an element.
    variance : float
        Mean squared distance of an element from the mean of the *training* part, so that
        a reconstruction by that mean explains exactly nothing.

    Returns
    -------
    float
        At most 1; negative when the reconstruction is worse than the mean; NaN when there
        is no variance to explain.

    Examples
    --------
    >>> explained_variance(0.25, 1.0)
    0.75
    """
    return 1.0 - error / variance if variance > 0 else float("nan")
