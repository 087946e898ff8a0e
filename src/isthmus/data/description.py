"""What a source holds, as plain data."""

import math

import numpy as np

from isthmus.annotations import Examples
from isthmus.data.array_file import ArrayFile
from isthmus.data.source import Source, blocks
from isthmus.data.sparse_rows import SparseRows
from isthmus.data.table_rows import TableRows
from isthmus.errors import DataError
from isthmus.plainjson import JsonObject
from isthmus.tables import Rules, infer
from isthmus.unlabelled import known_labels, plain_labels

MOST_COLUMNS = 200
"""A table of more columns is described as a whole."""

SAMPLE = 100_000
"""Maximum number of rows of a table of numbers that are looked at."""


def describe(source: Source, rules: Rules | None = None) -> JsonObject:
    """Sum up a source in plain numbers and strings, reading it a block at a time.

    Parameters
    ----------
    source : Source
    rules : isthmus.tables.Rules, optional
        Kinds of a table's columns that are known beforehand.

    Returns
    -------
    dict
        ``name``, ``kind`` ("images" or "table"), ``storage`` ("memory", "file" or
        "files"), ``length``, ``shape`` of an example, ``image_shape``, ``dtype``, ``bytes``,
        ``min`` and ``max`` of the finite values (None if there are none), ``missing`` and
        ``infinite`` (counts of values), ``features`` (the names, or None), ``labels`` (None,
        or ``classes`` and ``counts``, a dict from label to number of examples), ``test``
        (number of examples in the source's own test split, or None), ``columns`` (of a table: a
        dict for each column with its kind, missing entries, and levels or range) and ``notes``
        (sentences about what was found when it was read).

    Examples
    --------
    >>> import isthmus.data
    >>> facts = isthmus.data.describe(isthmus.data.open_source("letters-5x7"))
    >>> facts["length"], facts["shape"], facts["dtype"], facts["min"], facts["max"]
    (32, [35], 'uint8', 0, 1)
    """
    examples = source.examples
    columns = _columns(source, rules)
    if isinstance(examples, TableRows):
        low, high, infinite = None, None, 0
        missing = sum(column["missing"] for column in columns or ())
    else:
        low, high, missing, infinite = _range(source)
    return {
        "name": source.name,
        "kind": "table" if source.image_shape is None else "images",
        "storage": _storage(examples),
        "length": len(source),
        "shape": [int(side) for side in examples.shape[1:]],
        "image_shape": source.image_shape and list(source.image_shape),
        "dtype": str(examples.dtype),
        "bytes": _bytes(examples),
        "min": low,
        "max": high,
        "missing": missing,
        "infinite": infinite,
        "features": source.feature_names and list(source.feature_names),
        "labels": None if source.labels is None else _count(source.labels),
        "test": None if source.test is None else len(source.test),
        "columns": columns,
        "notes": list(source.notes),
    }


def _columns(source: Source, rules: Rules | None) -> list[JsonObject] | None:
    """Return what each column of a table is; of a table of numbers alone, of an even sample."""
    if isinstance(source.examples, TableRows):
        return infer(source.examples.table, rules, source.name).rows()
    if source.feature_names is None or len(source.feature_names) > MOST_COLUMNS:
        return None
    import pyarrow

    sample = np.asarray(source.examples[:: -(-len(source) // SAMPLE)])
    columns = [pyarrow.array(column, from_pandas=True) for column in sample.T]
    try:
        rows = infer(pyarrow.table(columns, names=list(source.feature_names))).rows()
    except DataError:  # nothing varies: which a fit will say
        return None
    return [row | {"encoded as": "itself, scaled"} for row in rows]


def _bytes(examples: Examples) -> int:
    if isinstance(examples, TableRows):
        return examples.table.nbytes
    if isinstance(examples, SparseRows):
        return examples.matrix.data.nbytes + examples.matrix.indices.nbytes
    return math.prod(examples.shape) * examples.dtype.itemsize


def _storage(examples: Examples) -> str:
    if isinstance(examples, ArrayFile):
        return "file"
    return "memory" if isinstance(examples, np.ndarray | TableRows | SparseRows) else "files"


def _range(source: Source) -> tuple[float | None, float | None, int, int]:
    """Give the least and greatest finite value, and how many are missing and infinite."""
    low = high = None
    missing = infinite = 0
    for _, block in blocks(source.examples):
        values = block
        if block.dtype.kind == "f":
            values = block[np.isfinite(block)]
            nans = int(np.isnan(block).sum())
            missing += nans
            infinite += block.size - values.size - nans
        if values.size:
            least, most = values.min().item(), values.max().item()
            low = least if low is None else min(low, least)
            high = most if high is None else max(high, most)
    return low, high, missing, infinite


def _count(labels: np.ndarray) -> JsonObject:
    known = known_labels(labels)
    classes, counts = np.unique(plain_labels(labels[known]), return_counts=True)
    pairs = zip(classes.tolist(), counts.tolist(), strict=True)
    found = {"classes": len(classes), "counts": dict(pairs)}
    return found if known.all() else found | {"unlabelled": int((~known).sum())}
