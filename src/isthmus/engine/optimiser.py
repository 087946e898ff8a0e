"""Optimisers and learning-rate schedules: Optax's, held so that equal settings share a program.

Optax builds a new closure at every call, and a compiled program is cached by the identity of the
functions in it. So the members here are made once, the learning rate is an argument of the
program, and a schedule is a function of training's progress in [0, 1], not of a step count that
another number of epochs would change.
"""

from collections.abc import Callable, Mapping
from typing import Any, Self, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float

from isthmus.annotations import PyTree
from isthmus.checks import check_between
from isthmus.engine.adam import scale_by_adam
from isthmus.errors import SettingError, unknown
from isthmus.specifications import NotInFile, Number

Moved = TypeVar("Moved")
OPTIMIZERS: dict[str, optax.GradientTransformation] = {
    "adam": scale_by_adam(),
    "adamw": optax.chain(scale_by_adam(), optax.add_decayed_weights(1e-2)),
    "nadam": optax.scale_by_adam(nesterov=True),
    "rmsprop": optax.scale_by_rms(),
    "lion": optax.scale_by_lion(),
    "sgd": optax.identity(),
}
SCHEDULES: dict[str, optax.Schedule] = {
    "constant": optax.constant_schedule(1.0),
    "cosine": optax.cosine_decay_schedule(1.0, 1),
    "warmup_cosine": optax.warmup_cosine_decay_schedule(0.1, 1.0, 0.05, 1.0),  # pyright: ignore[reportArgumentType]
    "linear": optax.linear_schedule(1.0, 0.0, 1),
    "exponential": optax.exponential_decay(1.0, 1, 0.01),
}


class Optimiser(eqx.Module):
    """How parameters move: direction by name, length by learning rate and schedule.

    Parameters
    ----------
    transformation
        A name of ``OPTIMIZERS``, or an Optax transformation, used whole: it then brings its own
        learning rate, and ``learning_rate`` and ``schedule`` are not applied.
    learning_rate
        Step length at the schedule's maximum, > 0.
    schedule
        A name of ``SCHEDULES``, or a function of the step count as Optax makes them, which is
        multiplied by ``learning_rate``.
    clip
        Maximum global norm of a gradient; None for no clipping.
    """

    transformation: str | optax.GradientTransformation = eqx.field(static=True)
    learning_rate: Number
    schedule: str | optax.Schedule = eqx.field(static=True)
    clip: Number | None

    def __check_init__(self) -> None:
        check_between("The optimiser", "learning_rate", self.learning_rate, 0, 1e3, open_low=True)
        if self.clip is not None:
            check_between("The optimiser", "gradient_clip", self.clip, 0, 1e30, open_low=True)
        _check("optimizer", self.transformation, OPTIMIZERS, optax.GradientTransformation)
        _check("schedule", self.schedule, SCHEDULES, Callable)

    def traced(self) -> Self:
        """Return it with its numbers as arrays: another value then needs no other program."""
        return jax.tree.map(lambda number: jnp.asarray(number, jnp.float32), self)

    def init(self, parameters: PyTree) -> PyTree:
        """Return the optimiser's state before the first step."""
        return self._transformation().init(eqx.filter(parameters, eqx.is_array))

    def update(
        self, gradients: PyTree, state: PyTree, parameters: Moved, step: Array, progress: Array
    ) -> tuple[Moved, PyTree]:
        """Return (moved parameters, moved state) after one step."""
        if self.clip is not None:
            norm = jnp.sqrt(sum(jnp.sum(g**2) for g in jax.tree.leaves(gradients)))
            factor = jnp.minimum(1.0, self.clip / jnp.maximum(norm, 1e-30))
            gradients = jax.tree.map(lambda g: factor * g, gradients)
        updates, state = self._moves(gradients, state, parameters)
        if isinstance(self.transformation, str):
            rate = self.rate(step, progress)
            updates = jax.tree.map(lambda u: -rate * u, updates)
        return eqx.apply_updates(parameters, updates), state

    def rate(self, step: Float[Array, ""], progress: Float[Array, ""]) -> Float[Array, ""]:
        """Return the learning rate of a step; NaN for a transformation that brings its own."""
        if not isinstance(self.transformation, str):
            return jnp.asarray(jnp.nan, jnp.float32)
        if isinstance(self.schedule, str):
            factor: Any = SCHEDULES[self.schedule](progress)
        else:
            factor = self.schedule(step)
        return self.learning_rate * factor

    def _moves(self, gradients: PyTree, state: PyTree, parameters: PyTree) -> tuple[PyTree, PyTree]:
        """Return (updates, moved state) of the transformation."""
        try:
            return self._transformation().update(gradients, state, parameters)
        except TypeError as error:
            if "required keyword-only" not in str(error):
                raise
            raise SettingError(
                "The optimizer asks for more than gradients, as optax.lbfgs asks for the loss, "
                "which differs with every batch here: take a first-order one, such as 'adam'."
            ) from error

    def _transformation(self) -> optax.GradientTransformation:
        if isinstance(self.transformation, str):
            return OPTIMIZERS[self.transformation]
        return self.transformation


def _check(what: str, value: object, table: Mapping[str, object], own: Any) -> None:
    if isinstance(value, NotInFile):
        raise SettingError(
            f"{what} is {value}: give it again before another fit, by set_params({what}=...)."
        )
    if isinstance(value, optax.MultiSteps):
        raise SettingError(
            f"{what} is optax.MultiSteps; give its gradient_transformation(), or a larger "
            "batch_size, which does the same."
        )
    if own is optax.GradientTransformation and callable(value) and not isinstance(value, own):
        name = getattr(value, "__name__", "the function")
        raise SettingError(
            f"{what} is a function that makes optimisers; give what it makes, {name}(1e-3) for "
            "instance."
        )
    if not isinstance(value, own) and (not isinstance(value, str) or value not in table):
        raise SettingError(unknown(what, value, table))
