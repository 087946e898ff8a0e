"""From a few labels to probabilities of the classes of every training example."""

import importlib.util
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from isthmus.corruption import AbstractCorruption
from isthmus.data.source import Examples
from isthmus.engine.supervision import SHARE
from isthmus.errors import SettingError
from isthmus.estimators.fit_cache import digest
from isthmus.estimators.neighbour_graph import KEPT_FROM, kept_arrays, neighbour_graph
from isthmus.evaluation.neighbours import EXACT, principal_axes
from isthmus.evaluation.pca import PCABaseline
from isthmus.evaluation.propagation import (
    LEAST_LABELLED,
    Crossed,
    as_probabilities,
    cross_spread,
    is_clearly_better,
    similarities,
    spread,
)
from isthmus.evaluation.reconstruction import blocks
from isthmus.propagation import Propagation

CANDIDATES = 40
"""Nearest neighbours on principal axes among which those under an augmentation are sought."""

ROWS = 500
"""Examples whose candidates are compared at once."""

SMALLEST = 1e-4
"""Directions shorter than this share of the longest, squared, are none."""


@dataclass(frozen=True)
class Propagated:
    """What came of the labels.

    Attributes
    ----------
    probabilities : (n, k) or None
        Of the classes of every example, NaN where no label reaches; None where they are not used.
    crossed
        Labelled examples predicted from the other labelled ones; None with too few of a class.
    linear : (m,) or None
        Which of them logistic regression on principal axes predicts rightly.
    """

    probabilities: np.ndarray | None
    crossed: Crossed | None
    linear: np.ndarray | None

    def described(self) -> dict[str, bool | float | None]:
        """Return plain values: whether labels were propagated, and both accuracies."""
        return {
            "used": self.probabilities is not None,
            "accuracy": None if self.crossed is None else float(self.crossed.right.mean()),
            "linear_accuracy": None if self.linear is None else float(self.linear.mean()),
        }


def setting_of(value: object) -> tuple[Propagation | None, bool]:
    """Return the propagation of a setting, and whether the labels decide about it."""
    if isinstance(value, Propagation):
        return value, False
    named = {"auto": (Propagation(), True), "propagate": (Propagation(), False)}
    named["ignore"] = (None, False)  # pyright: ignore[reportArgumentType]
    if not isinstance(value, str) or value not in named:
        raise SettingError(
            f"unlabelled is {value!r}; it must be 'auto', 'ignore', 'propagate' or "
            "isthmus.propagation.Propagation(...)."
        )
    return named[value]


def is_worth_trying(numbers: np.ndarray, classes: int, neighbours: int) -> bool:
    """Tell whether labels could be propagated: few are known, and some of every class."""
    known = numbers >= 0
    n, counts = len(numbers), np.bincount(numbers[known], minlength=classes)
    searched = n <= EXACT or importlib.util.find_spec("pynndescent") is not None
    few = known.sum() < SHARE * n
    return bool(few and counts.min() >= LEAST_LABELLED and n > neighbours + 1 and searched)


def propagated(
    examples: Examples,
    numbers: np.ndarray,
    classes: int,
    propagation: Propagation,
    *,
    decide: bool,
    seed: int,
) -> Propagated:
    """Spread labels over the graph of neighbours.

    Parameters
    ----------
    examples : (n, D)
        Scaled; without missing entries.
    numbers : (n,)
        Numbers of the classes, -1 without a label.
    classes
        How many classes there are.
    propagation
        Created for the examples.
    decide
        Use the result only if it tells labelled examples from the others better than logistic
        regression on principal axes does, by more than one standard error.
    seed
        Divides the labelled examples for that.
    """
    rows = np.flatnonzero(numbers >= 0)
    known = numbers[rows]
    axes = principal_axes(examples)
    weights = similarities(*_graph(examples, propagation, axes))
    crossed = cross_spread(weights, rows, known, classes, seed)
    linear = None if crossed is None else _linear(examples[rows], known, crossed.folds, axes)
    if decide and (
        crossed is None or linear is None or not is_clearly_better(crossed.right, linear)
    ):
        return Propagated(None, crossed, linear)
    potentials = spread(weights, rows, known, classes)
    sharpness = 1.0 if crossed is None else crossed.sharpness
    probabilities = as_probabilities(potentials, sharpness).astype(np.float32)
    probabilities[(potentials == 0).all(axis=1)] = np.nan
    probabilities[rows] = np.eye(classes, dtype=np.float32)[known]
    return Propagated(probabilities, crossed, linear)


