"""Cells of CSV files that a spreadsheet would run as formulas: written so that it does not.

Text is what a file or a user gave, so a level of a column may be ``=HYPERLINK(...)``. A spreadsheet
that opens the CSV file would run it. Such a cell is written with an apostrophe before it, which is
how spreadsheets mark text, and the reader of isthmus takes it away again.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from isthmus.tables.values import functions, is_text

if TYPE_CHECKING:
    import pyarrow

T = TypeVar("T")

_RUNS = r"([=@\t\r]|[+\-][^\n]*[(!|])"
"""How a formula begins. Text such as "-5 to 10" or "+" runs nothing, nor do numbers."""

_GUARDED = f"^'+{_RUNS}"
_TO_GUARD = f"^'*{_RUNS}"


def guard(cell: T) -> T:
    """Return a cell for a CSV file: text that a spreadsheet would run, with an apostrophe before.

    Examples
    --------
    >>> guard("=1+1"), guard("-5 to 10"), guard("-cmd|' /C calc'!A0"), guard(-5)
    ("'=1+1", '-5 to 10', "'-cmd|' /C calc'!A0", -5)
    """
    return f"'{cell}" if isinstance(cell, str) and re.match(_TO_GUARD, cell) else cell  # pyright: ignore[reportReturnType]


def unguard(cell: str) -> str:
    """Return the text that `guard` was given.

    Examples
    --------
    >>> unguard(guard("=1+1")), unguard(guard("'=1+1")), unguard("'tis")
    ('=1+1', "'=1+1", "'tis")
    """
    return cell[1:] if re.match(_GUARDED, cell) else cell


def guarded(table: "pyarrow.Table") -> "pyarrow.Table":
    """Return a table for a CSV file, titles and text so that a spreadsheet runs none."""
    table = _mapped(table, _TO_GUARD, _with_apostrophe)
    return table.rename_columns([guard(name) for name in table.column_names])


def unguarded(table: "pyarrow.Table") -> "pyarrow.Table":
    """Return the table that `guarded` was given; titles are those of the file."""
    return _mapped(table, _GUARDED, _without_first)


def _with_apostrophe(column: "pyarrow.ChunkedArray") -> "pyarrow.ChunkedArray":
    return functions().binary_join_element_wise("'", column, "")


def _without_first(column: "pyarrow.ChunkedArray") -> "pyarrow.ChunkedArray":
    return functions().utf8_slice_codeunits(column, 1)


def _mapped(
    table: "pyarrow.Table",
    pattern: str,
    change: "Callable[[pyarrow.ChunkedArray], pyarrow.ChunkedArray]",
) -> "pyarrow.Table":
    """Return the table with the entries of text that match a pattern changed."""
    compute = functions()
    for i, column in enumerate(table.columns):
        found = compute.match_substring_regex(column, pattern) if is_text(column.type) else None
        if found is not None and compute.any(found).as_py():
            changed = compute.if_else(found, change(column), column)
            table = table.set_column(i, table.column_names[i], changed)
    return table
