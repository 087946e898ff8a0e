"""Numbers that are written with a unit: "54%", "$ 1,200", "1248 cc"."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from isthmus.plainjson import JsonObject
from isthmus.tables.kinds import AbstractNumeric
from isthmus.tables.values import is_number, numbers, plain, texts

if TYPE_CHECKING:
    import pyarrow


def _written(thousands: str, decimal: str) -> re.Pattern[str]:
    """Return what reads text before a number, the number without leading zeros, and text after."""
    whole = rf"(?:[1-9]\d{{0,2}}(?:{thousands}\d{{3}})+|0|[1-9]\d*)"
    return re.compile(rf"(\D*?)([-+]?{whole}(?:{decimal}\d+)?)(\D*)")


_READERS = {False: _written(",", r"\."), True: _written(r"\.", ",")}
"""By whether a comma stands before the decimals, rather than between the thousands."""

_CODE = re.compile(r"[A-Z]{3}")
"""A currency by its code."""

LONGEST_UNIT = 12
"""Characters of a unit, at most."""


@dataclass(frozen=True)
class Notation:
    """How numbers are written as text.

    Parameters
    ----------
    before, after
        The same text around every number, spaces included.
    grouped
        Whether the thousands are parted.
    comma
        Whether a comma stands before the decimals, and a point parts the thousands.

    Examples
    --------
    >>> notation = notation_of(["$ 1,200", "$ 950"])
    >>> notation
    Notation(before='$ ', after='', grouped=True, comma=False)
    >>> notation.read("$ 2,000"), notation.write(3500.0, 0)
    (2000.0, '$ 3,500')
    """

    before: str
    after: str
    grouped: bool
    comma: bool

    def read(self, entry: str | None) -> float:
        """Return the number that is written; NaN where there is none, or one of another unit."""
        found = None if entry is None else _READERS[self.comma].fullmatch(entry.strip())
        if found is None:
            return np.nan
        around = (found[1].strip(), found[3].strip())
        if around not in ((self.before.strip(), self.after.strip()), ("", "")):
            return np.nan
        return float(self._swapped(found[2]).replace(",", ""))

    def write(self, value: float, decimals: int | None) -> str:
        """Return a number as it is written, with a number of decimals; None for as many as tell."""
        form = f"{',' if self.grouped else ''}{'' if decimals is None else f'.{decimals}f'}"
        return f"{self.before}{self._swapped(f'{value:{form}}')}{self.after}"

    def _swapped(self, number: str) -> str:
        """Return a number with points and commas exchanged, where a comma means decimals."""
        return number.translate(str.maketrans(",.", ".,")) if self.comma else number


def notation_of(entries: Sequence[str]) -> Notation | None:
    """Return how numbers are written, if all entries are numbers with the same unit; else None.

    Before a number stands a currency or nothing, since letters before it make a code.

    >>> notation_of(["C85", "C123"]), notation_of(["5 km", "3 miles"])
    (None, None)
    >>> notation_of(["1.234,50 EUR", "17,00 EUR"])
    Notation(before='', after=' EUR', grouped=True, comma=True)
    """
    for comma, reader in _READERS.items():
        found = [reader.fullmatch(entry.strip()) for entry in entries]
        read = [match for match in found if match is not None]
        if not read or len(read) < len(entries) or len({(m[1], m[3]) for m in read}) > 1:
            continue
        before, _, after = read[0].groups()
        grouped = any(("." if comma else ",") in match[2] for match in read)
        decimals = any(("," if comma else ".") in match[2] for match in read)
        is_written = bool(before or after or (grouped and not comma) or (comma and decimals))
        if is_written and len(after.strip()) <= LONGEST_UNIT and _is_currency(before.strip()):
            return Notation(before, after, grouped, comma)
    return None


def _is_currency(mark: str) -> bool:
    """Return whether text is a currency's sign or code, or empty."""
    if not mark or _CODE.fullmatch(mark):
        return True
    signs = [unicodedata.category(one) == "Sc" for one in mark]
    return (signs[0] or signs[-1]) and not set(mark) & set("+-")


@dataclass(frozen=True)
class Quantity(AbstractNumeric):
    """Numbers with a unit: standardised, and bent if they are skewed; not negative if none was.

    Parameters
    ----------
    notation
        How they are written.
    """

    notation: Notation

    name = "quantity"

    def values(self, column: "pyarrow.ChunkedArray") -> np.ndarray:
        """Return the numbers (n,) that are written, or that a column of numbers holds."""
        if is_number(plain(column).type):
            return numbers(column)
        return np.array([self.notation.read(one) for one in texts(column).tolist()], np.float64)

    def decode(self, block: np.ndarray, rng: np.random.Generator | None) -> "pyarrow.Array":
        """Return the numbers as they are written."""
        return self._all_written(super().decode(block, rng))

    def restated(self, column: "pyarrow.ChunkedArray") -> "pyarrow.Array":
        """Return the numbers as they are written."""
        return self._all_written(super().restated(column))

    def _all_written(self, numbers: "pyarrow.Array") -> "pyarrow.Array":
        import pyarrow

        values = numbers.to_pylist()
        written = [None if value is None else self._written(value) for value in values]
        return pyarrow.array(written, pyarrow.string())

    def decoding(self) -> JsonObject:
        """Return the inverse of the scale, and what is written around a number."""
        return super().decoding() | asdict(self.notation)

    def summary(self) -> str:
        """Return the range seen."""
        return f"{self._written(self.scale.low)} to {self._written(self.scale.high)}"

    def _written(self, value: float) -> str:
        return self.notation.write(value, self.scale.decimals)
