"""What comes in: flat examples in a type that the engine stores, checked."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
from scipy.sparse import issparse
from sklearn.utils.validation import validate_data

from isthmus.annotations import Examples, ExamplesLike, Index
from isthmus.data.array_file import ArrayFile
from isthmus.data.arrays import channels_first
from isthmus.data.checks import as_image_shape, check_finite, check_observed
from isthmus.data.source import Rows, blocks, take
from isthmus.data.sparse_rows import SparseRows
from isthmus.engine.feed import stored_type
from isthmus.errors import DataError
from isthmus.estimators.door import enter
from isthmus.estimators.slots import takes_missing
from isthmus.estimators.units import check_units

if TYPE_CHECKING:
    from isthmus.estimators.learner import AbstractLearner, FittedAttributes

STORED = (np.float64, np.float32, np.uint8)
"""Types that pass unchanged into validation; others become float64."""

LEVELS = 2**16
"""A column whose range spans fewer steps of single precision than this is shifted first."""

LEAST_VARIED = 1e-3
"""Below this share of single precision's step a column is constant but for rounding."""

ImageShape = tuple[int, int, int]

Names = Sequence[str] | None
"""Names of columns, where they have some."""


def is_indexed(X: object) -> TypeGuard[Examples]:
    """Tell whether ``X`` lies on disk and is read by index: a memory map, or a lazy reader."""
    if isinstance(X, np.memmap | ArrayFile):
        return True
    if issparse(X):
        return False
    indexable = all(hasattr(X, name) for name in ("shape", "dtype", "__getitem__", "__len__"))
    return indexable and not isinstance(X, np.ndarray) and not hasattr(X, "__array__")


def take_examples(X: ExamplesLike, rows: np.ndarray) -> Examples:
    """Return some of the examples; those on disk are read where they are used."""
    return Rows(ArrayFile.of(X), rows) if is_indexed(X) else take(X, rows)


def flat_examples(
    estimator: "AbstractLearner",
    X: ExamplesLike,
    *,
    fitting: bool = False,
    validation: bool = False,
) -> Examples:
    """Return examples as (n, D), or as they lie on disk, and note or check the features.

    Parameters
    ----------
    estimator
        Gets ``n_features_in_`` and ``feature_names_in_`` when ``fitting``, and is checked against
        them otherwise.
    X : (n, D), (n, H, W) or (n, H, W, C)
        Arrays, data frames, sequences, memory maps or lazy readers.
    fitting
        Whether these are the examples to learn from.
    validation
        Whether these are the validation set of a fit.

    Raises
    ------
    ValueError
        In scikit-learn's words, for what is not a table of numbers.
    DataError
        If values are infinite, text, too large for single precision, or missing where the
        likelihood is not masked: that of the settings in a fit, that of the model after it.
    """
    model = None if fitting or validation else getattr(estimator, "model_", None)
    masked = takes_missing(estimator.likelihood if model is None else model.likelihood)
    examples = _as_table(estimator, X, fitting)
    names = _names(estimator, examples)
    missing = check_finite(examples, "X", names, missing_allowed=masked)
    if fitting or validation:
        before = not fitting and estimator._has_missing
        estimator._has_missing = before or missing > 0
    if fitting and missing:
        check_observed(examples, "X", names)
    if fitting:
        estimator.offset_ = _lost_offset(examples) if examples.dtype == np.float64 else None
    offset = estimator.offset_
    if is_indexed(X):
        return examples if offset is None else CheckedExamples(examples, names, masked, offset)
    return _single(np.asarray(examples), offset)


def examples_to_walk(estimator: "FittedAttributes", X: ExamplesLike) -> "CheckedExamples":
    """Return `flat_examples` of a fitted estimator whose entries are checked as they are read.

    So they are read once, and the check of a block is hidden behind the computing of another.
    """
    masked = takes_missing(estimator.model_.likelihood)
    examples = _as_table(estimator, enter(estimator, X), fitting=False)
    names = _names(estimator, examples)
    if estimator.schema_ is None and not isinstance(examples, SparseRows):
        check_units(estimator.range_, examples, names)
    return CheckedExamples(examples, names, masked, estimator.offset_)


