"""A later table against the schema of the one that was learned from: everything goes by name."""

import difflib
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from isthmus.errors import DataError
from isthmus.tables.date_text import date_format, in_order
from isthmus.tables.frames import to_arrow
from isthmus.tables.kinds import AbstractNumeric, Binary, Category, Ordered
from isthmus.tables.levels import index_of
from isthmus.tables.marks import is_no_date
from isthmus.tables.moments import Moment
from isthmus.tables.schema import Column, Schema
from isthmus.tables.values import is_number, is_text, plain, texts

if TYPE_CHECKING:
    import pyarrow

SHOWN = 4
"""How many names or levels a sentence lists."""

_PLURALS = {
    "number": "numbers", "skewed": "numbers", "count": "numbers", "date": "dates or times",
    "quantity": "numbers with the unit of the fit",
}  # fmt: skip
"""What the entries of a kind are, in a sentence."""

OUTSIDE = 0.5
"""Share of a column's entries outside the range seen from which its unit is in doubt."""


class Aligned(NamedTuple):
    """A table with the columns of a schema, and what was noticed on the way.

    Parameters
    ----------
    table
        With the schema's columns, in its order.
    notes
        Sentences: columns that are absent, superfluous or renamed, levels that are new, entries
        that could not be read, numbers outside the range seen.
    """

    table: "pyarrow.Table"
    notes: tuple[str, ...]


def align(schema: Schema, table: object, name: str = "the table") -> Aligned:
    """Bring a table to the columns of a schema.

    Parameters
    ----------
    schema
        Of the table that was learned from.
    table : pandas.DataFrame, polars.DataFrame or pyarrow.Table
        With these columns in any order. One that is absent counts as missing in every row; one
        whose title differs in case, spaces or signs alone is taken for it; others are ignored.
    name
        What to call the table in a sentence.

    Raises
    ------
    DataError
        If it is no table, or has none of the columns that were learned from.

    Examples
    --------
    >>> import pyarrow
    >>> from isthmus.tables import infer
    >>> schema = infer(pyarrow.table({"Age": [31, 44, 60], "kind": ["u", "v", "w"]}))
    >>> align(schema, pyarrow.table({"kind": ["u"], "age": [50]})).notes
    ('the table: column "age" is taken for "Age".',)
    """
    arrow = to_arrow(table, name)
    taken, notes = _by_name(schema, arrow.column_names, name)
    columns, used = [], 0
    for column, field in zip(schema.columns, schema.arrow, strict=True):
        title = taken.get(column.name)
        columns.append(_nulls(arrow.num_rows, field) if title is None else arrow.column(title))
        used += title is not None and column.used
    if not used:
        found = _listed(arrow.column_names) if arrow.num_columns else "no columns"
        raise DataError(
            f"{name} has none of the columns that the model was fitted on "
            f"({_listed(schema.names)}); it has {found}."
        )
    import pyarrow

    aligned = pyarrow.table(columns, names=list(schema.names))
    for column in schema.columns:
        if column.used and column.name in taken:
            notes += _about_entries(column, aligned.column(column.name), name)
    return Aligned(aligned, tuple(notes))


def _nulls(n: int, field: "pyarrow.Field") -> "pyarrow.ChunkedArray":
    import pyarrow
    from pyarrow import types

    kind = field.type.value_type if types.is_dictionary(field.type) else field.type
    return pyarrow.chunked_array([pyarrow.nulls(n, kind)])


def _by_name(schema: Schema, names: Sequence[str], table: str) -> tuple[dict[str, str], list[str]]:
    """Return which column of a table each column of a schema is, and sentences about the rest."""
    taken = {name: name for name in schema.names if name in names}
    spare = {_bare(name): name for name in names if name not in taken}
    notes = []
    for name in schema.names:
        other = spare.get(_bare(name))
        if name not in taken and other is not None:
            taken[name] = spare.pop(_bare(name))
            notes.append(f'{table}: column "{other}" is taken for "{name}".')
    absent = [c.name for c in schema.columns if c.used and c.name not in taken]
    extra = [name for name in names if name not in taken.values()]
    if absent:
        near = difflib.get_close_matches(absent[0], extra, n=1)
        hint = f' ("{near[0]}" may be "{absent[0]}": rename it)' if near else ""
        noun, count = ("columns", "which count") if len(absent) > 1 else ("column", "which counts")
        notes.append(
            f"{table} has no {noun} {_listed(absent, quoted=True)}, {count} as missing in every "
            f"row{hint}."
        )
    if extra:
        noun, was = ("columns", "were") if len(extra) > 1 else ("column", "was")
        listed = _listed(extra, quoted=True)
        notes.append(f"{table}: {noun} {listed} {was} not fitted on: ignored.")
    return taken, notes


