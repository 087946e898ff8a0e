"""A text table watched while it is read: what the reader of numbers would not tell afterwards."""

import io
import re
from typing import Any

import numpy as np

from isthmus.data.limits import HasRead

_PIECE = 1 << 18
"""Bytes looked at together: few enough to stay in the processor's cache."""

_DIGITS = np.uint8(10)
_BEFORE = b'\n\r" '
"""What comes before an entry, besides the delimiter."""


class Watched(io.RawIOBase):
    r"""An open file that remembers what has passed.

    Parameters
    ----------
    file
        Binary, open to read.
    delimiter
        Between values.

    Attributes
    ----------
    zeros : bool
        Whether an entry begins with a zero and a digit after it, as in 01067.
    blank : bool
        Whether there is a row of delimiters alone.

    Examples
    --------
    >>> file = Watched(io.BytesIO(b"a,b\n01067,1\n,\n"), ",")
    >>> file.zeros, len(file.read()), file.zeros, file.blank
    (False, 14, True, True)
    """

    def __init__(self, file: HasRead, delimiter: str):
        self._file = file
        self._before = np.frombuffer(_BEFORE + delimiter.encode(), np.uint8)
        self._blank = re.compile(rb"\n(?:%b)+\r?\n" % re.escape(delimiter.encode()))
        self._start = b"\n" + delimiter.encode()
        self._last = b"\n"
        self.zeros = self.blank = False

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Fill a buffer; return the number of bytes."""
        piece = self._file.read(len(buffer))
        seen = self._last + piece
        self.zeros = self.zeros or self._has_zeros(seen)
        self.blank = self.blank or (self._start in seen and bool(self._blank.search(seen)))
        self._last = seen[-64:]
        buffer[: len(piece)] = piece
        return len(piece)

    def _has_zeros(self, seen: bytes) -> bool:
        codes = np.frombuffer(seen, np.uint8)
        for first in range(0, len(codes), _PIECE):
            part = codes[first : first + _PIECE + 2]
            zero = part[1:-1] == ord("0")
            zero &= part[2:] - np.uint8(ord("0")) < _DIGITS
            if zero.any() and np.isin(part[:-2][zero], self._before).any():
                return True
        return False
