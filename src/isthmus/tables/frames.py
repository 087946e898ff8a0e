"""Data frames of every make to Arrow tables, and back to the make they came from."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from isthmus.errors import DataError
from isthmus.tables.pandas_types import noted, restored

if TYPE_CHECKING:
    import pyarrow

MAKES = {"pandas": "DataFrame", "polars": "DataFrame", "pyarrow": "Table"}
"""The class of a table in each library."""


NANOSECOND_YEARS = (1678, 2261)
"""Whole years that pandas counts in nanoseconds."""


def is_table(spec: object) -> bool:
    """Return whether this is a data frame of pandas or polars, or an Arrow table.

    >>> import pyarrow
    >>> is_table(pyarrow.table({"a": [1]})), is_table([[1]])
    (True, False)
    """
    return make_of(spec) is not None


def make_of(spec: object) -> str | None:
    """Return the library that a table is of, or None for what is no table."""
    for module, kind in MAKES.items():
        found = getattr(sys.modules.get(module), kind, None)
        if found is not None and isinstance(spec, found):
            return module
    return None


def to_arrow(table: Any, name: str = "the table") -> "pyarrow.Table":
    """Return a table as an Arrow table whose column names are text and differ from each other.

    Parameters
    ----------
    table : pandas.DataFrame, polars.DataFrame or pyarrow.Table
        A data frame's index is left out.
    name : str
        What to call the table in a sentence.

    Returns
    -------
    pyarrow.Table
        With the types of the table's columns. The second of two columns called ``x`` is ``x.1``.

    Raises
    ------
    DataError
        If it is no table, or a column mixes types that no Arrow type holds.

    Examples
    --------
    >>> import pandas
    >>> to_arrow(pandas.DataFrame([[1, "u"]], columns=["a", "a"])).column_names
    ['a', 'a.1']
    """
    make = make_of(table)
    if make == "pandas":
        return _from_pandas(table, name)
    if make is None:
        raise DataError(f"{name} is {remedy(table)}.")
    arrow = _from_polars(table) if make == "polars" else _without_views(table)
    return arrow.rename_columns(distinct_names(arrow.column_names))


def _from_polars(frame: Any) -> "pyarrow.Table":
    """Return a frame of polars; whole numbers of 128 bits, which Arrow has not, become real."""
    import polars

    wide = [kind for kind in (getattr(polars, f"{i}Int128", None) for i in ("", "U")) if kind]
    return frame.with_columns(polars.col(wide).cast(polars.Float64)).to_arrow()


def _without_views(table: "pyarrow.Table") -> "pyarrow.Table":
    """Return a table whose views of text, which few functions of Arrow take, are text."""
    import pyarrow
    from pyarrow import types

    for i, field in enumerate(table.schema):
        if types.is_string_view(field.type):
            text = table.column(i).cast(pyarrow.string())
            table = table.set_column(i, field.with_type(pyarrow.string()), text)
    return table


def remedy(spec: object) -> str:
    """Return what is given in place of a table, and what to give, for a sentence.

    >>> remedy({"a": [1, 2]})
    'made of dictionaries: give a data frame, such as pandas.DataFrame(X)'
    """
    first = spec[0] if isinstance(spec, list | tuple) and spec else None
    if isinstance(spec, Mapping) or isinstance(first, Mapping):
        return "made of dictionaries: give a data frame, such as pandas.DataFrame(X)"
    if hasattr(spec, "collect_schema"):
        return "a lazy frame: give X.collect()"
    if hasattr(spec, "to_frame"):
        return "one column: give a table, such as X.to_frame()"
    kind = "a file's name" if isinstance(spec, str) else f"of type {type(spec).__name__}"
    return f"{kind}: give a data frame of pandas or polars, or an Arrow table"


def distinct_names(names: Sequence[object]) -> list[str]:
    """Return names as text, repeated ones numbered as `pandas.read_csv` numbers them.

    >>> distinct_names(["a", "b", "a", 7, "a"])
    ['a', 'b', 'a.1', '7', 'a.2']
    """
    texts = [str(name) for name in names]
    known, used = set(texts), set()
    distinct: list[str] = []
    for text in texts:
        name, number = text, 0
        while name in used or (number and name in known):
            number += 1
            name = f"{text}.{number}"
        used.add(name)
        distinct.append(name)
    return distinct


def frame_like(arrow: "pyarrow.Table", make: str, index: Any = None) -> Any:
    """Return an Arrow table as a table of another library.

    Parameters
    ----------
    arrow : pyarrow.Table
        Its schema's metadata hold what the library knows beyond Arrow's types, such as pandas's
        nullable ones.
    make : {"pandas", "polars", "pyarrow"}
        The library.
    index : pandas.Index, optional
        The index of the rows, for pandas.
    """
    if make == "pandas":
        frame = restored(arrow.to_pandas(), arrow.schema.metadata)
        return frame if index is None else frame.set_axis(index)
    if make == "polars":
        import polars

        return polars.from_arrow(arrow)
    return arrow


def _from_pandas(frame: Any, name: str) -> "pyarrow.Table":
    import pyarrow

    unreadable = (pyarrow.ArrowException, TypeError, ValueError)
    names = distinct_names(frame.columns)
    note = noted(frame, names)
    frame = _each_column(frame.set_axis(names, axis="columns"), _known_to_arrow)
    try:
        table = pyarrow.Table.from_pandas(frame, preserve_index=False)
    except unreadable:
        frame = _each_column(frame, _as_text)
        try:
            table = pyarrow.Table.from_pandas(frame, preserve_index=False)
        except unreadable:
            raise _mixed(frame, name) from None
    return table.replace_schema_metadata({**(table.schema.metadata or {}), **note})


def without_sparse_columns(table: Any) -> Any:
    """Return a data frame of pandas whose sparse columns are dense, and anything else as it is."""
    if make_of(table) != "pandas":
        return table
    if not any(str(one).startswith("Sparse") for one in table.dtypes):
        return table
    return _each_column(table, _known_to_arrow)


def _each_column(frame: Any, convert: Callable[[Any], Any]) -> Any:
    """Return a frame whose columns are converted where that changes them."""
    converted = frame.copy(deep=False)
    for title in frame.columns:
        column = frame[title]
        new = convert(column)
        if new is not column:
            converted[title] = new
    return converted


def _as_text(column: Any) -> Any:
    """Return a column of numbers and words mixed, as spreadsheets have them, as words alone."""
    if column.dtype != object:
        return column
    known = column.notna()
    plain = all(isinstance(entry, str | int | float) for entry in column[known])
    words = any(isinstance(entry, str) for entry in column[known])
    return column.map(str).where(known, None) if plain and words else column


def _known_to_arrow(column: Any) -> Any:
    """Return a column of pandas in a type that Arrow has too.

    Sparse columns become dense, periods the time at which they begin, and intervals their text.
    """
    kind = column.dtype
    name = str(kind)
    if name.startswith("Sparse"):
        return column.sparse.to_dense()
    if name.startswith("period"):
        in_range = column.dt.year.between(*NANOSECOND_YEARS).fillna(True).all()
        return column.dt.to_timestamp() if in_range else column.astype(str).where(column.notna())
    if name.startswith("interval"):
        return column.astype(str).where(column.notna(), None)
    if name == "category" and str(kind.categories.dtype).startswith("interval"):
        return column.cat.rename_categories(list(map(str, kind.categories)))
    return column


def _mixed(frame: Any, name: str) -> DataError:
    """Return the sentence about the first column that Arrow cannot hold."""
    import pyarrow

    for title in frame.columns:
        try:
            pyarrow.array(frame[title], from_pandas=True)
        except (pyarrow.ArrowException, TypeError, ValueError) as error:
            found = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
            return DataError(
                f'Column "{title}" of {name} mixes types that do not belong together '
                f"({found}); make it numeric or drop it."
            )
    return DataError(f"{name} cannot be read as a table; check its columns' types.")
