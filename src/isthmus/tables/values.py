"""The entries of an Arrow column as NumPy arrays."""

import re
from datetime import datetime
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow

_DAYS = (
    "%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y.%m.%d",
    "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y",
    "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y",
)  # fmt: skip
_HOURS = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p")

DATE_FORMATS = (*_DAYS, *(f"{day}{gap}{hour}" for day in _DAYS for hour in _HOURS for gap in " T"))
"""How dates are written as text. Day before month comes first: it is refused where it is wrong."""

_ZONE = re.compile(r":\d\d(?:\.\d+)?(Z| UTC|[+-]\d\d:?\d\d)$")
"""The time zone at the end of a time."""

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
    elif types.is_boolean(column.type) or is_number(column.type):
        values = column.cast(pyarrow.float64(), safe=False).to_numpy().astype(np.float64)
    else:
        values = np.full(len(column), np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def _number(entry: str | None) -> float:
    try:
        return np.nan if entry is None else float(entry)
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


def date_format(entries: np.ndarray) -> str | None:
    """Return the format of `DATE_FORMATS` that reads all of these texts (n,), or None.

    A time zone that all share stands at its end.

    >>> date_format(np.array(["3/23/2019", "3/4/2019"], object))
    '%m/%d/%Y'
    >>> date_format(np.array(["2019-03-23T10:00:00Z"], object))
    '%Y-%m-%dT%H:%M:%SZ'
    """
    known = list({entry for entry in entries if entry is not None})
    if not known or not any(mark in known[0] for mark in "-/. "):
        return None
    found = _ZONE.search(known[0])
    zone = "" if found is None else found[1]
    if not all(entry.endswith(zone) for entry in known):
        return None
    bare = [entry.removesuffix(zone) for entry in known]
    form = next((form for form in DATE_FORMATS if _reads(form, bare)), None)
    return None if form is None else form + zone


def _reads(form: str, entries: list[str]) -> bool:
    try:
        for entry in entries:
            datetime.strptime(entry, form)
    except ValueError:
        return False
    return True


def ticks(
    column: "pyarrow.ChunkedArray", unit: str, form: str | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return dates and times as whole numbers.

    Parameters
    ----------
    column
        Of dates, times or durations, or of text that ``form`` reads.
    unit : {"D", "s", "ms", "us", "ns"}
        What is counted; days, and else fractions of seconds.
    form
        Of text, or None.

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
    if is_text(column.type):
        column = _parsed(column, form)
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

    def read(entry: str | None) -> datetime | None:
        try:
            return datetime.strptime(entry, form or "") if entry else None
        except ValueError:
            return None

    entries = [read(entry) for entry in column.to_pylist()]
    return pyarrow.chunked_array([pyarrow.array(entries, pyarrow.timestamp("us"))])


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
