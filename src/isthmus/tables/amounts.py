"""How amounts are written: marks of thousands and decimals, signs, currencies."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

MINUS = "\N{MINUS SIGN}"
"""The sign of typesetters, which no keyboard has."""

SPACES = ("\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}", " ")

_CODE = re.compile(r"[A-Z]{3}")
"""A currency by its code."""

_SHORT = frozenset(("Rs.", "Rs", "Fr.", "SFr.", "kr", "kr.", "z\u0142", "K\u010d", "Ft", "R"))
"""Currencies by the short name that people write before an amount."""


@dataclass(frozen=True)
class Style:
    """How the digits of a number are written.

    Parameters
    ----------
    comma
        Whether a comma stands before the decimals, rather than a point.
    mark
        What parts the thousands.
    lakh
        Whether digits beyond the thousands are parted in twos.

    Examples
    --------
    >>> Style(comma=True, mark=" ").write(1234567.5, 2, grouped=True)
    '1 234 567,50'
    """

    comma: bool
    mark: str
    lakh: bool = False

    @cached_property
    def reader(self) -> re.Pattern[str]:
        """What reads text before a number, its sign, whole part and decimals, and text after."""
        mark = re.escape(self.mark)
        parted = rf"[1-9]\d?(?:{mark}\d\d)*{mark}\d{{3}}" if self.lakh else ""
        parted = parted or rf"[1-9]\d{{0,2}}(?:{mark}\d{{3}})+"
        decimals = rf"(?:{re.escape(',' if self.comma else '.')}(\d+))?"
        return re.compile(rf"(\D*?)([-+{MINUS}]?)({parted}|0|[1-9]\d*){decimals}(\D*)")

    def write(self, value: float, decimals: int | None, *, grouped: bool) -> str:
        """Return a number from 0 on in digits; with None, with as many decimals as tell."""
        form = f"{',' if grouped else ''}{'' if decimals is None else f'.{decimals}f'}"
        whole, point, rest = f"{value:{form}}".partition(".")
        if self.lakh and grouped:
            head, last = whole.replace(",", "")[:-3], whole[-3:]
            pairs = re.sub(r"(?<=\d)(?=(?:\d\d)+$)", ",", head)
            whole = f"{pairs},{last}" if head else last
        return whole.replace(",", self.mark) + (point and "," if self.comma else point) + rest


STYLES = (
    Style(comma=False, mark=","),
    Style(comma=True, mark="."),
    Style(comma=False, mark=",", lakh=True),
    *(Style(comma, mark) for comma in (True, False) for mark in (*SPACES, "'", "\u2019")),
)
"""The styles that text is read in, the first that fits."""


class Written(NamedTuple):
    """A number as it is written.

    Parameters
    ----------
    value
        The number.
    before, after
        The text around it, without its sign.
    grouped, decimals
        Whether thousands are parted, and whether there are decimals.
    negative
        How it is written to be below zero, as `isthmus.tables.quantities.Notation` has it, or
        empty.
    """

    value: float
    before: str
    after: str
    grouped: bool
    decimals: bool
    negative: str


def written(entry: str, style: Style) -> Written | None:
    """Return the number that a text is in a style, with what stands around it, or None.

    >>> style = Style(comma=False, mark=",")
    >>> [written(one, style).value for one in ("($1,200.50)", "12.50-", "-$5", "$-5")]
    [-1200.5, -12.5, -5.0, -5.0]
    """
    text, negative = _unsigned(entry.strip())
    found = style.reader.fullmatch(text)
    if found is None or (negative and found[2]):
        return None
    before, sign, whole, decimals, after = found.groups()
    if sign in ("-", MINUS):
        negative = f"{sign}5"
    value = float(f"{whole.replace(style.mark, '')}.{decimals or 0}")
    grouped = style.mark in whole
    return Written(-value if negative else value, before, after, grouped, bool(decimals), negative)


def _unsigned(text: str) -> tuple[str, str]:
    """Return text without a sign around all of it, and how that sign is written."""
    if len(text) > 2 and text[0] == "(" and text[-1] == ")" and "(" not in text[1:]:
        return text[1:-1], "(5)"
    if len(text) > 1 and text[-1] == "-" and text[-2].isdigit():
        return text[:-1], "5-"
    if len(text) > 1 and text[0] in ("-", MINUS) and not text[1].isdigit():
        return text[1:], "-$5"
    return text, ""


def is_currency(mark: str) -> bool:
    """Return whether text is a currency's sign, short name or code, or empty."""
    if not mark or mark in _SHORT or _CODE.fullmatch(mark):
        return True
    signs = [unicodedata.category(one) == "Sc" for one in mark]
    return (signs[0] or signs[-1]) and not set(mark) & set("+-")


def has_sign(unit: str) -> bool:
    """Return whether a unit is a currency without doubt: it has such a sign.

    >>> has_sign("US$"), has_sign("km")
    (True, False)
    """
    return any(unicodedata.category(one) == "Sc" for one in unit)
