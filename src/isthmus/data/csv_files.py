"""Tables as text, as people have them: any separator, decimal point, encoding, compression."""

import bz2
import csv
import gzip
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import numpy as np

from isthmus.data.checks import listed, reason
from isthmus.data.dialect import (
    Dialect,
    encoding_of,
    is_remark,
    missing_marks,
    sniff,
    spaced,
)
from isthmus.data.entries import is_zero_padded, tidied
from isthmus.data.layout import (
    Below,
    filled_up,
    is_blank,
    without_blank_rows,
    without_padded_lines,
)
from isthmus.data.limits import Limited, check_unpacked
from isthmus.data.reading import Reading
from isthmus.data.source import Source
from isthmus.data.spreadsheets import unguard, unguarded
from isthmus.data.tables import from_table
from isthmus.data.watching import Watched
from isthmus.errors import DataError, SettingError

if TYPE_CHECKING:
    import pyarrow

SUFFIXES = (".csv", ".tsv", ".txt", ".dat", ".data", ".tab")
_BLOCK_BYTES = 1 << 24  # a row must fit into one block
_LOOKED_AT = 1 << 18  # bytes that the dialect is found by
_LINES = 200
_RAGGED = re.compile(r"Row #(\d+): Expected (\d+) columns, got (\d+)")
FOREIGN = {
    b"%PDF": "a PDF", b"PK\x03\x04": "a workbook or an archive",
    b"\xd0\xcf\x11\xe0": "an old workbook", b"<html": "a web page", b"<!DOCTYPE": "a web page",
    b"<!doctype": "a web page", b"PAR1": "Parquet", b"\x89PNG": "an image", b"\x89HDF": "HDF5",
}  # fmt: skip
"""How files begin that are no text, whatever they are called."""

BROKEN = (
    OSError,
    EOFError,
    UnicodeError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    csv.Error,
)
"""What readers of bytes raise at a file that is damaged or in another encoding."""

_OPENERS: dict[str, Callable[..., Any]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
}


def open_csv(path: Path, how: Reading | None = None) -> Source:
    """Read a table from text, one example a row.

    Separator, decimal point, encoding, remarks, lines before the table, titles and a row of units
    are found by a look at the first lines, unless they are given. Titles are the first row if it
    is not made of values as the rows below it are, if it counts the columns 0, 1, 2, ... as
    pandas writes unnamed ones, or if it is a row of rising numbers above rows that do not rise;
    else the columns are called x0, x1, and so on. Empty entries, ``NA``, ``nan``, ``null`` and
    ``?`` are missing values. A first column that has no name and numbers the rows, in any order,
    is left out.

    Parameters
    ----------
    path : Path
        A .csv, .tsv, .txt or .dat file, or one of these compressed as .gz, .bz2, .xz or .zip.
    how : Reading, optional
        What is known beforehand.
    """
    how = Reading() if how is None else how
    try:
        dialect = dialect_of(path, how)
        table, notes = _read(path, dialect, how)
        if dialect.encoding == "utf-8" and how.encoding is None and _has_bytes(table):
            dialect = dialect_of(path, how, "cp1252")  # bytes past the start are not UTF-8
            table, notes = _read(path, dialect, how)
    except LookupError as error:
        raise SettingError(f"There is no encoding {how.encoding!r} ({reason(error)}).") from None
    except BROKEN as error:
        raise DataError(_refusal(path.name, error)) from None
    table, titles = _named(unguarded(table), dialect)
    table, more = tidied(table, dialect.decimal, how.missing)
    notes = [*dialect.notes(), *notes, *titles, *more]
    said = (f"{path.name}: {'; '.join(notes)}",) if notes else ()
    return from_table(table, path.name, how, notes=said)


def opened(path: Path) -> AbstractContextManager[IO[bytes]]:
    """Lend the bytes of a file, decompressed; of a .zip, those of the one file in it."""
    suffix = path.suffix.lower()
    if suffix == ".zip":
        return _Zipped(path)
    if suffix not in _OPENERS:
        return path.open("rb")
    return _Unpacked(_OPENERS[suffix](path, "rb"), path.name)


