"""Sheets of workbooks (.xlsx)."""

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from isthmus.data.checks import listed, nearest, reason
from isthmus.data.dialect import has_header
from isthmus.data.entries import column_of, tidied
from isthmus.data.formats import optional
from isthmus.data.layout import titles_above
from isthmus.data.reading import Reading
from isthmus.data.source import Source
from isthmus.data.tables import from_table
from isthmus.errors import DataError

if TYPE_CHECKING:
    import pyarrow
    from openpyxl import Workbook

TABLE_ROWS, TABLE_COLUMNS = 3, 2
"""A sheet of fewer rows or columns is no table where another sheet is one."""

Cells = list[list[object]]


def open_workbook(path: Path, how: Reading) -> Source:
    """Read one sheet of a workbook as a table: the first that holds one, unless it is named."""
    openpyxl = optional("openpyxl")
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise DataError(
            f"{path.name} cannot be read as a workbook ({reason(error)}); save it again."
        ) from None
    try:
        names = book.sheetnames
        if how.sheet is not None and how.sheet not in names:
            raise DataError(
                f'{path.name} has no sheet "{how.sheet}" (it has {listed(names)})'
                f"{nearest(how.sheet, names)}"
            )
        sheet, rows, blank = _chosen(book, how)
    finally:
        book.close()
    notes = []
    if len(names) > 1:
        passed = names[: names.index(sheet)] if how.sheet is None else []
        why = f"; no table in {listed(passed)}: sheet= names another" if passed else ""
        notes.append(f'sheet "{sheet}" of {len(names)}{why}')
    if not rows:
        others = [name for name in names if name != sheet]
        also = f"; it also has {listed(others)}: name one by sheet=" if others else ""
        raise DataError(
            f"{path.name} has an empty sheet; expected at least one row of numbers{also}."
        )
    table, above = _table(rows, how)
    if above:
        notes.append(f"{above} line{'s' if above > 1 else ''} before the table left out")
    if blank:
        notes.append(f"{blank} blank row{'s' if blank > 1 else ''} left out")
    table, more = tidied(table, how.decimal or ".", how.missing)
    said = [f"{path.name}: {'; '.join([*notes, *more])}"] if notes or more else []
    return from_table(table, path.name, how, notes=said)


def _chosen(book: "Workbook", how: Reading) -> tuple[str, Cells, int]:
    """Return a sheet, as `_filled`: the one named, or the first that is a table, or the first."""
    first = None
    for name in [how.sheet] if how.sheet is not None else book.sheetnames:
        if not hasattr(book[name], "iter_rows"):  # a chart
            continue
        rows, blank = _filled([list(row) for row in book[name].iter_rows(values_only=True)], how)
        if how.sheet is not None or (len(rows) >= TABLE_ROWS and len(rows[0]) >= TABLE_COLUMNS):
            return name, rows, blank
        first = first or (name, rows, blank)
    return first or (book.sheetnames[0], [], 0)


def _filled(rows: Cells, how: Reading) -> tuple[Cells, int]:
    """Return the cells without empty rows and columns, and how many such rows were in between.

    In a single column an empty cell between others is a missing entry.
    """
    rows = rows[how.skip or 0 :]
    full = [i for i, row in enumerate(rows) if any(entry is not None for entry in row)]
    if not full:
        return [], 0
    width = max(map(len, rows))
    within = [[*row, *[None] * (width - len(row))] for row in rows[full[0] : full[-1] + 1]]
    used = [j for j in range(width) if any(row[j] is not None for row in within)]
    kept = within if len(used) == 1 else [within[i - full[0]] for i in full]
    return [[row[j] for j in used] for row in kept], len(within) - len(kept)


def _table(rows: Cells, how: Reading) -> tuple["pyarrow.Table", int]:
    """Return the rows as a table, and how many rows above it are titles of the whole."""
    import pyarrow

    texts = [["" if entry is None else str(entry) for entry in row] for row in rows[:200]]
    above = titles_above(texts, len(rows[0])) if how.skip is None else 0
    texts, rows = texts[above:], rows[above:]
    titled = has_header(texts) if how.header is None else how.header
    titles = texts[0] if titled else [f"x{i}" for i in range(len(rows[0]))]
    below = rows[1:] if titled else rows
    arrays = [column_of(column, how.missing) for column in zip(*below, strict=True)]
    arrays = arrays or [pyarrow.nulls(0) for _ in titles]
    return pyarrow.table(arrays, names=[t.strip() or f"x{i}" for i, t in enumerate(titles)]), above
