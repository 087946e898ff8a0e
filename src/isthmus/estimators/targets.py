"""Targets of examples: labels to condition on or to predict, quantities to predict."""

from collections.abc import Sized
from typing import Literal

import numpy as np
from sklearn.utils import assert_all_finite
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_consistent_length, column_or_1d

from isthmus.annotations import Examples, ExamplesLike, Targets
from isthmus.errors import DataError
from isthmus.unlabelled import known_labels, plain_labels

ValidationData = ExamplesLike | tuple[ExamplesLike, Targets]
"""A validation set as users give it: examples, with their targets where the fit takes some."""

TargetKind = Literal["none", "condition", "classes", "quantities"]
"""What an estimator does with the targets of its fit."""

LEAST_LABELLED = 100
"""With fewer labelled examples for validation, their loss says more about them than about the
model: a tenth of the 1,000 examples below which there is no early stopping."""

UNKNOWN = -1
"""Number of the class of an example without a label."""


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
    column = _column(y)
    _check_labels(column)
    check_consistent_length(X, column)
    return column


def partial_labels_of(
    estimator: object, X: ExamplesLike, y: Targets | None, why: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return labels (n,) of examples as `labels_of` does, and which are known: truth values (n,).

    Raises
    ------
    DataError
        If no example has a label.
    """
    need_targets(estimator, y, why)
    labels = _column(y)
    known = known_labels(labels)
    if len(known) and not known.any():
        raise DataError(
            f"None of the {len(labels)} examples has a label, and {why}: give the labels of some."
        )
    _check_labels(labels if known.all() else plain_labels(labels[known]))
    check_consistent_length(X, labels)
    return labels, known


def _column(y: Targets | None, *, warn: bool = True) -> np.ndarray:
    """Return labels as a column (n,): `sklearn.utils.column_or_1d`, which has no types."""
    return column_or_1d(y, warn=warn)  # pyright: ignore[reportReturnType]


def _check_labels(y: np.ndarray) -> None:
    """Raise an error unless labels are numbers or strings."""
    assert_all_finite(y, input_name="y")
    kinds = {type(label).__name__ for label in y.tolist()} if y.dtype.hasobject else set()
    if y.dtype.kind in "mM" or kinds - {"str", "int", "float", "bool"}:
        raise DataError(
            f"y holds {' and '.join(sorted(kinds)) or 'dates'}; labels must be numbers or strings: "
            "convert them first."
        )
    check_classification_targets(y)


def need_targets(estimator: object, y: object, why: str) -> None:
    """Raise `DataError` if there are no targets."""
    if y is None:
        raise DataError(
            f"{type(estimator).__name__} requires y to be passed, but the target y is None: {why}."
        )


def class_numbers(classes: np.ndarray, labels: Targets | None) -> np.ndarray:
    """Return the number of the class of every label, -1 where there is none: int32 (n,)."""
    from sklearn.preprocessing import LabelEncoder

    encoder = LabelEncoder()
    encoder.classes_ = classes
    column = _column(labels, warn=False)
    known = known_labels(column, classes)
    numbers = np.full(len(column), UNKNOWN, np.int32)
    numbers[known] = encoder.transform(column[known])
    return numbers


def labelled_rows(y: Targets, classes: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the targets (m,) or (m, quantities) of the rows that have them, and which do (n,).

    Raises
    ------
    DataError
        If no row has.
    """
    y = np.asarray(y)
    known = np.all(known_labels(y, classes).reshape(len(y), -1), axis=1)
    if len(y) and not known.any():
        raise DataError(
            f"None of the {len(y)} examples has a label to score by: give some that do."
        )
    return plain_labels(y[known]), known


def known_targets(target: np.ndarray) -> np.ndarray:
    """Return which encoded targets (n, ...) are known, if only in part: truth values (n,).

    Examples
    --------
    >>> known_targets(np.array([0, -1, 2])).tolist()
    [True, False, True]
    >>> known_targets(np.array([0.5, np.nan])).tolist()
    [True, False]
    """
    if target.dtype.kind == "f":
        return np.any(~np.isnan(target).reshape(len(target), -1), axis=1)
    return np.any(np.reshape(target != UNKNOWN, (len(target), -1)), axis=1)


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
