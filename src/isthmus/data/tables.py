"""Tables of named columns: data frames, and what the readers of table files give."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from isthmus.data.checks import check_labels, listed, nearest
from isthmus.data.labels import Label, as_column_number
from isthmus.data.reading import Reading
from isthmus.data.source import Source
from isthmus.data.table_rows import TableRows
from isthmus.errors import DataError, SettingError, unknown
from isthmus.tables.values import is_text

if TYPE_CHECKING:
    import pyarrow

SENTINELS = 3
"""Maximum number of columns that are named: those that may hold numbers for missing entries."""


TOTALS = (
    "total", "totals", "sum", "average", "mean", "overall", "summe", "gesamt", "insgesamt",
    "gesamtsumme", "mittelwert", "durchschnitt", "totale", "suma", "somme", "moyenne", "totaal",
    "media", "promedio",
)  # fmt: skip
"""What people call a row that sums up those above it."""

MOST_TOTALLED = 1_000
"""How many of the last rows are looked at for the name of the last."""


def is_table(spec: object) -> bool:
    """Return whether this is a data frame of pandas or polars, or an Arrow table."""
    from isthmus.tables.frames import make_of

    return make_of(spec) is not None


def from_table(
    table: Any, name: str, how: Reading | None = None, *, notes: Sequence[str] = ()
) -> Source:
    """Take a table as a source.

    Where every column holds numbers or truth values, the examples are a matrix of them; else, and
    where a column holds nothing, they are the rows of the table (`TableRows`), which an estimator
    encodes by a schema.

    Parameters
    ----------
    table : pandas.DataFrame, polars.DataFrame or pyarrow.Table
        Missing entries of numbers become NaN. Numbers are brought to one common type.
    name : str
        What to call it in a sentence.
    how : Reading, optional
        Its label is the name or number (from 0, or from the end if negative) of the column of
        labels; columns may be left out, and kinds given.
    notes : sequence of str
        What was found on the way here.

    Raises
    ------
    DataError
        If there are no rows, nothing to learn from, or no such label column.
    """
    from isthmus.tables.frames import to_arrow

    how = Reading() if how is None else how
    arrow = to_arrow(table, name)
    if arrow.num_rows == 0:
        raise DataError(
            f"{name} has {arrow.num_columns} columns and no rows; expected at least one row of "
            "numbers."
        )
    labels = None
    if how.label is not None:
        column = find_column(how.label, arrow.column_names, name)
        labels = check_labels(_label_values(arrow.column(column)), arrow.num_rows, name)
        arrow = arrow.remove_column(column)
    arrow = _chosen(arrow, how)
    if not arrow.num_columns:
        raise DataError(
            f"{name} has no column besides the labels; expected at least one of numbers."
        )
    columns = list(zip(arrow.column_names, arrow.columns, strict=True))
    notes = (*notes, *_about_total(arrow, name))
    if how.kinds or not all(is_matrix_column(column) for _, column in columns):
        said = (*notes, *_about_sentinels(columns, how, name))
        return Source(name, TableRows(arrow), labels, tuple(arrow.column_names), notes=said)
    columns, left = _without_identifiers(columns)
    said = (*notes, f"{name}: {left}") if left else tuple(notes)
    said = (*said, *_about_sentinels(columns, how, name))
    kept = tuple(title for title, _ in columns)
    return Source(name, matrix_of(arrow.select(kept), name), labels, kept, notes=said)


def _chosen(arrow: "pyarrow.Table", how: Reading) -> "pyarrow.Table":
    """Return the columns that are to be read."""
    for title in (*how.drop, *(how.columns or ()), *how.kinds):
        if title not in arrow.column_names:
            raise SettingError(unknown("column", title, arrow.column_names))
    wanted = arrow.column_names if how.columns is None else how.columns
    kept = [title for title in arrow.column_names if title in wanted and title not in how.drop]
    return arrow.select(kept)


def _without_identifiers(
    columns: list[tuple[str, "pyarrow.ChunkedArray"]],
) -> tuple[list[tuple[str, "pyarrow.ChunkedArray"]], str]:
    """Return the columns but those whose title and entries say that they name the rows."""
    from isthmus.tables.inference import names_rows

    out = [title for title, column in columns if names_rows(column, title)]
    kept = [(title, column) for title, column in columns if title not in out]
    if not out or not kept:
        return columns, ""
    verb = "name the rows and are" if len(out) > 1 else "names the rows and is"
    return kept, f"{listed(out)} {verb} left out; give the kind number to learn from it"


def _about_total(arrow: "pyarrow.Table", name: str) -> tuple[str, ...]:
    """Return a sentence about the last row if it is named as a sum or a mean of those above."""
    for column in arrow.columns:
        if is_text(column.type):
            *above, last = column.to_pylist()[-MOST_TOTALLED:]
            if last and last.strip(" :").lower() in TOTALS and last not in above:
                return (
                    f"{name}: the last row is called {last!r}; if it sums up the rows above, it is "
                    "no example: take it out of the file",
                )
    return ()


def _about_sentinels(
    columns: Sequence[tuple[str, "pyarrow.ChunkedArray"]], how: Reading, name: str
) -> tuple[str, ...]:
    """Return a sentence for each number that may stand for a missing entry, such as -999."""
    from isthmus.tables.sentinels import find_sentinels
    from isthmus.tables.values import is_number, numbers

    found = []
    for title, column in columns:
        if is_number(column.type):
            found += find_sentinels(numbers(column)[:, None], [title])
    marks = list(dict.fromkeys([*how.missing, *(f"{one.value:g}" for one in found[:SENTINELS])]))
    return tuple(f"{name}: {one}, by missing={marks}" for one in found[:SENTINELS])


def find_column(label: Label, names: list[str], name: str) -> int:
    """Return the place of a column, found by its name, else by its number."""
    if isinstance(label, str) and label in names:
        return names.index(label)
    number = as_column_number(label)
    if number is None:
        raise DataError(
            f'{name} has no column "{label}" to take labels from (it has {listed(names)})'
            f"{nearest(str(label), names)}"
        )
    if not -len(names) <= number < len(names):
        raise DataError(
            f"{name} has {len(names)} columns, so there is no label column {number}; columns are "
            f"counted from 0 to {len(names) - 1}."
        )
    return number % len(names)


def _label_values(column: "pyarrow.ChunkedArray") -> np.ndarray:
    """Give labels as numbers or strings, a missing one as NaN or None."""
    import pyarrow

    if pyarrow.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pyarrow.types.is_null(column.type):
        return np.full(len(column), np.nan)
    return column.to_numpy()


def is_numeric(kind: "pyarrow.DataType") -> bool:
    """Return whether a type of Arrow is one of numbers, of truth values, or of nothing at all."""
    from pyarrow import types

    return (
        types.is_integer(kind)
        or types.is_floating(kind)
        or types.is_boolean(kind)
        or types.is_decimal(kind)
        or types.is_null(kind)
    )


def is_matrix_column(column: "pyarrow.ChunkedArray") -> bool:
    """Return whether a column holds numbers or truth values, and not nothing at all."""
    from isthmus.tables.building import count_missing

    return is_numeric(column.type) and count_missing(column) < len(column)


def matrix_of(table: "pyarrow.Table", name: str) -> np.ndarray:
    """Return columns of numbers side by side, (n, D), in the narrowest type that holds them all.

    Raises
    ------
    DataError
        If a column holds something else.
    """
    for field in table.schema:
        if not is_numeric(field.type):
            raise DataError(
                f'Column "{field.name}" of {name} holds {field.type}, and numbers are expected; '
                "convert it, or leave it out."
            )
    kinds = [stored_type(column.type, column.null_count > 0) for column in table.columns]
    matrix = np.empty((table.num_rows, table.num_columns), np.result_type(*kinds))
    for position, column in enumerate(table.columns):
        matrix[:, position] = _numbers(column)
    return matrix


def stored_type(kind: "pyarrow.DataType", missing: bool) -> np.dtype:
    """Return the type of NumPy for a column of numbers, some of which may be missing."""
    from pyarrow import types

    if types.is_boolean(kind):
        stored = np.dtype(np.uint8)
    elif types.is_integer(kind) or types.is_floating(kind):
        stored = np.dtype(kind.to_pandas_dtype())
    else:
        return np.dtype(np.float64)
    return np.result_type(stored, np.float16) if missing else stored


def _numbers(column: "pyarrow.ChunkedArray") -> np.ndarray:
    """Give a numeric column as an array, missing entries as NaN."""
    import pyarrow
    from pyarrow import types

    if types.is_boolean(column.type):
        column = column.cast(pyarrow.uint8())
    elif types.is_decimal(column.type) or types.is_null(column.type):
        column = column.cast(pyarrow.float64())
    return column.to_numpy()
