"""How a text table is written: found by a look at its first lines, and said in one line."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from isthmus.data.decimal_points import DecimalPoint, find_decimal
from isthmus.data.layout import has_trailing, is_blank, named_delimiter, titles_above
from isthmus.data.reading import Reading
from isthmus.tables.marks import ERRORS, MISSING

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
"""How a text begins that says its encoding."""

COMMENTS = ("#", "%", "//")
DELIMITERS = ("\t", ";", "|", ",")
CONSISTENT = 0.9
"""Share of the lines that a delimiter parts into equally many values."""

TALL_HEADER = 6
"""A first row of at least this many rising numbers, above rows that do not rise, names columns."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|[+-]?(inf|nan)$", re.IGNORECASE)


@dataclass(frozen=True)
class Dialect:
    """How a text table is written.

    Parameters
    ----------
    encoding
        Of its bytes.
    delimiter
        Between values; " " is any run of spaces.
    decimal
        The decimal point.
    comment
        How lines begin that are no rows, or None.
    skip
        How many lines come before the table, comments not counted.
    names
        The columns' titles, or None where the table has none.
    titled
        Whether these are its first row; else they stand in a remark above it.
    units
        Whether the row below the titles holds units.
    trailing
        Whether all rows but that of the titles end in a delimiter.
    unsure
        A number of which nothing says whether its mark groups thousands, or "".
    width
        To how many entries short rows are filled up, or None if none is short.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    decimal: str = "."
    comment: str | None = None
    skip: int = 0
    names: tuple[str, ...] | None = None
    titled: bool = False
    units: bool = False
    trailing: bool = False
    unsure: str = ""
    width: int | None = None

    @property
    def regular(self) -> bool:
        """Whether a reader of plain UTF-8 CSV can take the file as it is."""
        utf8 = self.encoding in ("utf-8", "utf-8-sig", "ascii")
        return (
            utf8
            and self.delimiter != " "
            and not (self.comment or self.skip or self.units or self.trailing or self.width)
        )

    def notes(self) -> list[str]:
        """Return what is unusual about it, in words."""
        words = {"\t": "tabs", ";": "semicolons", "|": "bars", " ": "spaces"}
        found = []
        if self.delimiter != ",":
            found.append(f"values parted by {words.get(self.delimiter, repr(self.delimiter))}")
        if self.decimal == ",":
            found.append("decimal comma")
        if self.unsure:
            other = "." if self.decimal == "," else ","
            found.append(
                f"{self.unsure} is read with decimals, and decimal='{other}' reads it "
                "with thousands"
            )
        if self.encoding not in ("utf-8", "utf-8-sig", "ascii"):
            found.append(f"encoding {self.encoding}")
        if self.comment:
            found.append(f"lines that begin with {self.comment} left out")
        if self.skip:
            found.append(
                f"{self.skip} line{'s' if self.skip > 1 else ''} before the table left out"
            )
        rising = [name for name in self.names or () if _number(name) is True]
        if self.titled and len(rising) > 2:
            found.append(f"the first row, {rising[0]} to {rising[-1]}, names the columns")
        if self.units:
            found.append("a row of units left out")
        return found


def missing_marks(given: Sequence[str | float] = ()) -> list[str]:
    """Return the entries that are missing values: the usual ones, and those that are given.

    An empty one among the given ones puts them in the place of the usual ones.

    >>> "NA" in missing_marks([-999]), missing_marks(["", "unknown"])
    (True, ['', 'unknown'])
    """
    said = [str(one) for one in given]
    return said if "" in said else [*MISSING, *said]


def encoding_of(start: bytes, given: str | None = None) -> str:
    r"""Return the encoding of a text by its first bytes.

    >>> encoding_of("größe;1\n".encode("latin-1")), encoding_of("a,b\n".encode("utf-16"))
    ('cp1252', 'utf-16')
    """
    if given is not None:
        return given
    for mark, encoding in MARKS:
        if start.startswith(mark):
            return encoding
    if start[1:200:2].count(0) > len(start[1:200:2]) / 2:
        return "utf-16-le"
    if start[0:200:2].count(0) > len(start[0:200:2]) / 2:
        return "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def sniff(lines: Sequence[str], encoding: str, how: Reading | None = None) -> Dialect:
    r"""Return how a text table is written.

    Parameters
    ----------
    lines
        Its first lines.
    encoding
        Of its bytes.
    how
        What is known beforehand.

    Examples
    --------
    >>> sniff(["# made by me", "name;size", "u;1,5", "v;2,25"], "utf-8")
    Dialect(encoding='utf-8', delimiter=';', decimal=',', comment='#', skip=0, names=('name',
    'size'), titled=True, units=False, trailing=False, unsure='', width=None)
    """
    how = Reading() if how is None else how
    before, lines = lines[: how.skip or 0], [one for one in lines[how.skip or 0 :] if one.strip()]
    named = named_delimiter(lines[0]) if lines and not before else None
    lines = lines[1:] if named else lines
    comment = _comment(lines)
    rows = [line for line in lines if not is_remark(line, comment)]
    delimiter = how.delimiter or named or _delimiter(rows)
    table = split_rows([row for row in rows if not is_blank(row, delimiter)], delimiter)
    skip = sum(not (is_blank(one, delimiter) or is_remark(one, comment)) for one in before)
    if how.skip is None:
        widths = Counter(len(row) for row in table)
        above = titles_above(table, widths.most_common(1)[0][0] if widths else 0)
        table, skip = table[above:], above
    skip += named is not None
    trailing = has_trailing(table)
    table = [row[: len(table[0])] for row in table] if trailing else table
    entries = [entry.strip() for row in table for entry in row]
    point = find_decimal(entries, delimiter) if how.decimal is None else DecimalPoint(how.decimal)
    decimal = point.mark
    titled = has_header(table, decimal) if how.header is None else how.header
    names = tuple(entry.strip() for entry in table[0]) if titled and table else None
    if names is None and comment and how.header is None:
        names = _commented_titles(lines, comment, delimiter, len(table[0]) if table else 0)
    below = table[1:] if titled else table
    units = titled and how.header is None and _is_units(below, decimal)
    return Dialect(
        encoding, delimiter, decimal, comment, skip, names, titled, units, trailing, point.unsure
    )


def split_rows(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """Return the entries of each line."""
    if delimiter == " ":
        return [spaced(line) for line in lines]
    return list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True))


def spaced(line: str) -> list[str]:
    """Return the entries of a line that runs of spaces part, but for those in quotes.

    >>> spaced('10.0.0.7  "GET / HTTP/1.1" 200')
    ['10.0.0.7', 'GET / HTTP/1.1', '200']
    """
    if '"' not in line:
        return line.split()
    return next(csv.reader([line.strip()], delimiter=" ", skipinitialspace=True))


def is_remark(line: str, mark: str | None) -> bool:
    """Return whether a line begins like a remark, and not with an error of a spreadsheet.

    >>> is_remark("# by me", "#"), is_remark("#DIV/0!;1", "#"), is_remark("1,2", None)
    (True, False, False)
    """
    line = line.lstrip()
    return mark is not None and line.startswith(mark) and not line.startswith((*ERRORS, "#N/A"))


def _comment(lines: Sequence[str]) -> str | None:
    """Return how the lines begin that are remarks; a column called "#" begins none."""
    for mark in COMMENTS:
        marked = [line.lstrip() for line in lines if is_remark(line, mark)]
        column = len(marked) == 1 and any(marked[0][len(mark) :].startswith(d) for d in DELIMITERS)
        if marked and not column:
            return mark
    return None


def _commented_titles(
    lines: Sequence[str], comment: str, delimiter: str, width: int
) -> tuple[str, ...] | None:
    """Return the titles in the last remark above the table, as `numpy.savetxt` writes them."""
    above = []
    for line in lines:
        if not is_remark(line, comment):
            break
        above.append(line.lstrip()[len(comment) :])
    if not above or width < 2:
        return None
    found = split_rows([above[-1].strip()], delimiter)[0]
    text = all(_number(entry) is not True for entry in found)
    return tuple(entry.strip() for entry in found) if len(found) == width and text else None


def _delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter that parts the lines into equally many values."""
    for delimiter in DELIMITERS:
        try:
            counts = Counter(len(row) for row in split_rows(lines, delimiter) if row)
        except csv.Error:
            continue
        if not counts:
            continue
        width, often = counts.most_common(1)[0]
        if width > 1 and often >= CONSISTENT * counts.total():
            return delimiter
    if lines and not any(delimiter in line for delimiter in DELIMITERS for line in lines):
        rows = split_rows(lines, " ")
        same = len({len(row) for row in rows[1:] or rows}) == 1 and len(rows[-1]) > 1
        numbers = sum(_number(entry) is True for row in rows for entry in row)
        quoted = sum('"' in line for line in lines) > len(lines) / 2
        if same and (quoted or numbers > sum(map(len, rows)) / 2):
            return " "
    return max(DELIMITERS[::-1], key=lines[0].count) if lines else ","


