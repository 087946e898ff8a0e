"""HDF5: one array of a file, by its key."""

from pathlib import Path
from typing import Any

from isthmus.annotations import Examples
from isthmus.data.array_file import ArrayFile
from isthmus.data.checks import reason
from isthmus.data.formats import optional
from isthmus.data.named_arrays import from_named
from isthmus.data.reading import Reading
from isthmus.data.records import is_records
from isthmus.data.source import Source
from isthmus.errors import DataError


def open_hdf5(path: Path, how: Reading, *, reversed_axes: bool = False) -> Source:
    """Read an array of numbers by its key, such as "train/images".

    One that lies in the file as it is, in a piece and not compressed, is read where it is indexed;
    others are read whole.

    Parameters
    ----------
    path, how
        As for every reader.
    reversed_axes
        Whether the axes stand in the reverse order, as MATLAB writes them.
    """
    h5py = optional("h5py")
    try:
        with h5py.File(path, "r") as file:
            found: dict[str, Any] = {}
            file.visititems(lambda name, one: _note(found, name, one, h5py.Dataset))

            def read(name: str) -> Examples:
                array = _array(path, found[name])
                if is_records(array):
                    return array
                return array[:].T if reversed_axes else array

            return from_named(list(found), read, path.name, how)
    except OSError as error:
        raise DataError(f"{path.name} cannot be read as HDF5 ({reason(error)}).") from None


def _note(found: dict[str, Any], name: str, one: Any, kind: type) -> None:
    """Note an array of numbers of some axes, or of records."""
    if isinstance(one, kind) and (one.dtype.kind in "buif" or is_records(one)) and one.ndim:  # pyright: ignore[reportAttributeAccessIssue]
        found[name] = one


def _array(path: Path, dataset: Any) -> Examples:
    start = dataset.id.get_offset()
    if start is None or dataset.ndim < 2 or dataset.external:
        return dataset[()]
    return ArrayFile(path, dataset.shape, dataset.dtype, start)
