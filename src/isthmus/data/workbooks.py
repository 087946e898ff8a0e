"""Sheets of workbooks (.xlsx)."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from isthmus.data.checks import listed, nearest, reason
from isthmus.data.dialect import has_header
from isthmus.data.entries import column_of, tidied
from isthmus.data.formats import optional
from isthmus.data.reading import Reading
from isthmus.data.source import Source
from isthmus.data.tables import from_table
from isthmus.errors import DataError

if TYPE_CHECKING:
    import pyarrow


def open_workbook(path: Path, how: Reading) -> Source:
    """Read one sheet of a workbook as a table: the first, unless it is named."""
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
        sheet = how.sheet or names[0]
        rows = [list(row) for row in book[sheet].iter_rows(values_only=True)]
    finally:
        book.close()
    notes = [] if len(names) == 1 else [f'sheet "{sheet}" of {len(names)}']
    table = _table(rows[how.skip or 0 :], how, path.name)
    table, more = tidied(table, how.decimal or ".", how.missing)
    said = [f"{path.name}: {'; '.join([*notes, *more])}"] if notes or more else []
    return from_table(table, path.name, how, notes=said)


def _table(rows: Sequence[Sequence[object]], how: Reading, name: str) -> "pyarrow.Table":
    """Return the rows as a table, empty columns and rows around it left out."""
    import pyarrow

    full = [i for i, row in enumerate(rows) if any(entry is not None for entry in row)]
    if not full:
        raise DataError(f"{name} has an empty sheet; expected at least one row of numbers.")
    rows = rows[full[0] : full[-1] + 1]
    used = [j for j in range(len(rows[0])) if any(row[j] is not None for row in rows)]
    texts = [["" if row[j] is None else str(row[j]) for j in used] for row in rows[:200]]
    titled = has_header(texts) if how.header is None else how.header
    titles = texts[0] if titled else [f"x{i}" for i in range(len(used))]
    below = rows[1:] if titled else rows
    arrays = [column_of([row[j] for row in below], how.missing) for j in used]
    return pyarrow.table(arrays, names=[t.strip() or f"x{i}" for i, t in enumerate(titles)])
