"""What a detector is given: examples of any kind that an autoencoder takes."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import validate_data

from isthmus.annotations import Examples, ExamplesLike
from isthmus.data.array_file import ArrayFile
from isthmus.data.source import Rows
from isthmus.data.table_rows import TableRows
from isthmus.data.tables import is_numeric
from isthmus.errors import DataError
from isthmus.estimators.inputs import is_indexed
from isthmus.tables import is_table
from isthmus.tables.frames import to_arrow


def known_examples(detector: BaseEstimator, X: ExamplesLike, *, fitting: bool = False) -> Examples:
    """Return examples as they are handed to autoencoders, and note or check their features.

    A table becomes an array (n, D); images and what lies on disk stay what they are.

    Raises
    ------
    DataError
        For a table with columns that are no numbers.
    ValueError
        In scikit-learn's words, for other examples that are no numbers.
    """
    _check_numbers(X)
    if is_indexed(X) or (isinstance(X, np.ndarray) and X.ndim in (3, 4)):
        if fitting:
            vars(detector)["n_features_in_"] = int(np.prod(X.shape[1:]))
            vars(detector).pop("feature_names_in_", None)
        return X
    table: Any = X
    known: Any = validate_data(
        detector,
        table,
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


def _check_numbers(X: object) -> None:
    """Raise `DataError` for a table with columns that are neither numbers nor truth values."""
    table = X.table if isinstance(X, TableRows) else X
    if not is_table(table):
        return
    schema = to_arrow(table, "X").schema
    other = [field.name for field in schema if not is_numeric(field.type)]
    if other:
        shown = ", ".join(map(repr, other[:3])) + (", ..." if len(other) > 3 else "")
        raise DataError(
            f"{len(other)} of the {len(schema)} columns hold no numbers ({shown}), and outliers "
            "are found among numbers: leave such columns out, or encode them first."
        )
