"""Levels of a column: which each entry is, and entries by their places among the levels."""

from typing import TYPE_CHECKING

import numpy as np

from isthmus.tables.values import is_number, numbers, plain, texts

if TYPE_CHECKING:
    import pyarrow

Level = str | float | int | bool


def index_of(column: "pyarrow.ChunkedArray", levels: tuple[Level, ...]) -> np.ndarray:
    """Return the place (n,) of each entry among levels: -1 if missing, -2 if not among them.

    >>> import pyarrow
    >>> index_of(pyarrow.chunked_array([["u", None, "w", "v"]]), ("u", "v"))
    array([ 0, -1, -2,  1])
    """
    if isinstance(levels[0], str) and is_number(plain(column).type):
        spelled = _as_numbers(levels)
        return index_of(column, spelled) if spelled else np.where(np.isnan(numbers(column)), -1, -2)
    if isinstance(levels[0], str):
        entries = texts(column)
        missing = np.array([entry is None for entry in entries], bool)
    else:
        entries = numbers(column)
        missing = np.array(column.is_null()) if column.null_count else np.zeros(len(entries), bool)
        missing |= np.isnan(entries) & ~missing & _is_real(column)
    place = {level: i for i, level in enumerate(levels)}
    found = np.array([place.get(entry, -2) for entry in entries.tolist()], np.int64)
    return np.where(missing, -1, found)


def _as_numbers(levels: tuple[Level, ...]) -> tuple[Level, ...]:
    """Return text levels as the numbers that they write; empty if one writes none."""
    try:
        return tuple(float(level) for level in levels)
    except ValueError:
        return ()


def of_levels(column: "pyarrow.ChunkedArray", levels: tuple[Level, ...]) -> "pyarrow.Array":
    """Return the entries that are among levels, each as the level is written."""
    return as_entries(index_of(column, levels), levels)


def _is_real(column: "pyarrow.ChunkedArray") -> bool:
    from pyarrow import types

    return types.is_floating(column.type)


def as_entries(chosen: np.ndarray, levels: tuple[Level, ...]) -> "pyarrow.Array":
    """Return levels (n,) by their places; a negative place is missing."""
    import pyarrow

    kind = pyarrow.array(list(levels)).type
    return pyarrow.array([levels[i] if i >= 0 else None for i in chosen.tolist()], kind)
