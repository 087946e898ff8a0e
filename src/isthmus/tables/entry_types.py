"""Entries in the types that the table of a fit had."""

from typing import TYPE_CHECKING

import numpy as np

from isthmus.tables.kinds import AbstractKind, AbstractNumeric
from isthmus.tables.levels import Level
from isthmus.tables.moments import Moment
from isthmus.tables.values import functions, is_text

if TYPE_CHECKING:
    import pyarrow


def as_fitted(
    own: "pyarrow.ChunkedArray", kind: "pyarrow.DataType", column: AbstractKind
) -> "pyarrow.Array | pyarrow.ChunkedArray":
    """Return entries in a type of the fit, those missing that cannot be read."""
    import pyarrow
    from pyarrow import types

    compute = functions()
    same = own.type == kind or (is_text(own.type) and is_text(kind))
    if not same or (isinstance(column, Moment) and column.is_in_other_format(own)):
        return as_type(column.restated(own), pyarrow.field("", kind), None)
    if isinstance(column, AbstractNumeric | Moment):
        own = compute.if_else(pyarrow.array(column.known(own)), own, pyarrow.scalar(None, own.type))
    elif types.is_floating(own.type):
        own = compute.if_else(compute.is_nan(own), pyarrow.scalar(None, own.type), own)
    return own.cast(kind)


def as_type(
    entries: "pyarrow.Array | pyarrow.ChunkedArray",
    field: "pyarrow.Field",
    declared: tuple[Level, ...] | None,
) -> "pyarrow.Array | pyarrow.ChunkedArray":
    """Return entries in the type of a field; those that it cannot hold are cut to its range."""
    import pyarrow
    from pyarrow import types

    compute = functions()

    kind = field.type
    if types.is_dictionary(kind):
        values = entries.cast(kind.value_type)
        known = pyarrow.array([] if declared is None else list(declared)).cast(kind.value_type)
        place = compute.index_in(values, known).cast(kind.index_type)
        place = place.combine_chunks() if isinstance(place, pyarrow.ChunkedArray) else place
        return pyarrow.DictionaryArray.from_arrays(place, known, ordered=kind.ordered)
    if types.is_null(entries.type):
        return pyarrow.nulls(len(entries), kind)
    if types.is_floating(entries.type) and types.is_integer(kind):
        ends = np.iinfo(kind.to_pandas_dtype())
        entries = compute.min_element_wise(entries, float(ends.max), skip_nulls=False)
        entries = compute.max_element_wise(entries, float(ends.min), skip_nulls=False)
        return compute.round(entries).cast(kind, safe=False)
    if types.is_floating(entries.type) and is_text(kind):
        whole = all(one is None or float(one).is_integer() for one in entries.to_pylist())
        entries = entries.cast(pyarrow.int64()) if whole else entries
    if types.is_integer(entries.type) and types.is_temporal(kind) and kind.bit_width == 32:
        entries = entries.cast(pyarrow.int32())
    return entries.cast(kind, safe=False)