class CheckedExamples:
    """Examples whose entries are checked where they are indexed.

    Parameters
    ----------
    examples : (n, ...)
        An array, or what is read from disk.
    names
        Of the columns, where they have some.
    masked
        Whether entries may be missing.
    offset
        What is subtracted from each column before it is brought to single precision, or None.
    """

    def __init__(
        self, examples: Examples, names: Names, masked: bool, offset: np.ndarray | None = None
    ) -> None:
        self._examples, self._names, self._masked = examples, names, masked
        self._offset = offset
        self.shape, self.dtype = examples.shape, stored_type(examples.dtype)

    def __len__(self) -> int:
        return len(self._examples)

    def __getitem__(self, rows: Index) -> np.ndarray:
        """Return rows as the engine stores them.

        Raises
        ------
        DataError
            As `flat_examples` does, of all the examples.
        """
        part = np.asarray(self._examples[rows])
        try:
            self._check(part)
        except DataError:
            self._check(self._examples)
            raise
        return _single(part, self._offset).astype(self.dtype, copy=False)

    def _check(self, examples: Examples) -> None:
        check_finite(examples, "X", self._names, missing_allowed=self._masked)


def image_shape_of(
    X: ExamplesLike, given: tuple[int, ...] | None, features: int
) -> ImageShape | None:
    """Return (H, W, C) from the setting or from the examples' own shape, or None for flat ones.

    Raises
    ------
    DataError
        If the setting does not hold as many pixels as an example has features.
    """
    own = example_shape_of(X)
    if given is None and len(own) not in (2, 3):
        return None
    if given is None and channels_first((len(X), *own)):
        raise DataError(
            f"X has shape {(len(X), *own)}, whose channels seem to come first: give "
            f"numpy.moveaxis(X, 1, -1), or image_shape={own} if they do not."
        )
    shape = as_image_shape(own if given is None else given)
    if shape is None or math.prod(shape) != features:
        raise DataError(
            f"image_shape is {given!r}, and an example has {features} values: give (height, width) "
            "or (height, width, channels) of the images."
        )
    return shape


def example_shape_of(X: ExamplesLike) -> tuple[int, ...]:
    """Return the shape of one example as it was given; of what is not an array, nothing."""
    return tuple(X.shape[1:]) if isinstance(X, np.ndarray) or is_indexed(X) else ()


def flat_rows(examples: Examples, rows: Index) -> np.ndarray:
    """Return some of the examples as an array (n, D), as the engine stores it."""
    part = np.asarray(examples[rows])
    return part.reshape(len(part), -1).astype(stored_type(part.dtype), copy=False)


