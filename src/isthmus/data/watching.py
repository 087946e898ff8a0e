"""A text table watched while it is read: what the reader of numbers would not tell afterwards."""

import io
import re

import numpy as np

from isthmus.data.limits import HasRead

_PIECE = 1 << 18
"""Bytes looked at together: few enough to stay in the processor's cache."""

_OVERLAP = 256
"""Bytes looked at again with those that follow."""

_ZERO, _DIGITS, _NEWLINE = np.uint8(ord("0")), np.uint8(10), np.uint8(ord("\n"))
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
        self._last = b"\n"
        self.zeros = self.blank = False

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes."""
        piece = self._file.read(size)
        self._look(self._last + piece[:_OVERLAP])
        self._look(piece)
        self._last = piece[-_OVERLAP:]
        return piece

    def _look(self, seen: bytes) -> None:
        codes = np.frombuffer(seen, np.uint8)
        for first in range(0, len(codes), _PIECE):
            part = codes[first : first + _PIECE + 2]
            self.zeros = self.zeros or self._has_zeros(part)
            if not self.blank and ((part[:-1] == _NEWLINE) & (part[1:] == self._before[-1])).any():
                last = first + _PIECE + _OVERLAP
                self.blank = self._blank.search(seen, first, last) is not None

    def _has_zeros(self, part: np.ndarray) -> bool:
        found = part[2:] - _ZERO < _DIGITS
        found &= part[1:-1] == _ZERO
        if not found.any():
            return False
        starts = part[:-2] == self._before[0]
        for one in self._before[1:]:
            starts |= part[:-2] == one
        return bool((found & starts).any())
