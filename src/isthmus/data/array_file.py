"""Arrays in files that are read where they are indexed and take up no memory otherwise."""

import mmap
import os
from pathlib import Path
from typing import Any

import numpy as np

from isthmus.errors import DataError

CROWDED = 0.75
"""Share of the machine's memory above which a file is not expected to stay in the page cache."""


class ArrayFile:
    """An array (n, ...) in a file.

    Every access maps the file anew and copies what it asks for, so that no page stays with the
    process: a memory map that is kept grows, as it is read, to the size of its file. Nothing is
    held open either, and another process is sent the path alone.

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
        dtype: Any,
        offset: int = 0,
        strides: tuple[int, ...] | None = None,
    ):
        self.path, self.shape, self.dtype = Path(path), tuple(shape), np.dtype(dtype)
        self.offset = offset
        self.strides = strides or np.empty((1, *shape[1:]), self.dtype).strides

    @classmethod
    def of(cls, array: np.ndarray) -> Any:
        """Return what a memory map shows of its file; any other array as it is."""
        mapped = getattr(array, "_mmap", None)
        path = getattr(array, "filename", None)
        if mapped is None or path is None or getattr(array, "mode", "c") == "c":
            return array  # changes to a private copy are not in the file
        begin = array.offset - array.offset % mmap.ALLOCATIONGRANULARITY  # pyright: ignore[reportAttributeAccessIssue]
        start = array.ctypes.data - np.frombuffer(mapped, np.uint8).ctypes.data
        return cls(path, array.shape, array.dtype, begin + start, array.strides)

    def __len__(self) -> int:
        return self.shape[0]

    def __repr__(self) -> str:
        place = (str(self.path), self.shape, self.dtype.str, self.offset, self.strides)
        return f"ArrayFile{place}"

    def __getitem__(self, rows: Any) -> np.ndarray:
        """Return a copy of what an index asks for.

        Raises
        ------
        DataError
            If the file is gone or has become shorter.
        """
        try:
            with self.path.open("rb") as file:
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                scattered = isinstance(rows, np.ndarray) and rows.ndim == 1
                if scattered and mapped.size() > _page_cache():
                    self._announce(file.fileno(), rows)
            whole = np.ndarray(self.shape, self.dtype, mapped, self.offset, self.strides)
        except (OSError, TypeError, ValueError) as error:
            raise DataError(
                f"{self.path} can no longer be read as it was ({error}); leave a file where it is"
                " while it is in use."
            ) from error
        taken = whole[rows]
        return taken if taken.base is None else taken.copy()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """Return all of it, in memory."""
        return self[:].astype(dtype or self.dtype, copy=False)

    def _announce(self, file: int, rows: np.ndarray) -> None:
        """Tell the system which rows will be wanted, so that it fetches many of them at once."""
        if hasattr(os, "posix_fadvise"):
            length = self.strides[0]
            for start in (self.offset + rows * length).tolist():
                os.posix_fadvise(file, start, length, os.POSIX_FADV_WILLNEED)


def _page_cache() -> float:
    """Return the bytes of a file that may be expected to stay in memory once read."""
    try:
        return CROWDED * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return float("inf")
