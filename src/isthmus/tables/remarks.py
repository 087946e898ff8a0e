"""Sentences about the kind that a column was taken for, where another is likely."""

from collections import Counter
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from isthmus.tables.date_text import other_readings
from isthmus.tables.kinds import AbstractKind
from isthmus.tables.left_out import Constant
from isthmus.tables.marks import is_blank
from isthmus.tables.moments import Moment
from isthmus.tables.mostly import MOSTLY, amounts_among, dates_among
from isthmus.tables.quantities import units_of
from isthmus.tables.textual import as_numbers, is_code
from isthmus.tables.values import is_text, plain, texts, ticks

if TYPE_CHECKING:
    import pyarrow

    from isthmus.tables.schema import Schema

PLURALS = {"number": "numbers", "date": "dates", "quantity": "amounts"}

LEAST = 10
"""With fewer entries than this, a share says little."""

SHOWN = 4
"""How many units a sentence lists."""

TICK = 4
"""Characters of a mark in a box that is ticked or blank, at most: x, yes, true."""

NEVER = 9999
"""The year that databases write for "no end"."""


HALF, SEVERAL = 0.5, 20
"""Least share of numbers or dates that is said of a column that is left out, or that is taken as
levels of which more than the second are numbers."""


class Remark(NamedTuple):
    """What a column was taken for, and what to do if it is something else.

    Parameters
    ----------
    found, remedy
        A sentence without its stop, and another.
    """

    found: str
    remedy: str

    def words(self) -> str:
        """Return both in one line."""
        return f"{self.found}: {self.remedy}"


def remarks(title: str, column: "pyarrow.ChunkedArray", kind: AbstractKind) -> Iterator[Remark]:
    """Yield what a column was taken for, where another choice is likely.

    >>> import pyarrow
    >>> from isthmus.tables.inference import recognise
    >>> column = pyarrow.chunked_array([[f"{i}.5" for i in range(30)] + ["<5"]])
    >>> for remark in remarks("depth", column, recognise(column)):
    ...     print(remark.words())
    column "depth" is mostly numbers, but 1 of 31 entries is none, such as "<5", so it is taken as
    identifier (left out): schema=Rules(kinds={"depth": "number"}) counts such entries as missing.
    """
    from pyarrow import types

    if isinstance(kind, Moment):
        yield from _about_dates(title, column, kind)
    elif isinstance(kind, Constant):
        yield from _about_ticks(title, column, kind)
    elif types.is_floating(plain(column).type):
        yield from _about_infinity(title, column)
    elif is_text(plain(column).type):
        yield from _about_words(title, column, kind)


def doubts_about(
    schema: "Schema", table: "pyarrow.Table", given: Collection[str] = ()
) -> tuple[Remark, ...]:
    """Return the remarks about a table's columns, but those whose kind was given.

    Parameters
    ----------
    schema
        Of the table.
    table
        With the schema's columns.
    given
        Titles of columns whose kind is known.
    """
    return tuple(
        remark
        for column in schema.columns
        if column.name in table.column_names and column.name not in given
        for remark in remarks(column.name, table.column(column.name), column.kind)
    )


def _about_ticks(title: str, column: "pyarrow.ChunkedArray", kind: Constant) -> Iterator[Remark]:
    blank = column.null_count
    ticked = len(column) - blank
    if isinstance(kind.value, str) and blank and ticked >= LEAST and len(kind.value) <= TICK:
        yield Remark(
            f'column "{title}" holds "{kind.value}" or nothing, so it is left out as constant',
            "if a blank means no, write so in its place.",
        )


def _about_infinity(title: str, column: "pyarrow.ChunkedArray") -> Iterator[Remark]:
    count = int(np.isinf(column.drop_null().to_numpy()).sum())
    if count:
        yield Remark(
            f'column "{title}" is infinite in {count} row{"s" if count > 1 else ""}',
            "such entries count as missing: look where they come from.",
        )


def _about_words(
    title: str, column: "pyarrow.ChunkedArray", kind: AbstractKind
) -> Iterator[Remark]:
    counts = Counter(texts(column).tolist())
    counts = Counter({one: count for one, count in counts.items() if not is_blank(one)})
    entries, distinct = list(counts.elements()), list(counts)
    several = len(distinct if kind.parts else entries) >= LEAST
    units = units_of(distinct) if several else []
    if units:
        taken = f"taken as {kind.name}" if kind.parts else "left out"
        yield Remark(
            f'column "{title}" holds numbers with several units ({", ".join(units[:SHOWN])}), so '
            f"it is {taken}",
            "bring them to one unit, or give the number and the unit a column each.",
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
        least = HALF if not kind.parts or len(numbers) > SEVERAL else MOSTLY
        if least * len(entries) <= len(read) < len(entries):
            yield _mostly(title, kind, name, entries, set(read))
            return


def _mostly(
    title: str, kind: AbstractKind, name: str, entries: list[str], read: set[str]
) -> Remark:
    """Return the remark about a column whose entries are of one kind but for a few."""
    odd = [entry for entry in entries if entry not in read]
    verb = "are" if len(odd) > 1 else "is"
    taken = kind.name if kind.parts else f"{kind.name} (left out)"
    return Remark(
        f'column "{title}" is mostly {PLURALS[name]}, but {len(odd)} of {len(entries)} entries '
        f'{verb} none, such as "{odd[0]}", so it is taken as {taken}',
        f'schema=Rules(kinds={{"{title}": "{name}"}}) counts such entries as missing.',
    )


def _about_dates(title: str, column: "pyarrow.ChunkedArray", kind: Moment) -> Iterator[Remark]:
    if kind.form is not None and is_text(plain(column).type):
        other = other_readings(texts(column), kind.form)
        if other is not None:
            example, form = other
            yield Remark(
                f'column "{title}" has dates such as {example}, which are read day first',
                f'if the month comes first, give pandas.to_datetime(X["{title}"], '
                f'format="{form}"), or write them as 2023-04-03 in the file.',
            )
    if not kind.since_1970:
        return
    values, known = ticks(column, kind.unit, kind.form)
    years = values[known].astype(f"M8[{kind.unit}]").astype("M8[Y]").astype(np.int64) + 1970
    count, rest = int((years == NEVER).sum()), years[years != NEVER]
    if count and len(rest):
        yield Remark(
            f'column "{title}" holds dates of the year {NEVER} in {count} row'
            f"{'s' if count > 1 else ''}, far from the rest ({rest.min()} to {rest.max()})",
            "if that means missing, leave these entries empty.",
        )