class _Unpacked(AbstractContextManager):
    """The bytes of a compressed file, up to the limit of what it may unpack to."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file = file
        self._limited = io.BufferedReader(Limited(file, name))

    def __enter__(self) -> IO[bytes]:
        return self._limited

    def __exit__(self, *raised: object) -> None:
        self._limited.close()
        self._file.close()


class _Zipped(AbstractContextManager):
    """The one table in a .zip archive."""

    def __init__(self, path: Path) -> None:
        self._archive = zipfile.ZipFile(path)
        inside = [i for i in self._archive.infolist() if not _is_clutter(i)]
        if len(inside) != 1:
            self._archive.close()
            raise DataError(
                f"{path.name} holds {len(inside)} files, and one table is expected: unpack it, and "
                "name the file that is meant."
            )
        check_unpacked(inside[0].file_size, path.name)
        self._file = self._archive.open(inside[0])

    def __enter__(self) -> IO[bytes]:
        return self._file

    def __exit__(self, *raised: object) -> None:
        self._file.close()
        self._archive.close()


def _is_clutter(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename
    return entry.is_dir() or name.startswith("__MACOSX") or Path(name).name.startswith(".")


def dialect_of(path: Path, how: Reading, encoding: str | None = None) -> Dialect:
    """Return how a table of text is written, by a look at its beginning.

    Parameters
    ----------
    path, how
        As of `open_csv`.
    encoding
        Where it is not the one of the first bytes.
    """
    with opened(path) as file:
        start = file.read(_LOOKED_AT)
    kind = next((kind for mark, kind in FOREIGN.items() if start.lstrip().startswith(mark)), None)
    if kind is not None:
        raise DataError(f"{path.name} is {kind}, and no table of text: export one, or rename it.")
    encoding = encoding_of(start, how.encoding) if encoding is None else encoding
    text = start.decode(encoding, errors="replace" if how.encoding is None else "strict")
    lines = list(islice(io.StringIO(text, newline=""), _LINES))
    if len(start) == _LOOKED_AT and len(lines) < _LINES:
        lines = lines[:-1] or lines  # the last one may be cut
    if not any(line.strip() for line in lines):
        raise DataError(f"{path.name} is empty; expected at least one row of numbers.")
    return sniff(lines, encoding, how)


class _Parsed(NamedTuple):
    """A table as its reader gave it, and what was seen on the way.

    Parameters
    ----------
    table
        All entries, the row of titles left out.
    zeros
        Whether an entry begins with a zero and a digit.
    notes
        What was left out, in words.
    """

    table: "pyarrow.Table"
    zeros: bool
    notes: list[str]


def _read(path: Path, dialect: Dialect, how: Reading) -> tuple["pyarrow.Table", list[str]]:
    """Read all entries; codes keep their zeros."""
    parsed = _parsed(path, dialect, how, {})
    table = _with_codes(parsed.table, path, dialect, how) if parsed.zeros else parsed.table
    return table, parsed.notes


def _parsed(path: Path, dialect: Dialect, how: Reading, types: Mapping[str, str]) -> _Parsed:
    """Parse the rows, columns of some titles as the types that are given."""
    import pyarrow
    from pyarrow import csv as arrow_csv

    delimiter = "\t" if dialect.delimiter == " " else dialect.delimiter
    below = Below()
    try:
        with opened(path) as file:
            source, blank = (file, 0) if dialect.regular else _cleaned(file, dialect)
            watched = Watched(source, delimiter)
            table = arrow_csv.read_csv(
                watched,
                read_options=arrow_csv.ReadOptions(
                    use_threads=False,  # with threads, a ragged row loses its number
                    block_size=_BLOCK_BYTES,
                    autogenerate_column_names=not dialect.titled,
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=delimiter,
                    newlines_in_values=not dialect.regular or _quotes(path),
                    invalid_row_handler=below,
                ),
                convert_options=arrow_csv.ConvertOptions(
                    null_values=missing_marks(how.missing),
                    strings_can_be_null=True,
                    decimal_point=dialect.decimal,
                    column_types=types,
                ),
            )
    except pyarrow.ArrowException as error:
        raise DataError(_refusal(path.name, error)) from None
    if below.short and dialect.width is None and dialect.delimiter != " ":
        parsed = _parsed(path, replace(dialect, width=table.num_columns), how, types)
        rows = "1 row is" if below.short == 1 else f"{below.short} rows are"
        note = f"{rows} short, and what is not there counts as missing"
        return parsed._replace(notes=[*parsed.notes, note])
    if below.short:
        raise DataError(f"{below.short} rows of {path.name} are short; make all equally long.")
    if not below.is_last(table.num_rows + dialect.titled):
        raise DataError(_ragged(path.name, *below.rows[0][:3]))
    if watched.blank:
        table, blank = without_blank_rows(table)
    table, padded = without_padded_lines(table)
    rows = [f"{blank} blank row{'s' if blank > 1 else ''} left out"] if blank else []
    return _Parsed(table, watched.zeros, [*rows, *below.notes(), *padded])


def _with_codes(
    table: "pyarrow.Table", path: Path, dialect: Dialect, how: Reading
) -> "pyarrow.Table":
    """Return the table with the columns as text whose numbers begin with zeros."""
    from isthmus.tables.values import functions

    places = [i for i, column in enumerate(table.columns) if _may_be_digits(column)]
    names = {table.column_names[i]: "string" for i in places}
    written = _parsed(path, dialect, how, names).table if places else table
    for i in places:
        text = functions().utf8_trim_whitespace(written.column(i))
        if is_zero_padded(text):
            table = table.set_column(i, table.column_names[i], text)
    return table


def _may_be_digits(column: "pyarrow.ChunkedArray") -> bool:
    """Return whether all numbers of a column may be written in digits alone."""
    from pyarrow import types

    from isthmus.tables.values import functions

    compute = functions()
    known = column.drop_null()
    if types.is_floating(column.type):  # as digits are that 64 bits do not hold
        whole = compute.all(compute.equal(known, compute.floor(known))).as_py()
    else:
        whole = types.is_integer(column.type)
    return bool(whole and len(known) and compute.min(known).as_py() >= 0)


def _quotes(path: Path) -> bool:
    """Return whether quoted entries may hold line breaks: whether there are quotes at all."""
    with opened(path) as file:
        return b'"' in file.read(_LOOKED_AT)


def _cleaned(file: IO[bytes], dialect: Dialect) -> tuple[IO[bytes], int]:
    """Return the rows alone, as UTF-8, tabs between values that were parted by spaces.

    And how many rows of delimiters alone were left out.
    """
    text = io.TextIOWrapper(file, encoding=dialect.encoding, newline="")
    lines, blank, kept = 0, 0, []
    for line in text:
        bare = line.strip()
        if is_blank(line, dialect.delimiter) or is_remark(bare, dialect.comment):
            blank += bool(bare) and not is_remark(bare, dialect.comment)
            continue
        lines += 1
        titles = dialect.skip + dialect.titled
        if lines <= dialect.skip or (dialect.units and lines == titles + 1):
            continue
        if dialect.trailing and lines > titles:
            line = line.rstrip("\r\n").removesuffix(dialect.delimiter) + "\n"
        if dialect.width is not None and dialect.delimiter != " ":
            line = filled_up(line, dialect.delimiter, dialect.width)
        kept.append(_tabbed(spaced(line)) if dialect.delimiter == " " else line)
    text.detach()
    return io.BytesIO("".join(kept).encode()), blank


def _tabbed(entries: Sequence[str]) -> str:
    """Return a row with tabs between its entries."""
    line = io.StringIO()
    csv.writer(line, delimiter="\t", lineterminator="\n").writerow(entries)
    return line.getvalue()


def _has_bytes(table: "pyarrow.Table") -> bool:
    from pyarrow import types

    return any(types.is_binary(kind) for kind in table.schema.types)


def _named(table: "pyarrow.Table", dialect: Dialect) -> tuple["pyarrow.Table", list[str]]:
    """Return the table with its titles, without an unnamed first column that numbers the rows."""
    names = list(table.column_names) if dialect.titled else list(dialect.names or ())
    if not names:
        return table.rename_columns([f"x{i}" for i in range(table.num_columns)]), []
    notes = []
    while len(names) > 1 and not names[-1].strip() and _is_empty(table.column(len(names) - 1)):
        names = names[:-1]
        table = table.select(range(len(names)))
    if names[0].strip() == "" and table.num_columns > 1 and _numbers_rows(table.column(0)):
        table, names = table.remove_column(0), names[1:]
        notes.append("the unnamed first column numbers the rows and is left out")
    titles = [unguard(name.strip().removeprefix("\ufeff")) for name in names]
    called = [title or f"x{i}" for i, title in enumerate(titles)]
    bare = [name for name, title in zip(called, titles, strict=True) if not title]
    if bare:
        many = (
            f"{len(bare)} columns without a title are"
            if len(bare) > 1
            else "1 column without a title is"
        )
        notes.append(f"{many} called {listed(bare, 4)}")
    return table.rename_columns(called), notes


def _is_empty(column: "pyarrow.ChunkedArray") -> bool:
    return column.null_count == len(column)


def _numbers_rows(column: "pyarrow.ChunkedArray") -> bool:
    """Return whether a column holds whole numbers, all different, that count rows."""
    from pyarrow import types

    if not types.is_integer(column.type) or column.null_count or not len(column):
        return False
    values = column.to_numpy()
    counts = any(np.array_equal(values, np.arange(len(values)) + start) for start in (0, 1))
    return counts or (len(values) > 2 and len(np.unique(values)) == len(values))


def _refusal(name: str, error: Exception) -> str:
    ragged = _RAGGED.search(str(error))
    if ragged:
        return _ragged(name, *ragged.groups())
    if isinstance(error, UnicodeError):
        return (
            f"The text of {name} cannot be decoded ({reason(error)}); give the encoding that it "
            'was written in, such as encoding="shift_jis".'
        )
    return f"{name} cannot be read as a table of text ({reason(error)}); check how it was written."


def _ragged(name: str, row: str, expected: str, found: str) -> str:
    return (
        f"Row {row} of {name}, with the header counted, has {found} entries, but expected "
        f"{expected} as in the first; make all rows equally long."
    )
