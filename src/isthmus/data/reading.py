"""How a source is to be read, where that cannot or should not be found by a look at it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from isthmus.data.labels import Label
from isthmus.errors import SettingError, unknown

Progress = Callable[[str, int, int], None]
"""Called with (what is being done, how much is done, how much there is)."""


@dataclass(frozen=True)
class Reading:
    """What a caller says about a source; None leaves it to a look at the source.

    Parameters
    ----------
    label
        Where the labels are: the title or number of a column, an array's name, a file.
    array
        Which array of a file that holds several (.npz, .mat, HDF5, zarr).
    delimiter
        What parts the values of a text table: one character, or "space" for runs of spaces.
    decimal
        The decimal point of a text table: "." or ",".
    header
        Whether the first row of a text table or a sheet names the columns.
    skip
        How many lines come before the table.
    missing
        Further marks of a missing entry, such as -999. An empty one among them, "", puts them in
        the place of the usual ones, so that NA is kept.
    encoding
        Of a text table: "utf-8", "latin-1", "utf-16", ...
    sheet
        The name of a workbook's sheet.
    resize
        (height, width) to bring images to.
    mode
        "L" (grey) or "RGB" to bring images to.
    drop, columns
        Titles of columns of a table to leave out, or of the only ones to read.
    kinds
        Kinds of columns by title, where the guess is wrong: see `isthmus.tables.Rules`.
    progress
        Called during long work.

    Examples
    --------
    >>> Reading.of(decimal=",").decimal
    ','
    >>> Reading.of(delimeter=";")
    Traceback (most recent call last):
    isthmus.errors.SettingError: There is no reading option 'delimeter'; did you mean 'delimiter'?
    Known are label, array, delimiter, decimal, header, skip, missing, encoding, sheet, resize,
    mode, drop, columns, kinds, progress.
    """

    label: Label | None = None
    array: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    header: bool | None = None
    skip: int | None = None
    missing: Sequence[str | float] = ()
    encoding: str | None = None
    sheet: str | None = None
    resize: tuple[int, int] | None = None
    mode: str | None = None
    drop: Sequence[str] = ()
    columns: Sequence[str] | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)
    progress: Progress | None = None

    def __post_init__(self) -> None:
        if self.decimal not in (None, ".", ","):
            raise SettingError(f"decimal is {self.decimal!r}; it must be a point or a comma.")
        if self.delimiter is not None and len(self.delimiter) != 1:
            if self.delimiter not in WORDS:
                raise SettingError(
                    f"delimiter is {self.delimiter!r}; it must be one character, or one of "
                    f"{', '.join(WORDS)}."
                )
            object.__setattr__(self, "delimiter", WORDS[self.delimiter])
        if self.mode not in (None, "L", "RGB"):
            raise SettingError(f"mode is {self.mode!r}; it must be L (grey) or RGB.")
        if self.skip is not None and (not isinstance(self.skip, int) or self.skip < 0):
            raise SettingError(f"skip is {self.skip!r}; it must be a whole number of at least 0.")

    @classmethod
    def of(cls, **options: Any) -> "Reading":
        """Return these options; one that is unknown is refused with the nearest one named."""
        known = [one.name for one in fields(cls)]
        for name in options:
            if name not in known:
                raise SettingError(unknown("reading option", name, known))
        return cls(**options)


WORDS = {"comma": ",", "semicolon": ";", "tab": "\t", "space": " ", "pipe": "|"}
"""Delimiters that are awkward to type, by name."""
