"""A part of a fitted estimator for a page: plain JSON, in 16-bit numbers where these will do."""

import copy
import math
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from isthmus.annotations import ExamplesLike, Targets
from isthmus.estimators.fitted import Fitted
from isthmus.export.javascript import Weights, describe
from isthmus.export.parts import PARTS, part_of
from isthmus.plainjson import JsonObject

TOLERANCE = 1e-3
"""Largest difference, as a share of the range, at which weights are carried in 16 bits: a quarter
of what a screen can show of a picture."""


@dataclass(frozen=True)
class Carried:
    """A part as a page carries it.

    Parameters
    ----------
    description
        Plain JSON, for ``new IsthmusProgram(..)`` of the runtime.
    weights
        ``float16`` or ``float32``.
    deviation
        Largest difference that float16 makes, as a share of the range of the outputs.
    """

    description: JsonObject
    weights: Weights
    deviation: float

    @property
    def size(self) -> int:
        """Return how many bytes its numbers take in the page."""
        return sum(len(constant["data"]) for constant in self.description["constants"].values())

    @property
    def work(self) -> int:
        """Return how many numbers a run computes."""
        return sum(math.prod(shape) for _, _, shape, *_ in self.description["operations"])


def carry(estimator: Fitted, part: str, X: ExamplesLike, labels: Targets | None = None) -> Carried:
    """Return a part of a fitted estimator as a page carries it.

    Its weights are float16 where that changes what the estimator gives for ``X`` by at most one
    part in a thousand of its range, and float32 elsewhere. No program is compiled for it that the
    estimator has not compiled already.

    Parameters
    ----------
    estimator
        Fitted.
    part
        As of `isthmus.export.part_of`.
    X : (n, ...)
        Codes or examples to measure the difference on.
    labels : (n,), optional
        Their labels, where the model is conditioned on labels.

    Raises
    ------
    SettingError
        If the part cannot be exported.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from isthmus import Autoencoder
    >>> X = load_digits().data
    >>> fitted = Autoencoder(2, hidden=(8,), epochs=1, random_state=0).fit(X)
    >>> carried = carry(fitted, "encoder", X)
    >>> carried.weights, 0 < carried.deviation < 1e-3
    ('float16', True)
    """
    program = part_of(estimator, part)
    reference = PARTS[part].reference
    x = np.asarray(X)
    whole = reference(estimator, x, labels)
    halved = reference(in_half_precision(estimator), x, labels)
    of_columns = part != "encoder" and estimator.image_shape_ is None
    deviation = _deviation(halved, whole, 0 if of_columns else None)
    weights: Weights = "float16" if deviation <= TOLERANCE else "float32"
    return Carried(describe(program, weights), weights, deviation)


def in_half_precision(estimator: Fitted) -> Fitted:
    """Return a copy of a fitted estimator whose matrices hold numbers of float16."""

    def rounded(leaf: object) -> object:
        if not isinstance(leaf, jax.Array) or leaf.ndim < 2 or leaf.dtype != jnp.float32:
            return leaf
        numbers = np.asarray(leaf)
        fits = np.abs(numbers).max(initial=0) < np.finfo(np.float16).max
        return jnp.asarray(numbers.astype(np.float16).astype(np.float32)) if fits else leaf

    estimator = copy.copy(estimator.as_autoencoder())
    estimator.model_ = jax.tree.map(rounded, estimator.model_)
    return estimator


def _deviation(given: ArrayLike, expected: ArrayLike, axis: int | None) -> float:
    """Return the largest difference as a share of the range, of all or along an axis.

    What is the same for all rows has the range of its magnitude.
    """
    given, expected = np.asarray(given, np.float64), np.asarray(expected, np.float64)
    span, largest = np.ptp(expected, axis=axis), np.abs(expected).max(axis)
    unit = np.where(span > 1e-6 * largest, span, largest)
    return float(np.max(np.abs(given - expected) / np.maximum(unit, 1e-30)))
