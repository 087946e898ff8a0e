"""Tables as text: values parted by commas, semicolons or tabs, compressed or not."""

import csv
import io
import re
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from isthmus.data.checks import reason
from isthmus.data.labels import Label
from isthmus.data.limits import Limited
from isthmus.data.source import Source
from isthmus.data.tables import from_table
from isthmus.errors import DataError

if TYPE_CHECKING:
    import pyarrow

_MISSING = ("", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "-nan", "NULL", "null", "None", "?")
_BLOCK_BYTES = 1 << 24  # a row must fit into one block
_ROWS_TO_LOOK_AT = 50
_RAGGED = re.compile(r"Row #(\d+): Expected (\d+) columns, got (\d+)")


def open_csv(path: Path, *, label: Label | None = None) -> Source:
    """Read a table of numbers from text, one example a row.

    The first row is taken as the names of the columns if it is not made of numbers as the
    rows below it are, or if it counts the columns 0, 1, 2, ... as pandas writes unnamed
    ones; otherwise the columns are called x0, x1, and so on. Empty entries, ``NA``, ``nan``,
    ``null`` and ``?`` are missing values. A first column that has no name and only counts the
    rows, as pandas and R write it, is left out.

    Parameters
    ----------
    path : Path
        A .csv or .tsv file, or one of these compressed as .gz.
    label : str or int, optional
        Name or number of the column of labels.
    """
    import pyarrow
    from pyarrow import csv as arrow_csv

    delimiter, rows = _first_rows(path)
    named = has_header(rows)
    try:
        table = arrow_csv.read_csv(
            Limited(pyarrow.input_stream(path), path.name) if path.suffix == ".gz" else path,
            read_options=arrow_csv.ReadOptions(
                use_threads=False,  # with threads, a ragged row loses its number
                block_size=_BLOCK_BYTES,
                autogenerate_column_names=not named,
            ),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter),
            convert_options=arrow_csv.ConvertOptions(
                null_values=_MISSING, strings_can_be_null=True
            ),
        )
        names = table.column_names
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        raise DataError(_refusal(path.name, error)) from None
    if named and names[0] == "" and _counts_rows(table.column(0)):
        table, names = table.remove_column(0), names[1:]
    names = [name if named and name else f"x{i}" for i, name in enumerate(names)]
    return from_table(table.rename_columns(names), path.name, label=label)


def _counts_rows(column: "pyarrow.ChunkedArray") -> bool:
    values = column.to_numpy()
    return any(np.array_equal(values, np.arange(len(values)) + start) for start in (0, 1))


def has_header(rows: list[list[str]]) -> bool:
    """Say whether the first of these rows names the columns.

    It does if all its entries are text, if one is text above a number, or if it counts
    the columns from 0.

    >>> has_header([["label", "0", "1"], ["5", "0", "255"]])
    True
    >>> has_header([["5.1", "3.5", "setosa"], ["4.9", "3.0", "setosa"]])
    False
    """
    first, *below = rows
    if len(first) > 2 and first == [str(i) for i in range(len(first))]:
        return True
    kinds = [_is_number(entry) for entry in first]
    if all(kind is False for kind in kinds):
        return True
    return any(
        kind is False and _first_known(row[i] for row in below if i < len(row)) is True
        for i, kind in enumerate(kinds)
    )


def _is_number(entry: str) -> bool | None:
    """Tell numbers and truth values from text; None if the entry is missing."""
    entry = entry.strip()
    if entry in _MISSING:
        return None
    if entry.lower() in ("true", "false"):
        return True
    try:
        float(entry)
    except ValueError:
        return False
    return True


def _first_known(entries: Iterable[str]) -> bool | None:
    kinds = (_is_number(entry) for entry in entries)
    return next((kind for kind in kinds if kind is not None), None)


def _first_rows(path: Path) -> tuple[str, list[list[str]]]:
    """Find the delimiter, and read the rows that show whether there is a header."""
    import pyarrow

    try:
        with pyarrow.input_stream(path, compression="detect") as stream:
            text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
            start = io.StringIO(text.read(_BLOCK_BYTES), newline="")
            lines = [line for line in islice(start, _ROWS_TO_LOOK_AT) if line.strip()]
            delimiter = max(",;\t", key=lines[0].count) if lines else ","
            rows = list(csv.reader(lines, delimiter=delimiter))
    except (OSError, pyarrow.ArrowException, csv.Error) as error:
        raise DataError(_refusal(path.name, error)) from None
    if not rows:
        raise DataError(f"{path.name} is empty; expected at least one row of numbers.")
    return delimiter, rows


def _refusal(name: str, error: Exception) -> str:
    ragged = _RAGGED.search(str(error))
    if ragged:
        row, expected, found = ragged.groups()
        return (
            f"Row {row} of {name}, with the header counted, has {found} entries, but expected "
            f"{expected} as in the first; make all rows equally long."
        )
    return f"{name} cannot be read as a table of text ({reason(error)}); check how it was written."
