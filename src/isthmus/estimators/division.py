"""The training and the validation set of a fit, with their targets and weights."""

from typing import NamedTuple, cast

import numpy as np
from numpy.typing import ArrayLike

from isthmus.annotations import Examples, Targets
from isthmus.data.source import Rows
from isthmus.data.sparse_rows import SparseRows
from isthmus.errors import DataError
from isthmus.estimators.door import enter
from isthmus.estimators.inputs import flat_examples, flat_rows, is_indexed
from isthmus.estimators.learner import AbstractLearner
from isthmus.estimators.targets import ValidationData, known_targets, pair_of
from isthmus.estimators.weights import example_weights

LEAST_VALIDATED = 20
"""With fewer examples there is no validation set."""


FEWEST_DIVIDED = 1_000
"""Fewer labelled examples than this, where others have no label, all stay in training: a tenth of
them says little, and each teaches much."""


class Part(NamedTuple):
    """Examples (n, ...), their targets (n, ...) as heads and networks take them, their weights."""

    examples: Examples
    target: np.ndarray | None
    weights: np.ndarray | None = None


def weighted(
    estimator: AbstractLearner, part: Part, y: Targets | None, sample_weight: ArrayLike | None
) -> Part:
    """Return examples with their weights; those of weight zero are left out."""
    weights = example_weights(estimator._weigh(y, sample_weight), len(part.examples))
    if weights is None:
        return part
    part = Part(part.examples, part.target, weights)
    kept = np.flatnonzero(weights)
    return part if len(kept) == len(weights) else _chosen(part, kept)


def given_validation(
    estimator: AbstractLearner, validation_data: ValidationData | None
) -> Part | None:
    """Return the validation set that the user gave, its targets encoded."""
    if validation_data is None:
        return None
    if estimator.target_kind == "none":
        if isinstance(validation_data, tuple):
            raise DataError("validation_data is a tuple; it must be examples alone, as X is.")
        return Part(cast(Examples, validation_data), None)
    examples, targets = pair_of(validation_data)
    return Part(examples, estimator._encode_targets(targets))


def divided(
    estimator: AbstractLearner, whole: Part, given: Part | None, seed: int
) -> tuple[Part, Part | None]:
    """Return the training set and the validation set, if there is to be one."""
    if given is not None:
        entered = enter(estimator, given.examples)
        examples = flat_examples(estimator, entered, validation=True)
        return whole, Part(loaded(estimator, examples), given.target)
    if len(whole.examples) < LEAST_VALIDATED or estimator.validation_fraction <= 0:
        return whole, None
    return _hold_out(estimator, whole, seed)


def loaded(estimator: AbstractLearner, examples: Examples) -> Examples:
    """Return examples on disk as an array in memory, if the limit allows it."""
    size = len(examples) * estimator.width_ * examples.dtype.itemsize
    sparse = isinstance(examples, SparseRows)
    if not is_indexed(examples) or sparse or size > estimator.memory_limit:
        return examples
    return flat_rows(examples, slice(None))


def _hold_out(estimator: AbstractLearner, whole: Part, seed: int) -> tuple[Part, Part]:
    """Split off the validation set: stratified where every class can be in both parts.

    Examples without a label are a class of their own. Few labelled examples all stay in training.
    """
    from sklearn.model_selection import train_test_split

    target = whole.target
    classes = None if target is None or target.dtype.kind == "f" else target
    index = np.arange(len(whole.examples))
    if target is not None and estimator.target_kind in ("classes", "quantities"):
        known = known_targets(target)
        if known.sum() < FEWEST_DIVIDED and np.sum(~known) >= LEAST_VALIDATED:
            index, classes = index[~known], None
    share = {"test_size": float(estimator.validation_fraction), "random_state": seed}
    try:
        parts = train_test_split(index, **share, stratify=classes)
    except ValueError:
        parts = train_test_split(index, **share)
    validation = np.sort(parts[1])
    kept = np.setdiff1d(np.arange(len(whole.examples)), validation)
    return _chosen(whole, kept), _chosen(whole, validation)


def _chosen(part: Part, index: np.ndarray) -> Part:
    target = None if part.target is None else part.target[index]
    weights = None if part.weights is None else part.weights[index]
    return Part(Rows(part.examples, index), target, weights)
