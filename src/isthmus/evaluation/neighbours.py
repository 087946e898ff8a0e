"""Nearest neighbours of examples."""

from typing import Any

import numpy as np

from isthmus.errors import SettingError
from isthmus.evaluation.pca import PCABaseline, Rows, fit_pca
from isthmus.evaluation.reconstruction import blocks

AXES = 50
"""Number of principal axes on which neighbours are sought: what lies beyond is mostly noise."""

EXACT = 100_000
"""Largest number of examples for an exact search, whose time grows with the number squared."""

SAMPLE = 30_000
"""Maximum number of examples, evenly spaced, that the principal axes are fitted to."""


def on_principal_axes(X: Rows, axes: int = AXES) -> np.ndarray:
    """Return rows on their leading principal axes: float32 (n, min(axes, D)).

    Parameters
    ----------
    X : (n, D)
        Rows without missing values, read in blocks.
    axes : int
        Number of axes; with D or more, nothing is lost but the mean.

    Examples
    --------
    >>> on_principal_axes(np.array([[0.0, 0.0], [3.0, 4.0]]), 1).ravel().tolist()
    [-2.5, 2.5]
    """
    pca = principal_axes(X, axes)
    parts = [pca.transform(np.asarray(X[rows]), len(pca.components)) for rows in blocks(X.shape[0])]
    return np.concatenate(parts)


def principal_axes(X: Rows, axes: int = AXES) -> PCABaseline:
    """Return the leading principal axes of rows, from at most 30,000 that are evenly spaced.

    Parameters
    ----------
    X : (n, D)
        Rows without missing values.
    axes : int
        Maximum number of axes.

    Examples
    --------
    >>> principal_axes(np.array([[0.0, 0.0], [3.0, 4.0]]), 1).components.shape
    (1, 2)
    """
    n, features = X.shape
    some = np.arange(0, n, -(-n // SAMPLE))
    sample = np.asarray(X[some])
    return fit_pca(sample, min(axes, features, len(sample)))


def search_neighbours(x: np.ndarray, k: int) -> np.ndarray:
    """Return the k nearest other rows, exact up to 100,000 rows and approximate above.

    Above, the package ``pynndescent`` searches, which the extra ``map`` installs.

    Parameters
    ----------
    x : ndarray of shape (n, d)
        Without missing values.
    k : int
        Number of neighbours, from 1 to n - 1.

    Returns
    -------
    ndarray of int32, shape (n, k)

    Raises
    ------
    SettingError
        If there are more rows and ``pynndescent`` is not installed.
    """
    return nearest_neighbours(x, k) if len(x) <= EXACT else _approximate_neighbours(x, k)


def nearest_neighbours(x: np.ndarray, k: int) -> np.ndarray:
    """Return the k nearest other rows of each row by Euclidean distance, the nearest first.

    The search is exact, in blocks: its time grows with n squared, its memory with n.

    Parameters
    ----------
    x : ndarray of shape (n, d)
        Without missing values.
    k : int
        Number of neighbours, from 1 to n - 1.

    Returns
    -------
    ndarray of int32, shape (n, k)

    Examples
    --------
    >>> nearest_neighbours(np.array([[0.0], [1.0], [5.0], [5.5]]), 1).ravel().tolist()
    [1, 0, 3, 2]
    """
    from sklearn.neighbors import NearestNeighbors

    found = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(np.ascontiguousarray(x))
    return found.kneighbors(return_distance=False).astype(np.int32)


def _approximate_neighbours(x: np.ndarray, k: int) -> np.ndarray:
    try:
        from pynndescent import NNDescent  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise SettingError(
            f"{len(x)} examples are too many for an exact search of neighbours (the limit is "
            f"{EXACT}): pip install 'isthmus[map]' for an approximate one, or fit to fewer."
        ) from error
    search: Any = NNDescent(x, n_neighbors=k + 1, random_state=0)
    found = search.neighbor_graph[0]
    others = found != np.arange(len(x))[:, None]
    others &= np.cumsum(others, axis=1) <= k  # where a row does not find itself, k + 1 are others
    return found[others].reshape(len(x), k).astype(np.int32)