def check_varied(X: Examples) -> None:
    """Raise `DataError` if no feature varies over the examples (or an even sample of many)."""
    sample = np.asarray(X[:: -(-len(X) // 1000)]).reshape(-1, int(np.prod(X.shape[1:])))
    every = (block.reshape(len(block), -1) for _, block in blocks(X))
    if (sample == sample[0]).all() and all((rows == sample[0]).all() for rows in every):
        raise DataError(
            f"All {len(X)} examples are the same: every feature is constant, so there is nothing "
            "to learn."
        )


def _as_table(estimator: "FittedAttributes", X: Any, fitting: bool) -> Examples:
    """Return examples as (n, D), or as they lie on disk; note or check the features alone."""
    if estimator.schema_ is not None:
        return _encoded_rows(estimator, X, fitting)
    if is_indexed(X):
        return _indexed_examples(estimator, X, fitting)
    _refuse_dates(X)
    rows: Any = X.reshape(len(X), -1) if isinstance(X, np.ndarray) and X.ndim in (3, 4) else X
    least = 2 if fitting else 1
    try:
        table: Any = validate_data(
            estimator,
            rows,
            reset=fitting,
            dtype=list(STORED),
            order="C",
            ensure_all_finite=False,
            ensure_min_samples=least,
            ensure_min_features=least,
        )
    except ValueError as error:
        if "could not convert string" not in str(error):
            raise
        raise DataError(
            f"X holds text ({error}), and numbers are needed: drop such columns or encode them."
        ) from error
    return table


def _encoded_rows(estimator: "FittedAttributes", rows: Examples, fitting: bool) -> Examples:
    """Return rows that a schema encoded; note the table's own columns."""
    if fitting:
        if len(rows) < 2:
            raise DataError(f"Found {len(rows)} row: at least 2 rows are needed.")
        assert estimator.schema_ is not None
        names = estimator.schema_.names
        estimator.feature_names_in_ = np.array(names, dtype=object)
        estimator.n_features_in_ = len(names)
    return rows


def _refuse_dates(X: ExamplesLike) -> None:
    """Raise `DataError` if a data frame has a column of dates or durations."""
    kinds = getattr(X, "dtypes", None)
    if not hasattr(X, "iloc") or kinds is None:
        return
    dates = [name for name, kind in kinds.items() if getattr(kind, "kind", "") in "mM"]
    if dates:
        raise DataError(
            f"Column {dates[0]!r} holds dates or durations, and numbers are needed: drop it, or "
            "turn it into numbers."
        )


def _lost_offset(X: Examples) -> np.ndarray | None:
    """Return what to subtract from each column (n, D), so that single precision keeps its digits.

    That is the middle of columns, such as time stamps, that are far from zero for their range;
    zero for the others, and None if there are no such columns.
    """
    features = math.prod(X.shape[1:])
    low, high = np.full(features, np.nan), np.full(features, np.nan)
    inexact = np.zeros(features, bool)
    with np.errstate(over="ignore", invalid="ignore"):
        for _, block in blocks(X):
            rows = np.asarray(block).reshape(len(block), -1)
            low, high = np.fmin(low, np.fmin.reduce(rows)), np.fmax(high, np.fmax.reduce(rows))
            inexact |= ((rows.astype(np.float32) != rows) & ~np.isnan(rows)).any(axis=0)
        step = np.spacing(np.maximum(np.abs(low), np.abs(high)).astype(np.float32))
        lost = inexact & (high - low < LEVELS * step) & (high - low > LEAST_VARIED * step)
    return np.where(lost, low + (high - low) / 2, 0.0) if lost.any() else None


def _names(estimator: "FittedAttributes", examples: Examples) -> Names:
    """Return the columns' names, where the examples have columns and these have names."""
    if estimator.schema_ is not None:
        return estimator.schema_.feature_names
    return None if is_indexed(examples) else getattr(estimator, "feature_names_in_", None)


def _single(X: np.ndarray, offset: np.ndarray | None = None) -> np.ndarray:
    """Return numbers of double precision in single precision, others as they are.

    An offset is subtracted before any digit is lost.
    """
    if offset is not None:
        X = X.reshape(len(X), -1).astype(np.float64) - offset
    if X.dtype != np.float64:
        return X
    with np.errstate(over="ignore"):
        single = X.astype(np.float32)
    if np.isinf(single).any():
        raise DataError(
            f"The greatest absolute value is {np.nanmax(np.abs(X)):.3g}, beyond what single "
            "precision holds (3.4e38): rescale that column."
        )
    return single


def _indexed_examples(estimator: "FittedAttributes", X: Examples, fitting: bool) -> Examples:
    X = ArrayFile.of(X)
    features = int(np.prod(X.shape[1:]))
    if X.dtype.kind not in "uifb" or len(X.shape) < 2:
        raise DataError(
            f"The examples have type {X.dtype} and shape {X.shape}: numbers, one row an example, "
            "are needed."
        )
    if fitting:
        if len(X) < 2 or features < 2:
            raise DataError(f"Found shape {X.shape}: at least 2 examples of 2 features are needed.")
        estimator.n_features_in_ = features
        vars(estimator).pop("feature_names_in_", None)  # of an earlier fit
    elif features != estimator.n_features_in_:
        raise DataError(
            f"X has {features} features, but {type(estimator).__name__} is expecting "
            f"{estimator.n_features_in_} features as input."
        )
    return X
