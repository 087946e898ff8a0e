"""Targets of examples: labels to condition on or to predict, quantities to predict."""

from collections.abc import Sized
from typing import Literal

import numpy as np
from sklearn.preprocessing import LabelEncoder
from sklearn.utils import assert_all_finite
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_consistent_length, column_or_1d

from isthmus.annotations import Examples, ExamplesLike, Targets
from isthmus.errors import DataError

ValidationData = ExamplesLike | tuple[ExamplesLike, Targets]
"""A validation set as users give it: examples, with their targets where the fit takes some."""

TargetKind = Literal["none", "condition", "classes", "quantities"]
"""What an estimator does with the targets of its fit."""


def pair_of(validation_data: object) -> tuple[Examples, np.ndarray]:
    """Return the examples and targets of a validation set, if that is what was given."""
    if not isinstance(validation_data, tuple | list) or len(validation_data) != 2:
        raise DataError(
            f"validation_data is of type {type(validation_data).__name__}; it must be a pair of "
            "examples and targets, (X, y)."
        )
    X, y = validation_data
    check_consistent_length(X, y)
    return X, y


def labels_of(estimator: object, X: ExamplesLike, y: Targets | None, why: str) -> np.ndarray:
    """Return labels (n,) of examples, if they are numbers or strings, one per example."""
    need_targets(estimator, y, why)
    labels: np.ndarray = column_or_1d(y, warn=True)
    assert_all_finite(labels, input_name="y")
    kinds = {type(label).__name__ for label in labels.tolist()} if labels.dtype.hasobject else set()
    if labels.dtype.kind in "mM" or kinds - {"str", "int", "float", "bool"}:
        raise DataError(
            f"y holds {' and '.join(sorted(kinds)) or 'dates'}; labels must be numbers or strings: "
            "convert them first."
        )
    check_classification_targets(labels)
    check_consistent_length(X, labels)
    return labels


def need_targets(estimator: object, y: object, why: str) -> None:
    """Raise `DataError` if there are no targets."""
    if y is None:
        raise DataError(
            f"{type(estimator).__name__} requires y to be passed, but the target y is None: {why}."
        )


def class_numbers(classes: np.ndarray, labels: Targets | None) -> np.ndarray:
    """Return the number of the class of every label: int32 (n,)."""
    encoder = LabelEncoder()
    encoder.classes_ = classes
    return encoder.transform(column_or_1d(labels)).astype(np.int32)


def condition_numbers(
    classes: np.ndarray, labels: Targets | None, rows: Sized | None = None
) -> np.ndarray:
    """Return the number of the label that each row is conditioned on: int32 (n,).

    Parameters
    ----------
    classes : (k,)
        The labels of the fit, sorted.
    labels : (n,), or one label
        One label stands for all rows.
    rows
        What has the labels; without it, their number is not checked.

    Raises
    ------
    DataError
        If the fit had no such label.
    ValueError
        In scikit-learn's words, if there are not as many labels as rows.
    """
    if rows is not None and np.isscalar(labels):
        labels = np.full(len(rows), labels)
    own: np.ndarray = column_or_1d(labels)
    if rows is not None:
        check_consistent_length(rows, own)
    strange = set(own.tolist()) - set(classes.tolist())
    if strange:
        known = ", ".join(map(str, classes[:20].tolist()))
        raise DataError(
            f"{min(strange, key=str)!r} is no label of this model's: {known}. To condition on it, "
            "fit with examples of it (cross-validation needs folds that are stratified by label, "
            "such as cv=StratifiedKFold())."
        )
    return class_numbers(classes, own)
