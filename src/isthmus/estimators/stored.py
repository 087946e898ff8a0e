"""State that is NumPy wherever it is stored: by pickle, joblib, skops, or in another process."""

from typing import Any, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from sklearn.base import BaseEstimator, clone

Tree = TypeVar("Tree")
Estimator = TypeVar("Estimator", bound=BaseEstimator)


class StoredAsNumPy:
    """A mixin before `BaseEstimator`: arrays of JAX leave it as NumPy's, and come back as JAX's.

    Libraries that rebuild objects without their constructors rebuild an array of JAX without its
    content, which ends the process where it is read.
    """

    def __getstate__(self) -> dict[str, object]:
        """Return the state with NumPy arrays."""
        state: dict[str, object] = super().__getstate__()  # pyright: ignore
        return as_numpy(state)

    def __setstate__(self, state: dict[str, object]) -> None:
        """Take a state whose modules hold NumPy arrays."""
        super().__setstate__(as_jax(state))  # pyright: ignore[reportAttributeAccessIssue]


def copy_of(estimator: Estimator) -> Estimator:
    """Return an unfitted copy: `sklearn.base.clone`, which has no types, of one estimator."""
    copied: Any = clone(estimator)
    return copied


def as_numpy(state: Tree) -> Tree:
    """Return a tree whose JAX arrays are NumPy's.

    Examples
    --------
    >>> type(as_numpy({"weights": jnp.ones(2)})["weights"]).__name__
    'ndarray'
    """
    return jax.tree.map(
        lambda leaf: np.asarray(leaf) if isinstance(leaf, jax.Array) else leaf, state
    )


def as_jax(state: Tree) -> Tree:
    """Return a tree whose modules hold JAX arrays, as they do by themselves.

    Examples
    --------
    >>> as_jax({"codes": np.ones(2)})["codes"].tolist()  # no module: it stays NumPy's
    [1.0, 1.0]
    """

    def convert(node: object) -> object:
        if not isinstance(node, eqx.Module):
            return node
        return jax.tree.map(lambda a: jnp.asarray(a) if isinstance(a, np.ndarray) else a, node)

    return jax.tree.map(convert, state, is_leaf=lambda node: isinstance(node, eqx.Module))
