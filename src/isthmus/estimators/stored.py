"""State that is NumPy wherever it is stored: by pickle, joblib, skops, or in another process."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np


class StoredAsNumPy:
    """A mixin before `BaseEstimator`: arrays of JAX leave it as NumPy's, and come back as JAX's.

    Libraries that rebuild objects without their constructors rebuild an array of JAX without its
    content, which ends the process where it is read.
    """

    def __getstate__(self) -> dict[str, Any]:
        """Return the state with NumPy arrays."""
        return as_numpy(super().__getstate__())  # pyright: ignore[reportAttributeAccessIssue]

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take a state whose modules hold NumPy arrays."""
        super().__setstate__(as_jax(state))  # pyright: ignore[reportAttributeAccessIssue]


def as_numpy(state: Any) -> Any:
    """Return a tree whose JAX arrays are NumPy's.

    Examples
    --------
    >>> type(as_numpy({"weights": jnp.ones(2)})["weights"]).__name__
    'ndarray'
    """
    return jax.tree.map(
        lambda leaf: np.asarray(leaf) if isinstance(leaf, jax.Array) else leaf, state
    )


def as_jax(state: Any) -> Any:
    """Return a tree whose modules hold JAX arrays, as they do by themselves.

    Examples
    --------
    >>> as_jax({"codes": np.ones(2)})["codes"].tolist()  # no module: it stays NumPy's
    [1.0, 1.0]
    """

    def convert(node: Any) -> Any:
        if not isinstance(node, eqx.Module):
            return node
        return jax.tree.map(lambda a: jnp.asarray(a) if isinstance(a, np.ndarray) else a, node)

    return jax.tree.map(convert, state, is_leaf=lambda node: isinstance(node, eqx.Module))
