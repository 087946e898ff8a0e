"""The entries of an Arrow column as NumPy arrays."""

from datetime import UTC, datetime
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from isthmus.tables.clocks import clock_format, read_clock
from isthmus.tables.date_text import DAY_DIGITS, date_format, in_order, parse_date
from isthmus.tables.marks import is_no_date

if TYPE_CHECKING:
    import pyarrow

MOST_DECIMALS = 6
"""Numbers with more decimals than this are not rounded."""


def plain(column: "pyarrow.ChunkedArray") -> "pyarrow.ChunkedArray":
    """Return a column without its dictionary: the entries themselves."""
    from pyarrow import types

    return column.cast(column.type.value_type) if types.is_dictionary(column.type) else column


def functions() -> ModuleType:
    """Return `pyarrow.compute`, which makes its functions at import, unseen by type checkers."""
    from pyarrow import compute

    return compute


def is_text(kind: "pyarrow.DataType") -> bool:
    """Return whether a type is one of Arrow's text types."""
    from pyarrow import types

    return types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)


def is_number(kind: "pyarrow.DataType") -> bool:
    """Return whether a type is one of numbers: whole, real or decimal."""
    from pyarrow import types

    return types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind)


def numbers(column: "pyarrow.ChunkedArray") -> np.ndarray:
    """Return entries as float64 (n,); what is missing, infinite or no number is NaN.

    >>> import pyarrow
    >>> numbers(pyarrow.chunked_array([["1.5", None, "two"]]))
    array([1.5, nan, nan])
    """
    import pyarrow
    from pyarrow import types

    column = plain(column)
    if is_text(column.type):
        values = np.array([_number(entry) for entry in column.to_pylist()], np.float64)
    elif types.is_float32(column.type):  # 8.71, and not the 8.710000038 that is nearest
        values = column.cast(pyarrow.string()).cast(pyarrow.float64()).to_numpy()
    elif types.is_boolean(column.type) or is_number(column.type):
        values = column.cast(pyarrow.float64(), safe=False).to_numpy().astype(np.float64)
    else:
        values = np.full(len(column), np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def _number(entry: str | None) -> float:
    if entry is None or "_" in entry:  # which Python takes for a mark of thousands
        return np.nan
    try:
        return float(entry)
    except ValueError:
        return np.nan


def texts(column: "pyarrow.ChunkedArray") -> np.ndarray:
    """Return entries as an object array (n,) of text, None where missing."""
    import pyarrow

    column = plain(column)
    if not is_text(column.type):
        try:
            column = column.cast(pyarrow.string())
        except pyarrow.ArrowException:
            entries = column.to_pylist()
            return np.array([None if one is None else str(one) for one in entries], object)
    return np.array(column.to_pylist(), object)


def decimals_of(values: np.ndarray) -> int | None:
    """Return how many decimals write every one of these numbers (n,), or None if over 6 do.

    >>> decimals_of(np.array([1.0, 3.0])), decimals_of(np.array([0.25, 3.5]))
    (0, 2)
    """
    for decimals in range(MOST_DECIMALS + 1):
        size = np.maximum(np.abs(values), 1.0)
        if np.all(np.abs(values - np.round(values, decimals)) <= 1e-12 * size):
            return decimals
    return None


def whole_texts(x: np.ndarray) -> np.ndarray:
    """Return whole numbers (n,) as an object array of text, None where one is missing."""
    return np.array([None if np.isnan(one) else f"{one:.0f}" for one in x.tolist()], object)


def ticks(
    column: "pyarrow.ChunkedArray", unit: str, form: str | None, *, clock: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Return dates and times as whole numbers.

    Parameters
    ----------
    column
        Of dates, times or durations, or of text that ``form`` reads.
    unit : {"D", "s", "ms", "us", "ns"}
        What is counted; days, and else fractions of seconds.
    form
        Of text. Where it is None or reads nothing, the format is found by a look at the text.
    clock
        Whether text holds times of the day or durations, rather than dates.

    Returns
    -------
    values : (n,) int64
        Since 1970 began, since midnight, or of a duration; 0 where missing.
    known : (n,) bool
        Where the column holds a date or a time.
    """
    import pyarrow
    from pyarrow import types

    column = plain(column)
    if form == DAY_DIGITS and is_number(column.type):
        column = pyarrow.chunked_array([pyarrow.array(whole_texts(numbers(column)))])
    if is_text(column.type):
        column = _clocks(column, form) if clock else _parsed(column, form)
    elif types.is_date64(column.type):
        column = column.cast(pyarrow.date32())
    target = _tick_type(column.type, unit)
    if target is None:
        return np.zeros(len(column), np.int64), np.zeros(len(column), bool)
    known = functions().is_valid(column).to_numpy()
    whole = column.cast(target, safe=False)
    whole = whole.cast(pyarrow.int32()) if unit == "D" else whole
    whole = whole.cast(pyarrow.int64()) if whole.type.bit_width == 64 else whole.cast("int32")
    return functions().fill_null(whole, 0).to_numpy().astype(np.int64), known


def _parsed(column: "pyarrow.ChunkedArray", form: str | None) -> "pyarrow.ChunkedArray":
    """Return text as timestamps; what the format does not read is missing."""
    import pyarrow

    entries = _stripped(column)
    read = _moments(entries, form)
    if form is not None and any(
        a is not None and b is None for a, b in zip(entries, read, strict=True)
    ):
        read = _moments(entries, in_order(form, entries))
    if not any(read):
        read = _in_iso(entries) or _moments(entries, date_format(np.array(entries, object)))
    return pyarrow.chunked_array([pyarrow.array(read, pyarrow.timestamp("us"))])


def _clocks(column: "pyarrow.ChunkedArray", form: str | None) -> "pyarrow.ChunkedArray":
    """Return text as durations; what is written in another way than the rest is missing."""
    import pyarrow

    entries = _stripped(column)
    form = form or clock_format([entry for entry in entries if entry]) or ""
    read = [read_clock(entry, form) if entry else -1 for entry in entries]
    known = pyarrow.array([one if one >= 0 else None for one in read], pyarrow.int64())
    return pyarrow.chunked_array([known.cast(pyarrow.duration("us"))])


def _stripped(column: "pyarrow.ChunkedArray") -> list[str | None]:
    return [None if is_no_date(entry) else entry.strip() for entry in column.to_pylist()]


def any_read(column: "pyarrow.ChunkedArray", form: str | None) -> bool:
    """Return whether a format reads some of a column of text; None for any format."""
    entries = _stripped(column)
    if form is not None:
        return any(_moments(entries, form))
    return any(_in_iso(entries) or ()) or date_format(np.array(entries, object)) is not None


def _moments(entries: list[str | None], form: str | None) -> list[datetime | None]:
    """Return what one format reads, and None for other entries."""

    def read(entry: str | None) -> datetime | None:
        try:
            return parse_date(entry, form) if entry and form else None
        except ValueError:
            return None

    return [read(entry) for entry in entries]


def _in_iso(entries: list[str | None]) -> list[datetime | None] | None:
    """Return dates in ISO 8601, those with a time zone in UTC; None if an entry is no such date."""
    found: list[datetime | None] = []
    try:
        for entry in entries:
            moment = datetime.fromisoformat(entry) if entry else None
            if moment is not None and moment.tzinfo is not None:
                moment = moment.astimezone(UTC).replace(tzinfo=None)
            found.append(moment)
    except (ValueError, OverflowError):
        return None
    return found


def _tick_type(kind: "pyarrow.DataType", unit: str) -> "pyarrow.DataType | None":
    """Return the type of Arrow that counts a time in a unit; None for what is no time."""
    import pyarrow
    from pyarrow import types

    if unit == "D":
        times = types.is_date(kind) or types.is_timestamp(kind)
        return pyarrow.date32() if times else None
    if types.is_timestamp(kind) or types.is_date(kind):
        return pyarrow.timestamp(unit, tz=getattr(kind, "tz", None))
    if types.is_time(kind):
        return pyarrow.time32(unit) if unit in ("s", "ms") else pyarrow.time64(unit)
    return pyarrow.duration(unit) if types.is_duration(kind) else None
