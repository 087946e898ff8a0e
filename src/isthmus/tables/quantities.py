"""Numbers that are written with a unit: "54%", "$ 1,200", "1248 cc"."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from isthmus.plainjson import JsonObject
from isthmus.tables.amounts import STYLES, Style, Written, is_currency, written
from isthmus.tables.kinds import AbstractNumeric
from isthmus.tables.values import is_number, numbers, plain, texts

if TYPE_CHECKING:
    import pyarrow

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
        Whether a comma stands before the decimals.
    mark
        What parts the thousands; empty for a comma, or a point where a comma means decimals.
    lakh
        Whether digits beyond the thousands are parted in twos, as in India: 12,34,567.
    negative
        How a number below zero is written: "-5", "(5)", "5-", or "-$5", where the sign stands
        before the unit.

    Examples
    --------
    >>> notation = notation_of(["$ 1,200", "$ 950"])
    >>> notation.read("$ 2,000"), notation.write(3500.0, 0)
    (2000.0, '$ 3,500')
    >>> notation_of(["($792.26)", "$1,050.00"]).write(-1200.5, 2)
    '($1,200.50)'
    """

    before: str
    after: str
    grouped: bool
    comma: bool
    mark: str = ""
    lakh: bool = False
    negative: str = "-5"

    @property
    def style(self) -> Style:
        """How digits are written."""
        return Style(self.comma, self.mark or (".", ",")[not self.comma], self.lakh)

    def read(self, entry: str | None) -> float:
        """Return the number that is written; NaN where there is none, or one of another unit."""
        found = None if entry is None else written(entry, self.style)
        if found is None:
            return np.nan
        around = (found.before.strip(), found.after.strip())
        if around not in ((self.before.strip(), self.after.strip()), ("", "")):
            return np.nan
        return found.value

    def decimals_of(self, entries: Sequence[str]) -> int:
        """Return with how many decimals all entries are written; 0 if they differ."""
        mark = re.compile(rf"\{',' if self.comma else '.'}(\d+)\D*$")
        found = {0 if (end := mark.search(entry)) is None else len(end[1]) for entry in entries}
        return found.pop() if len(found) == 1 else 0

    def write(self, value: float, decimals: int | None) -> str:
        """Return a number as it is written, with a number of decimals; None for as many as tell."""
        digits = self.style.write(abs(value), decimals, grouped=self.grouped)
        sign = "" if value >= 0 or not any(digit in digits for digit in "123456789") else "-"
        amount = f"{self.before}{digits}{self.after}"
        if not sign:
            return amount
        wholes = {"(5)": f"({amount})", "5-": f"{amount}-", "-$5": f"-{amount}"}
        inner = f"{self.before}{self.negative.removesuffix('5')}{digits}{self.after}"
        return wholes.get(self.negative, inner)


def notation_of(entries: Sequence[str]) -> Notation | None:
    """Return how numbers are written, if all entries are numbers with the same unit; else None.

    Before a number stands a currency or nothing, since letters before it make a code.

    >>> notation_of(["C85", "C123"]), notation_of(["5 km", "3 miles"])
    (None, None)
    >>> notation_of(["1.234,50 EUR", "17,00 EUR"]).after
    ' EUR'
    >>> notation_of(["₹ 1,23,456", "₹ 81,719"]).write(1234567, 0)
    '₹ 12,34,567'
    """
    for style in STYLES:
        read = _all_written(entries, style)
        if read is None or len({(one.before, one.after) for one in read}) > 1:
            continue
        before, after = read[0].before, read[0].after
        signs = [one.negative for one in read if one.negative]
        grouped, decimals = any(one.grouped for one in read), any(one.decimals for one in read)
        certain = bool(before or after or any(sign != "-5" for sign in signs))
        if style.mark in ". ":  # a point, or a plain space, alone says little
            certain |= decimals and (grouped or style.comma)
        else:
            certain |= grouped or (style.comma and decimals)
        if certain and len(after.strip()) <= LONGEST_UNIT and is_currency(before.strip()):
            negative = next((sign for sign in signs if sign != "-5"), "-5")
            mark = "" if style.mark == (".", ",")[not style.comma] else style.mark
            return Notation(before, after, grouped, style.comma, mark, style.lakh, negative)
    return None


def units_of(entries: Sequence[str]) -> list[str]:
    """Return the units of numbers, if all entries are numbers and their units differ.

    >>> units_of(["$5.50", "€3", "$1,200"]), units_of(["5 km", "3 km"]), units_of(["C85", "D3"])
    (['$', '€'], [], [])
    """
    for style in STYLES:
        read = _all_written(entries, style)
        units = {(one.before.strip(), one.after.strip()) for one in read or ()}
        if len(units) > 1 and all(is_currency(before) for before, _ in units):
            return sorted({before or after for before, after in units})
    return []


def _all_written(entries: Sequence[str], style: Style) -> list[Written] | None:
    read = []
    for entry in entries:
        found = written(entry, style)
        if found is None:
            return None
        read.append(found)
    return read or None


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
        amounts = [None if value is None else self._written(value) for value in values]
        return pyarrow.array(amounts, pyarrow.string())

    def decoding(self) -> JsonObject:
        """Return the inverse of the scale, and what is written around a number."""
        return super().decoding() | asdict(self.notation)

    def summary(self) -> str:
        """Return the range seen."""
        return f"{self._written(self.scale.low)} to {self._written(self.scale.high)}"

    def _written(self, value: float) -> str:
        return self.notation.write(value, self.scale.decimals)
