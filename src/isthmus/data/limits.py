"""How large a compressed file may become: a small one may unpack to more than memory holds."""

import io
import os
from typing import Any, Protocol

from isthmus.errors import DataError, SettingError

DEFAULT = 2**32
"""Bytes that a compressed file may unpack to, unless ``ISTHMUS_UNPACK_LIMIT`` is set."""

VARIABLE = "ISTHMUS_UNPACK_LIMIT"

PIECE = 2**24
"""Bytes that are unpacked at a time, since what is announced need not be there."""


def unpack_limit() -> int:
    """Return how many bytes a compressed file may unpack to.

    Raises
    ------
    SettingError
        If the environment variable ``ISTHMUS_UNPACK_LIMIT`` is no whole number of bytes.

    Examples
    --------
    >>> unpack_limit() == DEFAULT or VARIABLE in os.environ
    True
    """
    given = os.environ.get(VARIABLE, str(DEFAULT))
    if not given.isdecimal():
        raise SettingError(f"{VARIABLE} is {given!r}; it must be a number of bytes.")
    return int(given)


def check_unpacked(size: int, name: str) -> None:
    """Raise `DataError` if a file announces more bytes than it may unpack to.

    Examples
    --------
    >>> check_unpacked(2**50, "a.npz")
    Traceback (most recent call last):
    isthmus.errors.DataError: a.npz unpacks to 1,125.9 TB or more, and the limit is 4.3 GB; unpack
    it yourself, or set ISTHMUS_UNPACK_LIMIT to a greater number of bytes.
    """
    limit = unpack_limit()
    if size > limit:
        raise DataError(
            f"{name} unpacks to {_size(size)} or more, and the limit is {_size(limit)}; unpack it "
            f"yourself, or set {VARIABLE} to a greater number of bytes."
        )


class HasRead(Protocol):
    """An open file of bytes."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, as many as asked for or as there are."""
        ...


def read_up_to(file: HasRead, size: int) -> bytearray:
    """Return the next bytes of an open file, as many as asked for or as there are.

    Memory is taken only for what is there.

    Examples
    --------
    >>> read_up_to(io.BytesIO(b"abc"), 10**12)
    bytearray(b'abc')
    """
    read = bytearray()
    while len(read) < size:
        piece = file.read(min(PIECE, size - len(read)))
        if not piece:
            break
        read += piece
    return read


class Limited(io.RawIOBase):
    """An open file whose reading ends in a `DataError` beyond the limit.

    Parameters
    ----------
    file
        Binary, open to read.
    name
        What to call it in the sentence.
    """

    def __init__(self, file: HasRead, name: str):
        self._file, self._name, self._read = file, name, 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Fill a buffer; return the number of bytes."""
        piece = self._file.read(min(len(buffer), PIECE))
        self._read += len(piece)
        check_unpacked(self._read, self._name)
        buffer[: len(piece)] = piece
        return len(piece)


def _size(size: int) -> str:
    return f"{size / 1e12:,.1f} TB" if size >= 1e12 else f"{size / 1e9:.1f} GB"
