"""Arrays in files that are read where they are indexed and take up no memory otherwise."""

import mmap
import os
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike

from isthmus.annotations import Examples, Index
from isthmus.errors import DataError

CROWDED = 0.75
"""Share of the machine's memory above which a file is not expected to stay in the page cache."""


Array = TypeVar("Array", bound=Examples)


class ArrayFile:
    """An array (n, ...) in a file.

    Every access reads what it asks for, and nothing stays with the process: a memory map grows, as
    it is read, to the size of its file. No file is held open either, and another process is sent
    the path alone.

    Parameters
    ----------
    path
        The file.
    shape, dtype
        Of the array.
    offset
        Where the first number begins, bytes.
    strides
        Bytes from one index to the next along each axis; None for rows one after the other.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile(suffix=".npy") as file:
    ...     np.save(file.name, np.arange(6).reshape(3, 2))
    ...     rows = ArrayFile.of(np.load(file.name, mmap_mode="r"))[[2, 0]]
    >>> rows
    array([[4, 5],
           [0, 1]])
    """

    def __init__(
        self,
        path: str | Path,
        shape: tuple[int, ...],
        dtype: DTypeLike,
        offset: int = 0,
        strides: tuple[int, ...] | None = None,
    ):
        self.path, self.shape, self.dtype = Path(path), tuple(shape), np.dtype(dtype)
        self.offset = offset
        self.strides = strides or _one_after_another(self.shape, self.dtype)

    @classmethod
    def of(cls, array: Array) -> "Array | ArrayFile":
        """Return what a memory map shows of its file; any other array as it is."""
        mapped: Any = array
        file, path = getattr(array, "_mmap", None), getattr(array, "filename", None)
        if file is None or path is None or getattr(array, "mode", "c") == "c":
            return array  # changes to a private copy are not in the file
        begin = mapped.offset - mapped.offset % mmap.ALLOCATIONGRANULARITY
        start = mapped.ctypes.data - np.frombuffer(file, np.uint8).ctypes.data
        return cls(path, mapped.shape, mapped.dtype, begin + start, mapped.strides)

    def __len__(self) -> int:
        return self.shape[0]

    def __repr__(self) -> str:
        place = (str(self.path), self.shape, self.dtype.str, self.offset, self.strides)
        return f"ArrayFile{place}"

    def __getitem__(self, rows: Index) -> np.ndarray:
        """Return a copy of what an index asks for.

        Raises
        ------
        DataError
            If the file is gone or has become shorter.
        """
        try:
            with self.path.open("rb") as file:
                if isinstance(rows, tuple) or not self._can_read_rows():
                    return self._mapped(file.fileno())[rows].copy()
                index = self._numbers(rows)
                return self._read(file.fileno(), index.ravel()).reshape(
                    *index.shape, *self.shape[1:]
                )
        except (OSError, EOFError, ValueError) as error:
            raise DataError(
                f"{self.path} can no longer be read as it was ({error}); leave a file where it is"
                " while it is in use."
            ) from error

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> np.ndarray:
        """Return all of it, in memory."""
        return self[:].astype(dtype or self.dtype, copy=False)

    def _can_read_rows(self) -> bool:
        """Tell whether a row is one piece of the file, and the system reads pieces by place."""
        return self.strides[1:] == _one_after_another(self.shape, self.dtype)[1:] and hasattr(
            os, "preadv"
        )

    def _numbers(self, rows: Index) -> np.ndarray:
        """Return the numbers of the rows that an index asks for."""
        n = len(self)
        if isinstance(rows, slice):
            return np.arange(*rows.indices(n))
        index = np.asarray(rows)
        index = np.flatnonzero(index) if index.dtype == bool else index
        if index.size and not -n <= index.min() <= index.max() < n:
            raise IndexError(f"row {index.max()} of {n}")
        return index % n

    def _read(self, file: int, index: np.ndarray) -> np.ndarray:
        """Read rows (n,); those that follow each other at once."""
        out = np.empty((len(index), *self.shape[1:]), self.dtype)
        if not out.size:
            return out
        size = out.nbytes // len(index)
        breaks = np.diff(index) != 1 if self.strides[0] == size else np.ones(len(index) - 1, bool)
        firsts = np.concatenate([[0], np.flatnonzero(breaks) + 1])
        lengths = (np.diff(firsts, append=len(index)) * size).tolist()
        places = (self.offset + index[firsts] * self.strides[0]).tolist()
        if len(places) > 1 and len(self) * self.strides[0] > _page_cache():
            _announce(file, places, lengths)
        view, done, read = out.data.cast("B"), 0, os.preadv
        for place, length in zip(places, lengths, strict=True):
            end = done + length
            while done < end:  # the system reads no more than 2 GiB at once
                got = read(file, (view[done:end],), place + length - (end - done))
                if not got:
                    raise EOFError("it has become shorter")
                done += got
        return out

    def _mapped(self, file: int) -> np.ndarray:
        mapped = mmap.mmap(file, 0, access=mmap.ACCESS_READ)
        return np.ndarray(self.shape, self.dtype, mapped, self.offset, self.strides)


def _one_after_another(shape: tuple[int, ...], dtype: np.dtype) -> tuple[int, ...]:
    """Return the strides of an array without gaps."""
    return np.empty((1, *shape[1:]), dtype).strides


def _announce(file: int, places: list[int], lengths: list[int]) -> None:
    """Tell the system what will be read, so that it fetches many pieces at once."""
    if hasattr(os, "posix_fadvise"):
        for place, length in zip(places, lengths, strict=True):
            os.posix_fadvise(file, place, length, os.POSIX_FADV_WILLNEED)


def _page_cache() -> float:
    """Return the bytes of a file that may be expected to stay in memory once read."""
    try:
        return CROWDED * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return float("inf")
