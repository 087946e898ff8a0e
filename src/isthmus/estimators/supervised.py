"""What the estimators with a head on the code share."""

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.utils.validation import check_consistent_length, check_is_fitted

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
        check_consistent_length(*validation_data)
        held_out = (validation_data[0], encode(validation_data[1]))
    fitting.fit(estimator, X, target, held_out, checkpoint)


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
