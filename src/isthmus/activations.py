"""Activations by name, so that a model file can name them and a program is compiled once."""

from collections.abc import Callable
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from isthmus.errors import SettingError, unknown


def identity(x: Array) -> Array:
    """Return ``x``."""
    return x


def clipped_logit(x: Array) -> Array:
    """Return the logit of ``x`` kept within [0.01, 0.99]."""
    return jax.scipy.special.logit(jnp.clip(x, 0.01, 0.99))


def clipped_log(x: Array) -> Array:
    """Return the logarithm of ``x`` kept from 0.01 upwards."""
    return jnp.log(jnp.maximum(x, 0.01))


ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "identity": identity,
    "relu": jax.nn.relu,
    "leaky_relu": jax.nn.leaky_relu,
    "elu": jax.nn.elu,
    "selu": jax.nn.selu,
    "gelu": jax.nn.gelu,
    "silu": jax.nn.silu,
    "mish": jax.nn.mish,
    "softplus": jax.nn.softplus,
    "sigmoid": jax.nn.sigmoid,
    "tanh": jnp.tanh,
    "hard_tanh": jax.nn.hard_tanh,
    "sin": jnp.sin,
    "clipped_logit": clipped_logit,
    "clipped_log": clipped_log,
}
ALIASES = {"linear": "identity", "logistic": "sigmoid", "swish": "silu"}


def activation(name: str) -> Callable[[Array], Array]:
    """Return the activation function called ``name``.

    Raises
    ------
    SettingError
        If there is none of that name.

    Examples
    --------
    >>> float(activation("relu")(jnp.asarray(-1.0)))
    0.0
    """
    found = ACTIVATIONS.get(ALIASES.get(name, name)) if isinstance(name, str) else None
    if found is None:
        raise SettingError(unknown("activation", name, ACTIVATIONS))
    return found


Link = str | tuple[tuple[str, tuple[int, ...]], ...]
"""The name of an activation, or names with the columns that each is for."""


def link_function(link: Link) -> Callable[[Array], Array]:
    """Return what a link does to the last axis.

    Examples
    --------
    >>> link = (("identity", (0, 2)), ("relu", (1,)))
    >>> link_function(link)(jnp.array([-1.0, -2.0, -3.0])).tolist()
    [-1.0, 0.0, -3.0]
    """
    return activation(link) if isinstance(link, str) else _by_columns(link)


@cache
def _by_columns(link: tuple[tuple[str, tuple[int, ...]], ...]) -> Callable[[Array], Array]:
    groups = [(activation(name), np.array(columns)) for name, columns in link]
    order = np.argsort(np.concatenate([columns for _, columns in groups]))

    def apply(x: Array) -> Array:
        parts = [function(x[..., columns]) for function, columns in groups]
        return jnp.concatenate(parts, axis=-1)[..., order]

    return apply


def initial_gain(name: str) -> float:
    """Return the factor by which initial weights grow to keep a signal's scale through ``name``.

    The variance of a weight is gain^2 / fan-in for the rectifiers (He et al., ICCV 2015) and
    2 gain^2 / (fan-in + fan-out) for the saturating ones (Glorot and Bengio, AISTATS 2010, which
    gives 4 for the logistic function).
    """
    gains = {"sigmoid": 4.0, "tanh": 1.0, "hard_tanh": 1.0, "identity": 1.0, "selu": 1.0}
    return gains.get(ALIASES.get(name, name), float(np.sqrt(2)))
