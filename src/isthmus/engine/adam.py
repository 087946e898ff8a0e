"""Adam's direction, in an order that a processor is quick at."""

from functools import partial
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Int

from isthmus.annotations import PyTree

SMALL = 2**14
"""Up to this many parameters, one operation of the program moves both moments of an array."""


class AdamState(NamedTuple):
    """Where Adam stands.

    Parameters
    ----------
    steps
        Done so far.
    pairs : (2, ...) each
        Both moments of every small array of parameters, None for the others.
    first, second
        The moments of the large ones, None for the others.
    """

    steps: Int[Array, ""]
    pairs: PyTree
    first: PyTree
    second: PyTree


def scale_by_adam(
    b1: float = 0.9, b2: float = 0.999, epsilon: float = 1e-8
) -> optax.GradientTransformation:
    r"""Return Optax's ``scale_by_adam`` with the same result to rounding, faster on a processor.

    .. math:: u = \frac{\sqrt{1 - b_2^t}}{1 - b_1^t} \,
        \frac{m}{\sqrt{v} + \epsilon \sqrt{1 - b_2^t}}

    Optax divides three times an entry, which takes longer than all else in a step's passes over
    the weights, a third of the step of a wide network. This divides once. And where arrays are so
    small that starting an operation takes longer than carrying it out, two moments are one.

    Parameters
    ----------
    b1, b2
        Decay of the mean m of gradients, and of the mean v of their squares, in [0, 1).
    epsilon
        What keeps the quotient finite, > 0.

    References
    ----------
    Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015: algorithm 1, in the order
    that the end of section 2 gives.

    Examples
    --------
    >>> adam = scale_by_adam()
    >>> gradient = jnp.array([3.0, -0.01])
    >>> direction, state = adam.update(gradient, adam.init(gradient))
    >>> direction.round(3).tolist()  # the first step has the gradient's sign
    [1.0, -1.0]
    """

    def init(params: PyTree) -> AdamState:
        small, large = eqx.partition(params, _is_small)
        pairs = jax.tree.map(lambda p: jnp.zeros((2, *p.shape), p.dtype), small)
        first, second = (jax.tree.map(jnp.zeros_like, large) for _ in range(2))
        return AdamState(jnp.zeros((), jnp.int32), pairs, first, second)

    def update(updates: PyTree, state: PyTree, params: PyTree = None) -> tuple[PyTree, AdamState]:
        steps = state.steps + 1
        correction = jnp.sqrt(1 - b2**steps)
        rate, least = correction / (1 - b1**steps), epsilon * correction

        def direction(m: Array, v: Array) -> Array:
            return rate * m / (jnp.sqrt(v) + least)

        small, large = eqx.partition(updates, _is_small)
        pairs = jax.tree.map(partial(_moved, jnp.array([b1, b2])), small, state.pairs)
        first = optax.tree.update_moment(large, state.first, b1, 1)
        second = optax.tree.update_moment(large, state.second, b2, 2)
        of_small = jax.tree.map(lambda pair: direction(pair[0], pair[1]), pairs)
        of_large = jax.tree.map(direction, first, second)
        return eqx.combine(of_small, of_large), AdamState(steps, pairs, first, second)

    return optax.GradientTransformation(init, update)


def _moved(decays: Float[Array, "2"], gradient: Array, pair: Array) -> Array:
    """Return both moments (2, ...) after one more gradient (...)."""
    axis = (2, *[1] * gradient.ndim)
    decay = decays.reshape(axis)
    new = jnp.where(jnp.arange(2).reshape(axis) == 0, gradient, gradient**2)
    return decay * pair + (1 - decay) * new


def _is_small(leaf: Array) -> bool:
    return leaf.size <= SMALL
