"""MATLAB's files."""

from pathlib import Path

import numpy as np

from isthmus.data.checks import reason
from isthmus.data.named_arrays import from_named
from isthmus.data.reading import Reading
from isthmus.data.source import Source
from isthmus.errors import DataError


def open_mat(path: Path, how: Reading) -> Source:
    """Read an array of numbers of a .mat file, of version 7.3 (which is HDF5) too."""
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError
    from scipy.sparse import issparse

    try:
        arrays = loadmat(path, appendmat=False)
    except NotImplementedError:
        from isthmus.data.hdf5_files import open_hdf5

        return open_hdf5(path, how, reversed_axes=True)
    except (OSError, ValueError, TypeError, MatReadError) as error:
        raise DataError(
            f"{path.name} cannot be read as MATLAB's ({reason(error)}); save it again."
        ) from None
    names = [name for name, one in arrays.items() if issparse(one) or _is_numbers(one)]
    return from_named(names, arrays.__getitem__, path.name, how)


def _is_numbers(array: object) -> bool:
    return isinstance(array, np.ndarray) and array.dtype.kind in "buif"
