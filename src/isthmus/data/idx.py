"""The IDX format of MNIST: a magic number, the sides of an array, its values, big-endian.

Reference: LeCun, Cortes and Burges, "The MNIST database of handwritten digits", section
"File formats".
"""

import gzip
import math
import re
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np

from isthmus.data.arrays import from_array
from isthmus.data.checks import reason
from isthmus.data.limits import check_unpacked, read_up_to, unpack_limit
from isthmus.data.source import Source
from isthmus.errors import DataError

_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_GZIP_MAGIC = b"\x1f\x8b"
_NAMED_AS_IDX = re.compile(r"[.-]idx\d|\.idx(\.gz)?$", re.IGNORECASE)
_TEST_PREFIXES = ("t10k", "test")

MOST_AXES = 4
"""Examples, and the height, width and colour of an image."""


def is_idx(path: Path) -> bool:
    """Say whether a file is named as IDX files are, such as train-images-idx3-ubyte.gz."""
    return _NAMED_AS_IDX.search(path.name) is not None


def read_idx(path: Path) -> np.ndarray:
    """Read the array in an IDX file, of any of its types, compressed by gzip or not.

    Bytes that are not compressed are mapped, not read. Wider types come out in native order.

    Raises
    ------
    DataError
        If the magic number is wrong, the length is not what the header says, or the
        compressed stream is cut short or damaged.
    """
    try:
        with path.open("rb") as file:
            compressed = file.read(2) == _GZIP_MAGIC
        with gzip.open(path) if compressed else path.open("rb") as file:
            dtype, shape, offset = _read_header(file, path.name)
            if not compressed:
                _check_length(path.stat().st_size - offset, dtype, shape, path.name)
            if not compressed and dtype.itemsize == 1:
                return np.memmap(path, dtype, mode="r", offset=offset, shape=shape)
            expected = math.prod(shape) * dtype.itemsize
            # One more byte than is announced shows that there are more.
            values = read_up_to(file, 1 + min(expected, unpack_limit()))
            check_unpacked(len(values), path.name)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"{path.name} cannot be read ({reason(error)}); it is cut short or damaged, "
            "so fetch it again."
        ) from None
    _check_length(len(values), dtype, shape, path.name)
    return np.frombuffer(values, dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)


def _read_header(file, name: str) -> tuple[np.dtype, tuple[int, ...], int]:
    """Give the type, the shape, and where the values begin."""
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in _TYPES or magic[3] == 0:
        raise DataError(
            f"{name} begins with the bytes [{magic.hex(' ')}], but an IDX file begins with 00 00, "
            "a type from 08 to 0e and the number of axes; it is another kind of file."
        )
    axes = magic[3]
    if axes > MOST_AXES:
        raise DataError(
            f"{name} announces {axes} axes, and examples have {MOST_AXES} at most: it is damaged, "
            "or another kind of file."
        )
    sides = file.read(4 * axes)
    if len(sides) < 4 * axes:
        raise DataError(
            f"{name} ends inside its header of {axes} axes; it is cut short, so fetch it again."
        )
    shape = struct.unpack(f">{axes}I", sides)
    if 0 in shape:
        raise DataError(
            f"{name} announces {'x'.join(map(str, shape))} values, which are none; expected at "
            "least one example with at least one value."
        )
    return np.dtype(_TYPES[magic[2]]), shape, 4 + 4 * axes


def _check_length(found: int, dtype: np.dtype, shape: tuple[int, ...], name: str) -> None:
    expected = math.prod(shape) * dtype.itemsize
    if found != expected:
        more = " or more" if found > expected else ""
        raise DataError(
            f"{name} holds {found:,} bytes{more} of values, but its header announces "
            f"{'x'.join(map(str, shape))} values of type {dtype.name}, {expected:,} bytes; it is "
            "cut short or damaged, so fetch it again."
        )


def write_idx(path: Path, array: np.ndarray) -> None:
    """Write an array of one of the IDX types, compressed if the name ends in .gz."""
    codes = {np.dtype(kind).newbyteorder("="): code for code, kind in _TYPES.items()}
    code = codes[array.dtype.newbyteorder("=")]
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, code, array.ndim, *array.shape)
    with (
        gzip.open(path, "wb", compresslevel=6) if path.suffix == ".gz" else path.open("wb") as file
    ):
        file.write(header)
        file.write(array.astype(_TYPES[code]).tobytes())


def open_idx(path: Path, name: str | None = None) -> Source:
    """Read examples from an IDX file, with the labels and test split named like it, if any.

    ``train-images-idx3-ubyte.gz`` brings ``train-labels-idx1-ubyte.gz`` along, and the two
    files that begin with ``t10k`` or ``test`` in place of ``train``; ``.gz`` may be missing
    from any of them. The source is called by the name of the file unless one is given.
    """
    name = name or path.name
    source = _with_labels(path, name)
    if "train" not in path.name:
        return source
    for prefix in _TEST_PREFIXES:
        test = _existing(path, path.name.replace("train", prefix))
        if test is not None:
            return replace(source, test=_with_labels(test, f"{name} (test)"))
    return source


def training_file(folder: Path) -> Path | None:
    """Find the file of training images in a folder named as MNIST's, or None."""
    return _existing(folder / "_", "train-images-idx3-ubyte.gz")


def _with_labels(path: Path, name: str) -> Source:
    labels = _existing(path, re.sub(r"images([.-]idx)\d", r"labels\g<1>1", path.name))
    if labels is None or labels.name == path.name:
        return from_array(read_idx(path), name)
    return from_array(read_idx(path), name, labels=read_idx(labels))


def _existing(path: Path, name: str) -> Path | None:
    """Find a file of this name next to the path, with or without .gz."""
    stem = name.removesuffix(".gz")
    candidates = (path.with_name(name), path.with_name(stem), path.with_name(f"{stem}.gz"))
    return next((candidate for candidate in candidates if candidate.is_file()), None)