def has_header(rows: Sequence[Sequence[str]], decimal: str = ".") -> bool:
    """Return whether the first of these rows names the columns.

    It does if it counts the columns from 0, if all its entries are text, if one is text above a
    number, or if it is a row of rising numbers, such as wavelengths or years, above rows that do
    not rise. It does not if its entries are values of their own columns: text that recurs below, as
    levels and marks of missing values do.

    >>> has_header([["label", "0", "1"], ["5", "0", "255"]])
    True
    >>> has_header([["5.1", "3.5", "setosa"], ["4.9", "3.0", "setosa"]])
    False
    >>> has_header([["red", "small"], ["blue", "small"], ["red", "large"]])
    False
    >>> has_header([["?", "Braund"], ["22", "Cumings"], ["26", "Heikkinen"]])
    False
    >>> has_header([["1990", "1991", "1992"], ["3.5", "2.25", "8"], ["1.5", "2", "1"]])
    True
    """
    if not rows:
        return False
    first, *below = rows
    if len(first) > 2 and list(first) == [str(i) for i in range(len(first))]:
        return True
    kinds = [_number(entry, decimal) for entry in first]
    recurs = _recurring(first, below)
    text = [again for kind, again in zip(kinds, recurs, strict=True) if kind is False]
    if text and sum(text) >= len(text) / 2:
        return False
    empty = [not entry.strip() for entry in first]  # such as the title above the row numbers
    if text and all(kind is False or bare for kind, bare in zip(kinds, empty, strict=True)):
        return True
    for i, kind in enumerate(kinds):
        known = (_number(row[i], decimal) for row in below if i < len(row))
        if kind is False and next((k for k in known if k is not None), None) is True:
            return True
    return not all(recurs) and _rises_alone(rows, decimal)


