"""How most entries of a column of text are written, where a few are other words."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from isthmus.tables.amounts import STYLES, is_currency, written
from isthmus.tables.date_text import date_format, reads
from isthmus.tables.marks import is_blank

MOSTLY = 0.9
"""Least share of entries of one kind in text whose other entries are in doubt."""

TRIED = 20
"""How many entries the formats of dates are found from."""


def amounts_among(entries: Sequence[str | None]) -> list[str]:
    """Return the entries that are numbers with one unit, if most that are there are; else none.

    >>> amounts_among(["$5", "$7.50", None, "call us", *["$9"] * 9])[:2]
    ['$5', '$7.50']
    """
    known = [entry for entry in entries if entry is not None and not is_blank(entry)]
    units = [_unit(entry) for entry in known]
    seen = Counter(unit for unit in units if unit is not None).most_common(1)
    if not seen or seen[0][1] < MOSTLY * len(known):
        return []
    return [entry for entry, unit in zip(known, units, strict=True) if unit == seen[0][0]]


def _unit(entry: str) -> tuple[str, str] | None:
    """Return what stands before and after a number; None where there is no number."""
    for style in STYLES:
        found = written(entry, style)
        if found is not None:
            before, after = found.before.strip(), found.after.strip()
            return (before, after) if is_currency(before) else None
    return None


def dates_among(entries: Sequence[str | None]) -> list[str]:
    """Return the entries that one format reads as dates, if most that are there are; else none.

    >>> dates_among(["unknown", *["2023-01-31"] * 8, "2023-02-01"])[-1]
    '2023-02-01'
    """
    known = [entry for entry in entries if entry is not None and not is_blank(entry)]
    tried = known[:: max(1, len(known) // TRIED)]
    alone = {date_format(np.array([entry], object)) for entry in tried} - {None}
    best: list[str] = []
    for form in sorted(map(str, alone)):
        read = [entry for entry in known if reads(form, [entry.strip()])]
        best = max(best, read, key=len)
    return best if len(best) >= MOSTLY * len(known) else []
