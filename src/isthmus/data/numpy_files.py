"""NumPy's own files: one array (.npy, mapped) or several (.npz)."""

import lzma
import struct
import tokenize
import zipfile
import zlib
from pathlib import Path

import numpy as np

from isthmus.data.arrays import from_array
from isthmus.data.checks import listed, nearest, reason
from isthmus.data.limits import check_unpacked
from isthmus.data.source import Source
from isthmus.errors import DataError

_BROKEN = (
    ValueError, OSError, EOFError, KeyError, TypeError, SyntaxError, OverflowError, MemoryError,
    NotImplementedError, RuntimeError, struct.error, tokenize.TokenError, zipfile.BadZipFile,
    zlib.error, lzma.LZMAError,
)  # fmt: skip


def open_npy(path: Path) -> Source:
    """Map an array file into memory; it is read only where it is indexed."""
    return from_array(read_npy(path), path.name)


def read_npy(path: Path) -> np.ndarray:
    """Map the array of any shape in an .npy file; nothing is ever unpickled."""
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except _BROKEN as error:
        raise _refusal(error, path.name) from None


def open_npz(path: Path, *, array: str | None = None, label: str | None = None) -> Source:
    """Read one array of an .npz file.

    Parameters
    ----------
    path : Path
    array : str, optional
        Name of the array of examples; not needed when there is only one besides the labels.
    label : str, optional
        Name of the array of labels.
    """
    with path.open("rb") as file:  # opened here, because numpy leaves a damaged one open
        try:
            archive = np.load(file, allow_pickle=False)
        except _BROKEN as error:
            raise _refusal(error, path.name) from None
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise DataError(f"{path.name} holds one array and no names; call it {path.stem}.npy.")
        with archive:
            return _from_archive(archive, path.name, array, label)


def _from_archive(
    archive: np.lib.npyio.NpzFile, name: str, array: str | None, label: str | None
) -> Source:
    names = archive.files
    for wanted in (array, label):
        if wanted is not None and wanted not in names:
            raise DataError(
                f'{name} holds no array "{wanted}" (it holds {listed(names) or "none"})'
                f"{nearest(wanted, names)}"
            )
    if array is None:
        array = _only([known for known in names if known != label], name)
    examples = _member(archive, array, name)
    labels = None if label is None else _member(archive, label, name)
    return from_array(examples, f"{array} of {name}", labels=labels)


def _member(archive: "np.lib.npyio.NpzFile", array: str, name: str) -> np.ndarray:
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


def _only(names: list[str], name: str) -> str:
    if len(names) == 1:
        return names[0]
    if not names:
        raise DataError(f"{name} holds no array of examples; save one in it with numpy.savez.")
    raise DataError(
        f"{name} holds {len(names)} arrays ({listed(names)}), and which one is meant is not "
        "clear; name it with array=."
    )


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
