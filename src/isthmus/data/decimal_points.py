"""Whether numbers are written with a decimal point or a comma, by a look at them."""

import re
from collections.abc import Sequence
from typing import NamedTuple

_POINT = re.compile(
    r"[+-]?(\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,}|\d*\.(\d{1,2}|\d{4,})|(0|\d{4,})?\.\d+)"
    r"([eE][+-]?\d+)?$"
)
"""A number that can only have a decimal point."""

_COMMA = re.compile(
    r"[+-]?(\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,}|\d*,(\d{1,2}|\d{4,})|(0|\d{4,})?,\d+)"
    r"([eE][+-]?\d+)?$"
)
"""A number that can only have a decimal comma."""

_UNCLEAR = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}$")
"""A number whose mark stands before the decimals, or between thousands."""


class DecimalPoint(NamedTuple):
    """The decimal point of a table.

    Parameters
    ----------
    mark
        "." or ",".
    unsure
        A number that may also be one of thousands, where nothing in the table decides, or "".
    """

    mark: str
    unsure: str = ""


def find_decimal(entries: Sequence[str], delimiter: str) -> DecimalPoint:
    """Return the decimal point by the numbers that can have one only.

    Where there are none, a mark before three digits is a decimal point, or a comma in a table of
    semicolons; a comma in another table groups thousands.

    Examples
    --------
    >>> find_decimal(["1,5", "2.005"], ";")
    DecimalPoint(mark=',', unsure='')
    >>> find_decimal(["1,206", "3,415"], ";"), find_decimal(["1.206", "3.415"], ";")
    (DecimalPoint(mark=',', unsure='1,206'), DecimalPoint(mark='.', unsure='1.206'))
    """
    if delimiter == ",":
        return DecimalPoint(".")
    points = sum(_POINT.match(entry) is not None for entry in entries)
    commas = sum(_COMMA.match(entry) is not None for entry in entries)
    if points or commas:
        return DecimalPoint("," if commas > points else ".")
    unclear = [(found[1], entry) for entry in entries if (found := _UNCLEAR.match(entry))]
    if not unclear or (unclear[0][0] == "," and delimiter != ";"):
        return DecimalPoint(".")
    if len({mark for mark, _ in unclear}) > 1:  # 1.206 and 2,005: neither is the other's thousands
        return DecimalPoint("," if delimiter == ";" else ".", unclear[0][1])
    mark, first = unclear[0]
    return DecimalPoint(mark, first if delimiter == ";" else "")
