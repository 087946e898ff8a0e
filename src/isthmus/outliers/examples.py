"""What a detector is given: examples of any kind that an autoencoder takes."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import validate_data

from isthmus.annotations import Examples, ExamplesLike
from isthmus.data.array_file import ArrayFile
from isthmus.data.source import Rows
from isthmus.estimators.inputs import is_indexed


def known_examples(detector: BaseEstimator, X: ExamplesLike, *, fitting: bool = False) -> Examples:
    """Return examples as they are handed to autoencoders, and note or check their features.

    A table becomes an array (n, D); images and what lies on disk stay what they are.

    Raises
    ------
    ValueError
        In scikit-learn's words, for what is not a table of numbers.
    """
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
