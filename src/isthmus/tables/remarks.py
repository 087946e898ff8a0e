"""Sentences about the kind that a column was taken for, where another is likely."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from isthmus.tables.date_text import other_readings
from isthmus.tables.kinds import AbstractKind
from isthmus.tables.marks import is_blank
from isthmus.tables.moments import Moment
from isthmus.tables.mostly import MOSTLY, amounts_among, dates_among
from isthmus.tables.quantities import units_of
from isthmus.tables.textual import as_numbers, is_code
from isthmus.tables.values import is_text, plain, texts, ticks

if TYPE_CHECKING:
    import pyarrow

PLURALS = {"number": "numbers", "date": "dates", "quantity": "amounts"}

LEAST = 10
"""With fewer entries than this, a share says little."""

SHOWN = 4
"""How many units a sentence lists."""

NEVER = 9999
"""The year that databases write for "no end"."""


def remarks(title: str, column: "pyarrow.ChunkedArray", kind: AbstractKind) -> Iterator[str]:
    """Yield sentences about what a column was taken for, where another choice is likely.

    >>> import pyarrow
    >>> from isthmus.tables.inference import recognise
    >>> column = pyarrow.chunked_array([[f"{i}.5" for i in range(30)] + ["<5"]])
    >>> for remark in remarks("depth", column, recognise(column)):
    ...     print(remark)
    column "depth" is mostly numbers, but 1 of 31 entries is none, such as "<5", so it is taken as
    identifier (left out): schema=Rules(kinds={"depth": "number"}) counts such entries as missing.
    """
    if isinstance(kind, Moment):
        yield from _about_dates(title, column, kind)
    elif is_text(plain(column).type):
        yield from _about_words(title, column, kind)


def _about_words(title: str, column: "pyarrow.ChunkedArray", kind: AbstractKind) -> Iterator[str]:
    counts = Counter(texts(column).tolist())
    counts = Counter({one: count for one, count in counts.items() if not is_blank(one)})
    entries, distinct = list(counts.elements()), list(counts)
    units = units_of(distinct) if not kind.parts and len(entries) >= LEAST else []
    if units:
        yield (
            f'column "{title}" holds numbers with several units ({", ".join(units[:SHOWN])}), so '
            "it is left out: bring them to one unit, or give the number and the unit a column each."
        )
        return
    numbers = [
        one for one, bad in zip(distinct, np.isnan(as_numbers(distinct)), strict=True) if not bad
    ]
    if len(entries) < LEAST or is_code(numbers):
        return
    found = {"number": [one for one in numbers for _ in range(counts[one])]}
    if not kind.parts:
        found |= {"date": dates_among(entries), "quantity": amounts_among(entries)}
    for name, read in found.items():
        if MOSTLY * len(entries) <= len(read) < len(entries):
            yield _mostly(title, kind, name, entries, set(read))
            return


def _mostly(title: str, kind: AbstractKind, name: str, entries: list[str], read: set[str]) -> str:
    """Return the sentence about a column whose entries are of one kind but for a few."""
    odd = [entry for entry in entries if entry not in read]
    verb = "are" if len(odd) > 1 else "is"
    taken = kind.name if kind.parts else f"{kind.name} (left out)"
    return (
        f'column "{title}" is mostly {PLURALS[name]}, but {len(odd)} of {len(entries)} entries '
        f'{verb} none, such as "{odd[0]}", so it is taken as {taken}: '
        f'schema=Rules(kinds={{"{title}": "{name}"}}) counts such entries as missing.'
    )


def _about_dates(title: str, column: "pyarrow.ChunkedArray", kind: Moment) -> Iterator[str]:
    if kind.form is not None and is_text(plain(column).type):
        other = other_readings(texts(column), kind.form)
        if other is not None:
            example, form = other
            yield (
                f'column "{title}": {example} and the like are read day first. If the month comes '
                f'first, give dates: pandas.to_datetime(X["{title}"], format="{form}"), or write '
                "them as 2023-04-03 in the file."
            )
    if not kind.since_1970:
        return
    values, known = ticks(column, kind.unit, kind.form)
    years = values[known].astype(f"M8[{kind.unit}]").astype("M8[Y]").astype(np.int64) + 1970
    count, rest = int((years == NEVER).sum()), years[years != NEVER]
    if count and len(rest):
        yield (
            f'column "{title}" holds dates of the year {NEVER} in {count} row'
            f"{'s' if count > 1 else ''}, far from the rest ({rest.min()} to {rest.max()}): if "
            "that means missing, leave these entries empty."
        )
