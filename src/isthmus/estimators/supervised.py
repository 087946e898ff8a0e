"""What the estimators with a head on the code share."""

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.utils import assert_all_finite
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_consistent_length, check_is_fitted, column_or_1d

from isthmus.engine import Checkpoint
from isthmus.errors import DataError
from isthmus.estimators import fitting, inference
from isthmus.estimators.inputs import examples_to_walk


def fit_with_targets(
    estimator: Any,
    X: Any,
    target: np.ndarray,
    validation_data: Any,
    encode: Callable[[Any], np.ndarray],
    checkpoint: Checkpoint | None,
) -> None:
    """Fit an estimator to examples and targets.

    Parameters
    ----------
    estimator
        Gets the fitted attributes.
    X
        Examples.
    target : (n, ...)
        What the head is taught, as it takes it.
    validation_data
        A pair of examples and targets as the user gives them, or None.
    encode
        From targets as the user gives them to those that the head takes.
    checkpoint
        Where to keep training's state, and whether to go on from it.
    """
    held_out = None
    if validation_data is not None:
        examples, targets = pair_of(validation_data)
        held_out = (examples, encode(targets))
    fitting.fit(estimator, X, target, held_out, checkpoint)


def pair_of(validation_data: Any) -> tuple[Any, Any]:
    """Return the held-out examples and targets, if that is what was given."""
    if not isinstance(validation_data, tuple | list) or len(validation_data) != 2:
        raise DataError(
            f"validation_data is of type {type(validation_data).__name__}; it must be a pair of "
            "examples and targets, (X, y)."
        )
    X, y = validation_data
    check_consistent_length(X, y)
    return X, y


def labels_of(estimator: Any, X: Any, y: Any, why: str) -> np.ndarray:
    """Return labels (n,) of examples, if they are numbers or strings, one an example."""
    need_targets(estimator, y, why)
    y = column_or_1d(y, warn=True)
    assert_all_finite(y, input_name="y")
    kinds = {type(label).__name__ for label in y.tolist()} if y.dtype.hasobject else set()
    if y.dtype.kind in "mM" or kinds - {"str", "int", "float", "bool"}:
        raise DataError(
            f"y holds {' and '.join(sorted(kinds)) or 'dates'}; labels must be numbers or strings: "
            "convert them first."
        )
    check_classification_targets(y)
    check_consistent_length(X, y)
    return y


def need_targets(estimator: Any, y: Any, why: str) -> None:
    """Raise `DataError` if there are no targets."""
    if y is None:
        raise DataError(
            f"{type(estimator).__name__} requires y to be passed, but the target y is None: {why}."
        )


def read_head(estimator: Any, X: Any) -> np.ndarray:
    """Return what the head reads from the codes of examples, (n, outputs)."""
    check_is_fitted(estimator)
    read = inference.map_rows(inference.read_head, estimator.model_, examples_to_walk(estimator, X))
    return read.astype(np.float64)
