"""NumPy's own files: one array (.npy, mapped) or several (.npz)."""

import lzma
import struct
import tokenize
import zipfile
import zlib
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from isthmus.data.arrays import from_array
from isthmus.data.checks import reason
from isthmus.data.limits import check_unpacked
from isthmus.data.named_arrays import from_named
from isthmus.data.reading import Reading
from isthmus.data.records import from_records, is_records
from isthmus.data.source import Source
from isthmus.errors import DataError

_BROKEN = (
    ValueError, OSError, EOFError, KeyError, TypeError, SyntaxError, OverflowError, MemoryError,
    NotImplementedError, RuntimeError, struct.error, tokenize.TokenError, zipfile.BadZipFile,
    zlib.error, lzma.LZMAError,
)  # fmt: skip

_SPARSE = {"format", "shape", "data"}  # what `scipy.sparse.save_npz` always writes


def open_npy(path: Path, how: Reading | None = None) -> Source:
    """Map an array file into memory; it is read only where it is indexed. Records are a table."""
    array = read_npy(path)
    if is_records(array):
        return from_records(array, path.name, how or Reading())
    return from_array(array, path.name)


def read_npy(path: Path) -> np.ndarray:
    """Map the array of any shape in an .npy file; nothing is ever unpickled."""
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except _BROKEN as error:
        raise _refusal(error, path.name) from None


def open_npz(path: Path, how: Reading | None = None) -> Source:
    """Read one array of an .npz file, or the sparse matrix that SciPy wrote in one.

    Parameters
    ----------
    path : Path
    how : Reading, optional
        Its ``array`` names the array of examples, which is not needed when there is only one
        besides the labels; its ``label`` names the array of labels.
    """
    with path.open("rb") as file:  # opened here, because numpy leaves a damaged one open
        try:
            archive = np.load(file, allow_pickle=False)
        except _BROKEN as error:
            raise _refusal(error, path.name) from None
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise DataError(f"{path.name} holds one array and no names; call it {path.stem}.npy.")
        with archive:
            if set(archive.files) >= _SPARSE:
                return from_array(_sparse(path), path.name)
            read = partial(_member, archive, name=path.name)
            return from_named(archive.files, read, path.name, how or Reading())


def _sparse(path: Path) -> Any:
    from scipy.sparse import load_npz

    try:
        return load_npz(path)
    except _BROKEN as error:
        raise _refusal(error, path.name) from None


def _member(archive: "np.lib.npyio.NpzFile", array: str, *, name: str) -> np.ndarray:
    for entry in archive.zip.infolist() if archive.zip is not None else ():
        if entry.filename in (array, f"{array}.npy"):
            check_unpacked(entry.file_size, f"{array} of {name}")
    try:
        member = archive[array]
    except _BROKEN as error:
        raise _refusal(error, f"{array} of {name}") from None
    if not isinstance(member, np.ndarray):
        raise DataError(f"{array} in {name} is not an array; save the file again with numpy.savez.")
    return member


def _refusal(error: Exception, what: str) -> DataError:
    if "pickle" in str(error) or "Python objects" in str(error):
        return DataError(
            f"{what} holds Python objects or is no array at all, and isthmus never unpickles; save "
            "it again as an array of numbers."
        )
    return DataError(
        f"{what} cannot be read as an array of NumPy ({reason(error)}); it is damaged or of "
        "another kind, so fetch or save it again."
    )
