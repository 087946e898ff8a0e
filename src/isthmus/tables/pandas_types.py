"""Types and titles of pandas that Arrow has not: noted where a frame is taken, then put back.

The note is plain JSON in the metadata of an Arrow schema, so it is kept in model files.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

KEY = b"isthmus.pandas"
"""Of the note among a schema's metadata."""

_TYPES = r"Sparse|period|interval|category of interval"
"""How the names of these types begin."""

_ENDS = re.compile(r"[\[(](.+), (.+)[\])]$")
"""How pandas writes an interval."""


def noted(frame: Any, names: Sequence[str]) -> dict[bytes, bytes]:
    """Return metadata about what a frame has and its Arrow table has not; empty if nothing.

    Parameters
    ----------
    frame : pandas.DataFrame
    names
        What its columns are called in the Arrow table.

    Examples
    --------
    >>> import pandas
    >>> noted(pandas.DataFrame({7: pandas.arrays.SparseArray([0, 1])}), ["7"])[KEY]
    b'{"titles": {"7": 7}, "types": {"7": "Sparse[int64, 0]"}}'
    """
    titles = {
        name: list(title) if isinstance(title, tuple) else title
        for name, title in zip(names, frame.columns.tolist(), strict=True)
        if title != name and _is_plain(title)
    }
    kinds = zip(names, map(_kind, frame.dtypes), strict=True)
    types = {name: kind for name, kind in kinds if re.match(_TYPES, kind)}
    note = {"titles": titles, "types": types}
    return {KEY: json.dumps(note).encode()} if titles or types else {}


def restored(frame: Any, metadata: Mapping[bytes, bytes] | None) -> Any:
    """Return a frame with the types and titles that were noted, as far as its entries allow."""
    import pandas

    if not metadata or KEY not in metadata:
        return frame
    note = json.loads(metadata[KEY])
    for name, kind in note["types"].items():
        if name in frame.columns:
            frame[name] = _as_type(frame[name], kind)
    found = [note["titles"].get(name, name) for name in frame.columns]
    if any(isinstance(title, list) for title in found):
        titles = [tuple(title) if isinstance(title, list) else title for title in found]
        several = all(isinstance(title, tuple) for title in titles)
        frame.columns = pandas.MultiIndex.from_tuples(titles) if several else titles
    else:
        frame.columns = found
    return frame


def _kind(dtype: Any) -> str:
    """Return the name of a type; of categories, with the type of these."""
    return f"category of {dtype.categories.dtype}" if str(dtype) == "category" else str(dtype)


def _is_plain(title: object) -> bool:
    """Return whether JSON holds a title: a whole number, or a tuple of these and of text."""
    if isinstance(title, tuple):
        return all(isinstance(part, str | int) for part in title)
    return isinstance(title, int) and not isinstance(title, bool)


def _as_type(column: Any, kind: str) -> Any:
    """Return a column as what it was, or as it is where its entries are not such."""
    try:
        if kind.startswith("period"):
            return column.dt.to_period(kind.removeprefix("period[").removesuffix("]"))
        if kind.startswith("interval"):
            return _intervals(column, kind)
        if kind.startswith("category of "):
            levels = column.cat.categories.to_series()
            return column.cat.rename_categories(_intervals(levels, kind.split(" of ")[1]))
        return column.astype(kind)
    except (AttributeError, TypeError, ValueError):
        return column


def _intervals(column: Any, kind: str) -> Any:
    """Return texts such as ``(0, 1]`` as intervals of numbers."""
    import pandas

    subtype, closed = kind.removeprefix("interval[").removesuffix("]").split(", ")
    ends = [None if pandas.isna(one) else _ENDS.match(one) for one in column]
    pairs = [None if one is None else (float(one[1]), float(one[2])) for one in ends]
    array = pandas.arrays.IntervalArray.from_tuples(pairs, closed=closed)  # pyright: ignore
    whole = subtype.startswith("int") and not any(one is None for one in ends)
    return pandas.Series(array, index=column.index).astype(kind if whole else array.dtype)
