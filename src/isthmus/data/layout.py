"""What is around the rows of a table that people made: titles above, blank rows, a source below."""

import csv
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pyarrow
    from pyarrow import csv as arrow_csv

MOST_BELOW = 5
"""Lines of one entry below a table that are left out, at most."""

_WORD = re.compile(r"[^\W\d_]")
"""A letter."""

_SEPARATOR = re.compile(r"\ufeff?\"?sep=(.)\"?\s*$", re.IGNORECASE)


def named_delimiter(line: str) -> str | None:
    """Return the delimiter that the first line of a file for Excel names, or None.

    >>> named_delimiter("sep=;"), named_delimiter("a;b")
    (';', None)
    """
    found = _SEPARATOR.match(line)
    return found and found[1]


def is_blank(line: str, delimiter: str) -> bool:
    """Return whether a line holds delimiters and spaces alone.

    >>> is_blank(";;;", ";"), is_blank("; 0;", ";")
    (True, False)
    """
    return not line.replace(delimiter, "").strip()


def titles_above(rows: Sequence[Sequence[str]], width: int) -> int:
    """Return how many rows above a table of some columns hold one entry, the first.

    Where they are padded to the width of the table, that takes three columns: of two, the second
    title may be empty.

    >>> titles_above([["Report"], ["2024", "", ""], ["a", "b", "c"], ["1", "2", "3"]], 3)
    2
    >>> titles_above([["", "a"], ["0", "2"], ["1", "2"]], 2)
    0
    """
    if width < 2 or len(rows) < 3:
        return 0
    for i, row in enumerate(rows):
        first, *others = (entry.strip() for entry in row)
        alone = not others or (width > 2 and bool(first) and not any(others))
        if not alone:
            return i
    return 0


def has_trailing(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether all rows but the first end in a delimiter after as many entries as it has.

    Lines of one entry, such as a source below the table, do not count.

    >>> has_trailing([["a", "b"], ["1", "2", ""], ["3", "4", ""]])
    True
    """
    first, *below = rows or [[]]
    below = [row for row in below if len(row) > 1]
    return bool(below) and all(len(row) == len(first) + 1 and not row[-1].strip() for row in below)


class Below:
    """The lines of one entry, no number, that stand below a table of more columns.

    An instance is what Arrow's reader calls for each row of another length than the first.

    Attributes
    ----------
    rows : list of (number, expected, found, text)
        Of the lines that were passed over.
    short : int
        How many rows have two entries at least, but not all.
    """

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str, str]] = []
        self.short = 0

    def __call__(self, row: "arrow_csv.InvalidRow") -> Literal["skip", "error"]:
        """Pass over a row if it may stand below the table, or is short."""
        if 1 < row.actual_columns < row.expected_columns:
            self.short += 1
            return "skip"
        if row.actual_columns != 1 or not _WORD.search(row.text) or row.number is None:
            return "error"
        number, expected, found = map(str, (row.number, row.expected_columns, row.actual_columns))
        self.rows.append((number, expected, found, row.text))
        return "skip"

    def is_last(self, above: int) -> bool:
        """Return whether the lines passed over are the last ones, below a number of rows."""
        numbers = [int(row[0]) for row in self.rows]
        last = list(range(above + 1, above + 1 + len(numbers)))
        return numbers == last and len(numbers) <= MOST_BELOW

    def notes(self) -> list[str]:
        """Return what was passed over, in words."""
        return _about_lines([row[3] for row in self.rows])


def _about_lines(below: Sequence[str]) -> list[str]:
    if not below:
        return []
    lines = "line" if len(below) == 1 else f"{len(below)} lines"
    return [f"the {lines} below the table left out ({below[0]!r})"]


def without_padded_lines(table: "pyarrow.Table") -> tuple["pyarrow.Table", list[str]]:
    """Return a table without the lines below it, padded by delimiters, and a note about them.

    Such a line is text in the first column alone, unlike the entries above it: these have no
    letters, or none is half as long.

    Examples
    --------
    >>> import pyarrow
    >>> years = [str(year) for year in range(1990, 2020)]
    >>> table = pyarrow.table({"year": [*years, "Source: Eurostat"], "a": [1.0] * 30 + [None]})
    >>> without_padded_lines(table.append_column("b", table["a"]))[0].num_rows
    30
    """
    from isthmus.tables.values import is_text

    if (
        table.num_columns < 3
        or table.num_rows < 2 * MOST_BELOW
        or not is_text(table.schema.types[0])
    ):
        return table, []
    last = table.slice(table.num_rows - MOST_BELOW)
    rows = list(zip(*(column.to_pylist() for column in last.columns), strict=True))
    below: list[str] = []
    for first, *others in reversed(rows):
        if first is None or any(entry is not None for entry in others) or not _WORD.search(first):
            break
        below.insert(0, first)
    if not below:
        return table, []
    kept = table.slice(0, table.num_rows - len(below))
    above = [entry for entry in kept.column(0).to_pylist() if entry is not None]
    longest = max(map(len, above), default=0)
    unlike = not any(map(_WORD.search, above)) or all(len(one) > 2 * longest for one in below)
    return (kept, _about_lines(below)) if unlike else (table, [])


def filled_up(line: str, delimiter: str, width: int) -> str:
    r"""Return a row with as many delimiters more as entries are missing at its end.

    >>> filled_up("1,2\n", ",", 4)
    '1,2,,\n'
    """
    if line.count('"') % 2:  # a part of a row, whose quoted entry goes on below
        return line
    entries = next(csv.reader([line], delimiter=delimiter), [])
    missing = width - len(entries)
    return line if missing <= 0 else line.rstrip("\r\n") + delimiter * missing + "\n"


def without_blank_rows(table: "pyarrow.Table") -> tuple["pyarrow.Table", int]:
    """Return a table without the rows that hold nothing, and how many these were."""
    import numpy as np

    full = np.zeros(table.num_rows, bool)
    for column in table.columns:
        full |= column.is_valid().to_numpy()
    return table.filter(full), int((~full).sum())
