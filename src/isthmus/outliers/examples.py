"""What a detector is given: examples of any kind that an autoencoder takes."""

from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import BaseEstimator
from sklearn.frozen import FrozenEstimator
from sklearn.utils.validation import validate_data

from isthmus.annotations import Examples, ExamplesLike
from isthmus.data.sparse_rows import SparseRows
from isthmus.estimators.door import encoded, learned_schema, table_of
from isthmus.estimators.inputs import is_indexed
from isthmus.tables import Rules, Schema, is_table


def known_examples(detector: BaseEstimator, X: ExamplesLike, *, fitting: bool = False) -> Examples:
    """Return examples as they are handed to autoencoders, and note or check their features.

    A table becomes an array (n, D): of several kinds of columns by the schema that is inferred
    here, or that of a frozen autoencoder. Images, sparse matrices and what lies on disk stay what
    they are, and are dense a part at a time.

    Raises
    ------
    DataError
        For an array where the fit was to a table of several kinds of columns.
    ValueError
        In scikit-learn's words, for other examples that are no numbers.
    """
    X = SparseRows(X) if issparse(X) else table_of(X)
    if fitting:
        setting = _schema_setting(vars(detector)["autoencoder"])
        vars(detector)["schema_"] = learned_schema(setting, X) if is_table(X) else None
    schema: Schema | None = vars(detector).get("schema_")
    if schema is not None:
        if fitting:
            vars(detector)["feature_names_in_"] = np.array(schema.names, dtype=object)
            vars(detector)["n_features_in_"] = len(schema.names)
        return encoded(schema, X, "detector")
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


def _schema_setting(autoencoder: Any) -> Schema | Rules | str:
    """Return the schema of a frozen autoencoder, or the setting of another."""
    if isinstance(autoencoder, FrozenEstimator):
        return autoencoder.estimator.schema_ or "auto"
    return getattr(autoencoder, "schema", "auto")
