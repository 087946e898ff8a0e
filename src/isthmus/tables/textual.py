"""What a column of text is: numbers, dates, quantities, levels, identifiers or words."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from isthmus.tables import building
from isthmus.tables.amounts import has_sign
from isthmus.tables.date_text import date_format
from isthmus.tables.kinds import AbstractKind
from isthmus.tables.left_out import Constant, Identifier, Text
from isthmus.tables.levels import Level
from isthmus.tables.marks import is_blank, is_no_date
from isthmus.tables.numeric import FEW, recognise_numbers
from isthmus.tables.quantities import notation_of, units_of
from isthmus.tables.values import numbers, texts

if TYPE_CHECKING:
    import pyarrow

UNIQUE_SHARE = 0.5
"""Share of different entries above which text is not made of levels."""

FREE_WORDS = 40
"""Entries of more characters than this on average are free text, not identifiers."""

MERGED_SHARE = 0.05
"""Share of the spellings that numbers may lose, as 1.10 and 1.1 are one number."""


def recognise_text(column: "pyarrow.ChunkedArray", title: str) -> AbstractKind:
    """Return the kind of a column of text of at least two different entries.

    Entries that stand for none, such as "n/a", count as missing among numbers, quantities and
    dates. Elsewhere they are entries as others are.
    """
    entries = [entry for entry in texts(column).tolist() if entry is not None]
    distinct = [entry for entry in dict.fromkeys(entries) if not is_blank(entry)]
    if distinct and are_numbers(distinct) and not is_code(distinct):
        if len(distinct) < 2:
            return Constant(distinct[0])
        if len(distinct) == 2:
            return building.levels(Counter(entry for entry in entries if not is_blank(entry)))
        return recognise_numbers(column, title)
    form = date_format(np.array(distinct, object)) if distinct else None
    if form is not None:
        dates = {entry for entry in distinct if not is_no_date(entry)}
        return Constant(dates.pop()) if len(dates) < 2 else building.moment(column, form)
    notation = notation_of(distinct) if len(distinct) > 2 else None
    if notation is not None:
        return building.quantity([one for one in entries if not is_blank(one)], notation)
    units = units_of(distinct)
    if len(entries) >= FEW and units and all(map(has_sign, units)):
        return Text()  # an amount is comparable within one currency alone
    return _words(entries)


def _words(entries: Sequence[str]) -> AbstractKind:
    """Return the kind of text that is neither numbers nor dates."""
    counts: Counter[Level] = Counter(entries)
    if len(entries) < FEW or len(counts) <= max(2, UNIQUE_SHARE * len(entries)):
        return building.levels(counts)
    length = sum(map(len, entries)) / len(entries)
    spaced = sum(" " in entry for entry in entries) > len(entries) / 2
    unique = len(counts) == len(entries)
    return Identifier() if unique and not spaced and length <= FREE_WORDS else Text()


def as_numbers(entries: Sequence[str]) -> np.ndarray:
    """Return the numbers (n,) that text writes, NaN where it writes none."""
    import pyarrow

    return numbers(pyarrow.chunked_array([pyarrow.array(list(entries), pyarrow.string())]))


def are_numbers(entries: Sequence[str]) -> bool:
    """Return whether all of these texts are numbers."""
    return not np.isnan(as_numbers(entries)).any()


def is_code(entries: Sequence[str]) -> bool:
    """Return whether numbers are written as codes are, which the number alone does not tell.

    With leading zeros, "00123", or as versions, where 1.10 is not 1.1. A ".0" at the end is not
    counted, since a column of whole numbers gets one where an entry is missing.

    >>> is_code(["01067", "4103"]), is_code(["1.1", "1.10", "2.0"]), is_code(["1.5", "2", "2.0"])
    (True, True, False)
    """
    bare = [entry.strip() for entry in entries]
    if any(len(one) > 1 and one[0] == "0" and one[1].isdigit() for one in bare):
        return True
    spelled = sorted({one.removesuffix(".0").lstrip("+") for one in bare})
    merged = len(spelled) - len(np.unique(as_numbers(spelled)))
    return merged > MERGED_SHARE * len(spelled)
