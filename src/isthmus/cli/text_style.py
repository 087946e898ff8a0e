"""In which marks a table of text is written: those of the table that it was made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from isthmus.errors import IsthmusError

if TYPE_CHECKING:
    from pyarrow import Table

_KEPT = (",", ";", "|")
"""Delimiters that a file ending in .csv may have."""


@dataclass(frozen=True)
class TextStyle:
    """The marks of a table of text.

    Parameters
    ----------
    delimiter
        Between values.
    decimal
        The decimal point, "." or ",".
    """

    delimiter: str = ","
    decimal: str = "."

    def restyled(self, table: "Table") -> "Table":
        """Return a table whose real numbers are text with a decimal comma, where there is one.

        >>> import pyarrow
        >>> TextStyle(";", ",").restyled(pyarrow.table({"size": [1.5, None]})).to_pylist()
        [{'size': '1,5'}, {'size': None}]
        """
        if self.decimal == ".":
            return table
        from pyarrow import types

        from isthmus.tables.values import functions

        for i, column in enumerate(table.columns):
            if types.is_floating(column.type):
                text = functions().replace_substring(column.cast("string"), ".", self.decimal)
                table = table.set_column(i, table.column_names[i], text)
        return table


def style_of(source: str, reading: Mapping[str, object]) -> TextStyle | None:
    """Return the style of a source, to write a .csv file in; None for what is no table of text.

    Parameters
    ----------
    source
        A path, or a name of the catalogue.
    reading
        How it is read: see `isthmus.data.reading.Reading`.
    """
    from isthmus.data.csv_files import BROKEN, SUFFIXES, dialect_of
    from isthmus.data.formats import format_of
    from isthmus.data.reading import Reading

    path = Path(source).expanduser()
    known = format_of(path)
    if known is None or not set(SUFFIXES) <= set(known.suffixes) or not path.is_file():
        return None
    try:
        dialect = dialect_of(path, Reading.of(**reading))
    except (*BROKEN, IsthmusError, LookupError):
        return None  # who reads it will say what is wrong
    usual = ";" if dialect.decimal == "," else ","
    delimiter = dialect.delimiter if dialect.delimiter in _KEPT else usual
    return TextStyle(delimiter, dialect.decimal)
