"""Structured arrays, whose rows are records of named fields: tables by another name."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from isthmus.data.reading import Reading
from isthmus.data.source import Source
from isthmus.data.tables import from_table

if TYPE_CHECKING:
    import pyarrow


def is_records(array: Any) -> bool:
    """Return whether an array is of one axis and has named fields."""
    return getattr(getattr(array, "dtype", None), "names", None) is not None and array.ndim == 1


def from_records(array: np.ndarray, name: str, how: Reading) -> Source:
    """Take records as the table that they are.

    Parameters
    ----------
    array
        Structured, (n,). A field of several numbers is as many columns.
    name
        What to call it.
    how
        As for a table: its label names a field.

    Examples
    --------
    >>> records = np.array([(1.5, b"u"), (2.5, b"v")], [("size", "f8"), ("kind", "S1")])
    >>> from_records(records, "records", Reading(label="kind")).labels.tolist()
    ['u', 'v']
    """
    import pyarrow

    columns = {}
    for field in array.dtype.names or ():
        block = np.asarray(array[field])
        if block.ndim == 1:
            columns[field] = _column(block)
        else:
            flat = block.reshape(len(block), -1)
            columns |= {f"{field}.{i}": _column(one) for i, one in enumerate(flat.T)}
    return from_table(pyarrow.table(columns), name, replace(how, array=None))


def _column(entries: np.ndarray) -> "pyarrow.Array":
    import pyarrow

    if entries.dtype.kind not in "SO":
        return pyarrow.array(entries, from_pandas=True)
    texts = [one.decode("utf-8", "replace") if isinstance(one, bytes) else one for one in entries]
    return pyarrow.array(texts, from_pandas=True)