def _recurring(first: Sequence[str], below: Sequence[Sequence[str]]) -> list[bool]:
    """Return whether each entry of the first row is found again in its own column.

    Rows that repeat the first one as a whole do not count: they are titles that were written twice,
    where files were joined.
    """
    others = [row for row in below if list(row) != list(first)]
    columns = [{row[i].strip() for row in others if i < len(row)} for i in range(len(first))]
    return [entry.strip() in column for entry, column in zip(first, columns, strict=True)]


def _rises_alone(rows: Sequence[Sequence[str]], decimal: str) -> bool:
    """Return whether the numbers of the first row rise, or fall, as those of few others do.

    Of a short row the steps must be equal; a long one hardly rises by chance.
    """
    first, *below = [
        [float(_dotted(e, decimal)) for e in row if _number(e, decimal) and _is_plain(e, decimal)]
        for row in rows
    ]
    below = [line for line in below if len(line) > 2]
    alike = _is_monotone if len(first) >= TALL_HEADER else _is_even
    if not below or len(first) < 3 or not alike(first):
        return False
    return sum(map(alike, below)) < len(below) / 2


def _is_even(values: Sequence[float]) -> bool:
    steps = [b - a for a, b in pairwise(values)]
    return steps[0] != 0 and max(steps) - min(steps) <= 1e-6 * abs(steps[0])


def _is_monotone(values: Sequence[float]) -> bool:
    pairs = list(pairwise(values))
    return all(a < b for a, b in pairs) or all(a > b for a, b in pairs)


def _is_units(below: Sequence[Sequence[str]], decimal: str) -> bool:
    """Return whether the first row holds no number, where those below it are numbers."""
    if len(below) < 3:
        return False
    first, *rest = below
    if any(_number(entry, decimal) is True for entry in first) or not any(map(str.strip, first)):
        return False
    said = 0
    for i, entry in enumerate(first):
        kinds = {_number(row[i], decimal) for row in rest if i < len(row)} - {None}
        if kinds == {True} and _number(entry, decimal) is False:
            said += 1
        elif kinds == {True}:
            continue
        elif entry.strip() and _number(entry, decimal) is False and len(entry.strip()) > 12:
            return False  # words rather than a unit
    return said > 0


def _number(entry: str, decimal: str = ".") -> bool | None:
    """Return whether an entry is a number or a truth value; None if it is missing."""
    entry = entry.strip()
    if entry in MISSING:
        return None
    if entry.lower() in ("true", "false"):
        return True
    return _NUMBER.match(_dotted(entry, decimal)) is not None


def _is_plain(entry: str, decimal: str) -> bool:
    return entry.strip().lower() not in ("true", "false") and bool(_dotted(entry, decimal).strip())


def _dotted(entry: str, decimal: str) -> str:
    entry = entry.strip()
    return entry.replace(".", "").replace(",", ".") if decimal == "," else entry