def _bare(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _listed(words: Sequence[str], *, quoted: bool = False) -> str:
    shown = [f'"{word}"' if quoted else word for word in words[:SHOWN]]
    more = f" and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
    return ", ".join(shown) + more


def _about_entries(column: Column, entries: "pyarrow.ChunkedArray", table: str) -> list[str]:
    kind = column.kind
    if isinstance(kind, Binary | Category | Ordered):
        return _about_levels(column.name, kind, entries, table)
    unread = _unread(column, entries)
    if unread:
        many = "entries" if unread > 1 else "entry"
        read, count = ("do", "they count") if unread > 1 else ("does", "it counts")
        return [
            f'{table}: {unread} {many} of column "{column.name}" {read} not read as '
            f"{_PLURALS[kind.name]}, as in the fit; {count} as missing."
        ]
    if isinstance(kind, Moment) and kind.form is not None and is_text(plain(entries).type):
        return _about_order(column.name, kind.form, texts(entries).tolist(), table)
    return _about_range(column, entries, table)


def _about_order(name: str, form: str, entries: Sequence[str | None], table: str) -> list[str]:
    if in_order(form, entries) == form or date_format(np.array(entries, object)) is None:
        return []
    return [
        f'{table}: the dates of column "{name}" have day and month in another order than those of '
        "the fit, and are read so."
    ]


def _about_levels(
    name: str, kind: Binary | Category | Ordered, entries: "pyarrow.ChunkedArray", table: str
) -> list[str]:
    rare = kind.rare if isinstance(kind, Category) else ()
    new = index_of(entries, (*kind.levels, *(level for level, _ in rare))) == -2
    if not new.any():
        return []
    found = list(dict.fromkeys(texts(entries)[new].tolist()))
    count = int(new.sum())
    entries_count = "entries count" if count > 1 else "entry counts"
    treated = f"{entries_count} as {'rare' if rare else 'missing'}"
    return [
        f'{table}: column "{name}" has levels that the fit did not see '
        f"({_listed([str(one) for one in found])}); {count} {treated}."
    ]


def _unread(column: Column, entries: "pyarrow.ChunkedArray") -> int:
    """Return how many entries are there but cannot be read as the column's kind."""
    entries = plain(entries)
    if is_number(entries.type) and not isinstance(column.kind, Moment):
        return 0
    there = ~np.array(entries.is_null())
    if is_text(entries.type):
        there = np.array([not is_no_date(entry) for entry in entries.to_pylist()], bool)
    return int((there & ~column.kind.known(entries)).sum())


def _about_range(column: Column, entries: "pyarrow.ChunkedArray", table: str) -> list[str]:
    if not isinstance(column.kind, AbstractNumeric):
        return []
    scale = column.kind.scale
    x = column.kind.values(entries)
    x = x[~np.isnan(x)]
    outside = (x < scale.low) | (x > scale.high)
    if not len(x) or outside.mean() < OUTSIDE:
        return []
    return [
        f'{table}: {int(outside.sum())} of {len(x)} entries of column "{column.name}" lie outside '
        f"the range of the fit, {scale.low:.6g} to {scale.high:.6g} (here {x.min():.6g} to "
        f"{x.max():.6g}): is it in the same unit?"
    ]


def outside_range(schema: Schema, rows: np.ndarray) -> dict[str, int]:
    """Return how many entries of each column lie outside the range of the fit, where any do.

    Parameters
    ----------
    rows : (n, width)
        Encoded rows.
    """
    found = {}
    for column in schema.columns:
        if column.used:
            block = rows[:, schema.places[column.name]]
            low, high = column.kind.limits()
            slack = 1e-4 * np.maximum(1, np.abs(high - low))  # rows are in single precision
            count = int(((block < low - slack) | (block > high + slack)).any(axis=1).sum())
            if count:
                found[column.name] = count
    return found
