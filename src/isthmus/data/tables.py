"""Tables of named columns: data frames, and what the readers of table files give."""

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from isthmus.data.checks import check_labels, listed, nearest, reason
from isthmus.data.labels import Label, as_column_number
from isthmus.data.source import Source
from isthmus.errors import DataError

if TYPE_CHECKING:
    import pyarrow


def is_table(spec: object) -> bool:
    """Say whether this is a data frame of pandas or polars, or an Arrow table."""
    return any(
        isinstance(spec, getattr(sys.modules[module], kind))
        for module, kind in (("pandas", "DataFrame"), ("polars", "DataFrame"), ("pyarrow", "Table"))
        if module in sys.modules and hasattr(sys.modules[module], kind)
    )


def from_table(table: Any, name: str, *, label: Label | None = None) -> Source:
    """Take a table whose columns are numbers or booleans, but for one that may hold the labels.

    Parameters
    ----------
    table : pandas.DataFrame, polars.DataFrame or pyarrow.Table
        Missing entries become NaN. All columns are brought to one common type.
    name : str
        What to call it in a sentence.
    label : str or int, optional
        Name or number (from 0, or from the end if negative) of the column of labels.

    Raises
    ------
    DataError
        If there are no rows, a column is not numeric, or there is no such label column.
    """
    columns = _columns(table, name)
    n = len(columns[0][1]) if columns else 0
    if n == 0:
        raise DataError(
            f"{name} has {len(columns)} columns and no rows; expected at least one row of numbers."
        )
    labels = None
    if label is not None:
        _, column = columns.pop(find_column(label, [title for title, _ in columns], name))
        labels = check_labels(_label_values(column), n, name)
    _refuse_other_types(columns, name)
    examples = _matrix([column for _, column in columns], n)
    return Source(name, examples, labels, feature_names=tuple(title for title, _ in columns))


def _columns(table: Any, name: str) -> list[tuple[str, "pyarrow.ChunkedArray"]]:
    """Give every column with its name; names may repeat, so they are no keys."""
    import pyarrow

    if isinstance(table, pyarrow.Table):
        return list(zip(map(str, table.column_names), table.columns, strict=True))
    if type(table).__module__.startswith("polars"):
        return _columns(table.to_arrow(), name)
    columns = []
    for position, title in enumerate(table.columns):
        try:
            column = pyarrow.array(table.iloc[:, position], from_pandas=True)
        except (pyarrow.ArrowException, TypeError) as error:
            raise DataError(
                f'Column "{title}" of {name} mixes types that do not belong together '
                f"({reason(error)}); make it numeric or drop it."
            ) from None
        if isinstance(column, pyarrow.Array):
            column = pyarrow.chunked_array([column])
        columns.append((str(title), column))
    return columns


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
    return number


def _label_values(column: "pyarrow.ChunkedArray") -> np.ndarray:
    """Give labels as numbers or strings, a missing one as NaN or None."""
    import pyarrow

    if pyarrow.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pyarrow.types.is_null(column.type):
        return np.full(len(column), np.nan)
    return column.to_numpy()


def _refuse_other_types(columns: list[tuple[str, "pyarrow.ChunkedArray"]], name: str) -> None:
    """Name the columns that are not numeric, and what the first of them holds."""
    others = [(title, column) for title, column in columns if not _is_numeric(column.type)]
    if not columns:
        raise DataError(
            f"{name} has no column beside the labels; expected at least one of numbers."
        )
    if not others:
        return
    title, column = others[0]
    found = f'column "{title}" of {name} holds {_what_it_holds(column)}'
    if len(others) == len(columns):
        raise DataError(
            f"{name} has no numeric columns to learn from: {found}; encode its columns as numbers."
        )
    more = f" (and {len(others) - 1} more are not numeric)" if others[1:] else ""
    raise DataError(
        f"{found[0].upper()}{found[1:]}{more}, but expected numbers; drop or encode it, or pass "
        f'label="{title}" if it holds the labels.'
    )


def _is_numeric(kind: "pyarrow.DataType") -> bool:
    from pyarrow import types

    return (
        types.is_integer(kind)
        or types.is_floating(kind)
        or types.is_boolean(kind)
        or types.is_decimal(kind)
        or types.is_null(kind)
    )


def _what_it_holds(column: "pyarrow.ChunkedArray") -> str:
    """Describe a column that is not numeric, text by its first entry that is no number."""
    from pyarrow import types

    kind = column.type.value_type if types.is_dictionary(column.type) else column.type
    if not (types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)):
        return f"values of type {column.type}"
    for row, scalar in enumerate(column):
        entry = scalar.as_py()
        if entry is not None and not _reads_as_number(entry):
            return f"text ({entry[:40]!r} in row {row}, counted from 0)"
    return "numbers stored as text"


def _reads_as_number(entry: str) -> bool:
    try:
        float(entry)
    except ValueError:
        return False
    return True


def _matrix(columns: list["pyarrow.ChunkedArray"], n: int) -> np.ndarray:
    """Write columns side by side, (n, D), in the narrowest type that holds them all."""
    kinds = [stored_type(column.type, column.null_count > 0) for column in columns]
    matrix = np.empty((n, len(columns)), np.result_type(*kinds))
    for position, column in enumerate(columns):
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
