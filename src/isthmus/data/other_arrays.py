"""Arrays that are not NumPy's, as NumPy's."""

from collections.abc import Sequence
from os import PathLike
from typing import Any

import numpy as np

from isthmus.annotations import ExamplesLike
from isthmus.errors import DataError


def is_foreign(X: object) -> bool:
    """Return whether this is an array of another library: JAX, PyTorch, xarray, dask, CuPy.

    >>> import jax.numpy as jnp
    >>> is_foreign(jnp.zeros(3)), is_foreign(np.zeros(3))
    (True, False)
    """
    if isinstance(X, np.ndarray | str | bytes | PathLike | list | tuple):
        return False
    module = type(X).__module__.partition(".")[0]
    return module in ("jax", "jaxlib", "torch", "xarray", "dask", "cupy", "tensorflow")


def as_numpy(X: Any) -> Any:
    """Return an array of any library as NumPy's; what is none comes back as it is.

    A PyTorch tensor is detached and copied to the host, an array of dask is computed, images of
    one size in a list are stacked, masked entries become NaN.

    Raises
    ------
    DataError
        If a list holds images of several sizes, or a path is given for what it names.

    Examples
    --------
    >>> as_numpy(np.ma.array([[1, 2]], mask=[[0, 1]]))
    array([[ 1., nan]])
    >>> as_numpy([np.zeros((4, 3)), np.ones((4, 3))]).shape
    (2, 4, 3)
    """
    if isinstance(X, str | PathLike):
        raise DataError(
            f"Examples are expected, and this is the name {str(X)!r}: read what it names by "
            f"isthmus.open_source({str(X)!r}).examples."
        )
    if np.ma.isMaskedArray(X):
        return np.ma.filled(X.astype(np.float64), np.nan)
    if is_foreign(X):
        return _from_library(X)
    return _stacked(X) if isinstance(X, list | tuple) and X and np.ndim(X[0]) > 1 else X


def _from_library(X: Any) -> np.ndarray:
    if type(X).__module__.partition(".")[0] == "torch":
        X = X.detach().cpu()
    if type(X).__name__ == "Dataset":
        raise DataError(
            f"A Dataset of xarray holds {len(X.data_vars)} variables; give one of them."
        )
    array = np.asarray(X.get() if hasattr(X, "get") and hasattr(X, "device") else X)
    if array.dtype.kind == "V":  # bfloat16 has no name in NumPy
        array = array.astype(np.float32)
    return array


def _stacked(images: Sequence[ExamplesLike]) -> np.ndarray:
    """Return examples of one shape as one array."""
    arrays = [np.asarray(as_numpy(image)) for image in images]
    shapes = {array.shape for array in arrays}
    if len(shapes) > 1:
        first = next(i for i, array in enumerate(arrays) if array.shape != arrays[0].shape)
        raise DataError(
            f"Example {first} has shape {arrays[first].shape}, but example 0 {arrays[0].shape}; "
            "bring all to one size."
        )
    return np.stack(arrays)
