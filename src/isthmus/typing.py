"""The records that pass between the slots, and what every slot has in common.

Axes are named in shapes throughout: K draws, B batch, D features, d latent, and H, W, C for
images. Costs are in nats an example: summed over features, never averaged over them.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Self

import equinox as eqx
import jax
import numpy as np
from jax.core import Tracer
from jax.typing import ArrayLike
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray, Shaped

from isthmus.errors import SettingError, unknown

__all__ = [
    "Array",
    "ArrayLike",
    "Bool",
    "Context",
    "Draw",
    "Fixed",
    "Float",
    "Int",
    "Number",
    "PRNGKeyArray",
    "Pass",
    "Shaped",
    "Spec",
    "check_between",
    "check_whole",
    "is_bare_number",
    "member_of",
]

type_number = int | float
Number = int | float | np.number | Float[Array, ""]
"""A hyperparameter: a plain number where it is written, a traced scalar inside the program."""


class Spec(eqx.Module):
    """A member of a slot, written down: frozen, comparable, a scikit-learn parameter holder.

    Its plain numbers are hyperparameters: inside the compiled program they are traced, so that
    another value needs no new program and ``jax.vmap`` reaches them. Its arrays are parameters,
    unless they are wrapped in `Fixed`. A number of NumPy, or an array without axes, is a number:
    it is stored as Python's.
    """

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if is_bare_number(value):
                object.__setattr__(self, field.name, value.item())

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the fields by name, as scikit-learn's nested parameters want them."""
        params: dict[str, Any] = {}
        for field in dataclasses.fields(self):
            name, value = field.name, getattr(self, field.name)
            params[name] = value
            if deep and isinstance(value, Spec):
                params.update({f"{name}__{key}": v for key, v in value.get_params().items()})
        return params


class Fixed(eqx.Module):
    """An array of the model that no optimiser moves: a running statistic, a mean."""

    value: Shaped[Array, "..."]


class Context(eqx.Module):
    """What a forward pass knows about the training step it belongs to.

    Parameters
    ----------
    key
        Randomness of this step.
    weights : (B,)
        Weight of each example: 1, or 0 for the rows that fill up a short last batch.
    epoch
        Epochs since the start, as a fraction; infinity when a warm-up should be over.
    training
        Whether normalisation uses the batch's own statistics, and dropout drops.
    """

    key: PRNGKeyArray
    weights: Float[Array, " B"]
    epoch: Float[Array, ""]
    training: bool = eqx.field(static=True, default=True)

    def with_key(self, key: PRNGKeyArray) -> Self:
        """Return the same step with other randomness."""
        return type(self)(key, self.weights, self.epoch, self.training)


class Draw(eqx.Module):
    """What a latent makes of the encoder's output.

    Parameters
    ----------
    z : (K, B, d)
        Codes.
    log_ratio : (K, B)
        log q(z|x) - log p(z) of each draw, nats; 0 for a code without a prior.
    kl : (B,)
        Kullback-Leibler divergence of the posterior from the prior, nats: in closed form where
        there is one, else the mean of ``log_ratio`` over the draws.
    cost : (B,)
        Whatever else the latent charges (a codebook's commitment, say), nats.
    statistics
        Further quantities by name, for diagnostics and penalties; each (B, ...).
    """

    z: Float[Array, "K B d"]
    log_ratio: Float[Array, "K B"]
    kl: Float[Array, " B"]
    cost: Float[Array, " B"]
    statistics: Mapping[str, Array]


class Pass(eqx.Module):
    """One forward pass, whole: what bounds, penalties and heads look at.

    Parameters
    ----------
    x : (B, D)
        The clean examples, scaled; under a masked likelihood missing entries are NaN.
    corrupted : (B, D)
        What the encoder saw.
    target : (B,), (B, targets) or None
        What the heads are taught, where they are: class numbers, quantities.
    h : (B, width)
        The encoder's output.
    draw
        The codes.
    x_hat : (K, B, D) or None
        The decoder's output, before the likelihood's link; None without a decoder.
    cost : (K, B)
        Negative log likelihood of ``x`` under ``x_hat``, nats.
    model
        The model, for penalties that differentiate it.
    context
        The step.
    """

    x: Float[Array, "B D"]
    corrupted: Float[Array, "B D"]
    target: Shaped[Array, "B ..."] | None
    h: Float[Array, "B width"]
    draw: Draw
    x_hat: Float[Array, "K B D"] | None
    cost: Float[Array, "K B"]
    model: Any
    context: Context


def is_bare_number(value: Any) -> bool:
    """Return whether this is a number of NumPy or JAX: known, and without axes.

    >>> is_bare_number(np.float64(0.5)), is_bare_number(np.zeros(1)), is_bare_number(0.5)
    (True, False, False)
    """
    if isinstance(value, Tracer):
        return False
    is_array = isinstance(value, np.ndarray | jax.Array)
    return (isinstance(value, np.generic) or (is_array and value.ndim == 0)) and (
        value.dtype.kind in "buif"
    )


def check_between(
    owner: str, name: str, value: Any, low: float, high: float, *, open_low: bool = False
) -> None:
    """Raise `SettingError` unless a plain number lies in [low, high]; traced values pass."""
    if isinstance(value, Array):
        return
    right_type = isinstance(value, type_number | np.number) and not isinstance(value, bool)
    if not right_type or not low <= value <= high or (open_low and value == low):
        bounds = f"{'(' if open_low else '['}{low:g}, {high:g}]"
        raise SettingError(f"{owner}: {name} is {value!r}; it must be a number in {bounds}.")


def check_whole(owner: str, name: str, value: Any, least: int) -> None:
    """Raise `SettingError` unless ``value`` is a whole number of at least ``least``."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or value < least:
        raise SettingError(
            f"{owner}: {name} is {value!r}; it must be a whole number of at least {least}."
        )


def member_of(
    what: str, value: Any, members: Mapping[str, Callable[[], Any]], kind: type, where: str
) -> Any:
    """Return the member that a name stands for, or the value itself where it is one already.

    Parameters
    ----------
    what
        What is chosen, for the sentence of a mistake.
    value
        A name, or a member.
    members
        What makes the members, by name.
    kind
        The class of them all.
    where
        The module where a user finds them.

    Raises
    ------
    SettingError
        If the name is unknown (the nearest one is suggested) or the value is no member.
    """
    if isinstance(value, str):
        if value not in members:
            raise SettingError(unknown(f"{what} called", value, members))
        return members[value]()
    if not isinstance(value, kind):
        raise SettingError(
            f"{what} is {value!r}; it must be a name ({', '.join(members)}) or a member of {where}."
        )
    return value