def _linear(
    labelled: Examples, numbers: np.ndarray, folds: np.ndarray, axes: PCABaseline
) -> np.ndarray:
    """Return which labels logistic regression on principal axes tells, fold by fold."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    codes = axes.transform(np.asarray(labelled), len(axes.components))
    right = np.zeros(len(numbers), bool)
    for fold in np.unique(folds):
        held = folds == fold
        linear = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
        linear.fit(codes[~held], numbers[~held])
        right[held] = linear.predict(codes[held]) == numbers[held]
    return right


def _graph(
    examples: Examples, propagation: Propagation, axes: PCABaseline
) -> tuple[np.ndarray, np.ndarray]:
    """Return the nearest neighbours (n, k) of every example, and their distances."""
    n, k = len(examples), min(propagation.neighbours, len(examples) - 1)
    augmentation = propagation.augmentation
    assert not isinstance(augmentation, str)
    sought = k if augmentation is None else min(n - 1, max(CANDIDATES, 2 * k))
    candidates = neighbour_graph(examples, sought)

    def make() -> tuple[np.ndarray, np.ndarray]:
        distances = _distances(examples, candidates, augmentation, axes)
        order = np.argsort(distances, axis=1, kind="stable")[:, :k]
        nearest = np.take_along_axis(candidates, order, axis=1)
        return nearest, np.take_along_axis(distances, order, axis=1)

    if n < KEPT_FROM:
        return make()
    name = digest("distances", k, augmentation, candidates)
    kept = kept_arrays(name, make, lambda arrays: len(arrays) == 2 and arrays[0].shape == (n, k))
    return kept[0], kept[1]


def _distances(
    examples: Examples,
    candidates: np.ndarray,
    augmentation: AbstractCorruption | None,
    pca: PCABaseline,
) -> np.ndarray:
    """Return the distances (n, c) of each example's candidates, float32, on principal axes."""
    axes = jnp.asarray(pca.components.T, jnp.float32)
    codes, ways = [], []
    for part in blocks(len(examples), ROWS):
        x = jnp.asarray(np.asarray(examples[part]), jnp.float32)
        codes.append((x - pca.mean.astype(np.float32)) @ axes)
        ways.append(_orthonormal_directions(augmentation, x, axes))
    z, q = np.concatenate(codes), np.concatenate(ways)
    out = np.empty(candidates.shape, np.float32)
    for part in blocks(len(examples), ROWS):
        near = candidates[part]
        out[part] = _mean_distances(z[part], z[near], q[part], q[near])
    return out


@jax.jit
def _orthonormal_directions(
    augmentation: AbstractCorruption | None, x: Float[Array, "B D"], axes: Float[Array, "D d"]
) -> Float[Array, "B r d"]:
    """Return orthonormal directions in which examples move under an augmentation; zero if none."""
    if augmentation is None:
        return jnp.zeros((len(x), 0, axes.shape[1]))
    moved = augmentation.directions(x) @ axes
    squares, turns = jnp.linalg.eigh(jnp.einsum("bid,bjd->bij", moved, moved))
    kept = squares > SMALLEST * jnp.maximum(squares[:, -1:], 1e-12)
    lengths = jnp.where(kept, jax.lax.rsqrt(jnp.maximum(squares, 1e-12)), 0.0)
    return jnp.einsum("bir,bid->brd", turns, moved) * lengths[..., None]


@jax.jit
def _mean_distances(
    z: Float[Array, "B d"],
    near: Float[Array, "B c d"],
    q: Float[Array, "B r d"],
    q_near: Float[Array, "B c r d"],
) -> Float[Array, "B c"]:
    """Return distances without what lies along the directions of one or of the other example."""
    apart = near - z[:, None]
    own = (jnp.einsum("bcd,brd->bcr", apart, q) ** 2).sum(-1)
    others = (jnp.einsum("bcd,bcrd->bcr", apart, q_near) ** 2).sum(-1)
    return jnp.sqrt(jnp.maximum((apart**2).sum(-1) - (own + others) / 2, 1e-12))
