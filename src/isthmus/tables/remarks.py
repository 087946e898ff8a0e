"""Sentences about the kind that a column was taken for, where another is likely."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from isthmus.tables.kinds import AbstractKind
from isthmus.tables.marks import is_blank
from isthmus.tables.moments import Moment
from isthmus.tables.quantities import units_of
from isthmus.tables.textual import as_numbers, is_code
from isthmus.tables.values import is_text, other_readings, plain, texts, ticks

if TYPE_CHECKING:
    import pyarrow

MOSTLY = 0.9
"""Least share of numbers in text whose other entries are in doubt."""

LEAST = 10
"""With fewer entries than this, no share is told."""

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
    identifier (left out): Rules(kinds={"depth": "number"}), or --kind depth=number, counts such
    entries as missing.
    """
    if isinstance(kind, Moment):
        yield from _about_dates(title, column, kind)
    elif is_text(plain(column).type):
        yield from _about_words(title, column, kind)


def _about_words(title: str, column: "pyarrow.ChunkedArray", kind: AbstractKind) -> Iterator[str]:
    entries = [entry for entry in texts(column).tolist() if not is_blank(entry)]
    units = units_of(entries) if not kind.parts and len(entries) >= LEAST else []
    if units:
        yield (
            f'column "{title}" holds numbers with several units ({", ".join(units[:SHOWN])}), so '
            "it is left out: bring them to one unit, or give the number and the unit a column each."
        )
        return
    unread = np.isnan(as_numbers(entries))
    count, n = int(unread.sum()), len(entries)
    if n < LEAST or not count or count > (1 - MOSTLY) * n:
        return
    known = [entry for entry, bad in zip(entries, unread, strict=True) if not bad]
    if is_code(known):
        return
    example = entries[int(np.flatnonzero(unread)[0])]
    verb = "are" if count > 1 else "is"
    taken = kind.name if kind.parts else f"{kind.name} (left out)"
    yield (
        f'column "{title}" is mostly numbers, but {count} of {n} entries {verb} none, such as '
        f'"{example}", so it is taken as {taken}: Rules(kinds={{"{title}": "number"}}), or --kind '
        f"{title}=number, counts such entries as missing."
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
