"""What a detector is given: examples of any kind that an autoencoder takes."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.frozen import FrozenEstimator
from sklearn.utils.validation import validate_data

from isthmus.annotations import Examples, ExamplesLike
from isthmus.data.array_file import ArrayFile
from isthmus.data.source import Rows
from isthmus.data.table_rows import TableRows
from isthmus.data.tables import is_matrix_column
from isthmus.errors import DataError, warn
from isthmus.estimators.inputs import is_indexed
from isthmus.tables import Rules, Schema, infer, is_table, to_arrow
from isthmus.tables.matching import align


def known_examples(detector: BaseEstimator, X: ExamplesLike, *, fitting: bool = False) -> Examples:
    """Return examples as they are handed to autoencoders, and note or check their features.

    A table becomes an array (n, D): of several kinds of columns by the schema that is inferred
    here, or that of a frozen autoencoder. Images and what lies on disk stay what they are.

    Raises
    ------
    DataError
        For an array where the fit was to a table of several kinds of columns.
    ValueError
        In scikit-learn's words, for other examples that are no numbers.
    """
    table = table_of(X)
    if fitting:
        vars(detector)["schema_"] = None if table is None else _schema_for(detector, table)
    schema: Schema | None = vars(detector).get("schema_")
    if schema is not None:
        return _encoded(detector, schema, X if table is None else table, fitting=fitting)
    X = X if table is None else table
    if is_indexed(X) or (isinstance(X, np.ndarray) and X.ndim in (3, 4)):
        if fitting:
            vars(detector)["n_features_in_"] = int(np.prod(X.shape[1:]))
            vars(detector).pop("feature_names_in_", None)
        return X
    known: Any = validate_data(
        detector,
        X,  # pyright: ignore[reportArgumentType] - a table is one of its kinds
        reset=fitting,
        dtype=[np.float64, np.float32, np.uint8],
        ensure_all_finite="allow-nan",
        ensure_min_samples=2 if fitting else 1,
        ensure_min_features=2 if fitting else 1,
    )
    return known


def take(X: ExamplesLike, rows: np.ndarray) -> Examples:
    """Return some of the examples; those on disk are read where they are used."""
    return Rows(ArrayFile.of(X), rows) if is_indexed(X) else X[rows]


def table_of(X: Any) -> Any:
    """Return the table that examples are or are rows of; None where they are something else."""
    if isinstance(X, Rows) and isinstance(X.examples, TableRows):
        return X[:]
    table = X.table if isinstance(X, TableRows) else X
    return table if is_table(table) else None


def _schema_for(detector: Any, table: Any) -> Schema | None:
    """Return the schema by which a table becomes numbers; None where it is numbers alone."""
    own = detector.autoencoder
    if isinstance(own, FrozenEstimator):
        own = own.estimator
        schema = own.schema_
    else:
        schema = getattr(own, "schema", "auto")
    if isinstance(schema, Schema):
        return schema
    if isinstance(schema, Rules):
        return infer(table, schema, "X")
    numbers = all(is_matrix_column(column) for column in to_arrow(table, "X").columns)
    return None if numbers else infer(table, name="X")


def _encoded(detector: Any, schema: Schema, X: Any, *, fitting: bool) -> np.ndarray:
    """Return a table's rows as numbers (n, width), NaN where an entry is missing."""
    if not is_table(X):
        raise DataError(
            f"X is {type(X).__name__}, and this detector was fitted on a table with the columns "
            f"{', '.join(schema.names[:6])}{', ...' if len(schema.names) > 6 else ''}: give a data "
            "frame or an Arrow table."
        )
    aligned = align(schema, X, "X")
    for note in aligned.notes:
        warn(note)
    if fitting:
        vars(detector)["feature_names_in_"] = np.array(schema.names, dtype=object)
        vars(detector)["n_features_in_"] = len(schema.names)
    return schema.encode(aligned.table)
