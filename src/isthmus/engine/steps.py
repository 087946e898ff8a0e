"""One training step, and the compiled programs of a block of steps.

A step is compiled once. A block of steps runs inside one ``fori_loop`` whose length is an argument,
so another number of examples or epochs, a short last batch or another learning rate needs no other
program. This is the device's side of training; `isthmus.engine.loop` is the host's.
"""

from functools import partial
from typing import TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from isthmus.annotations import PyTree
from isthmus.engine.compiled import compile_ahead, compile_run
from isthmus.engine.feed import Block
from isthmus.engine.optimiser import Optimiser
from isthmus.model import Model, Partner, objective, partition
from isthmus.records import Context

T = TypeVar("T")

Logs = dict[str, Float[Array, " S"]]
"""The loss, its terms and the learning rate of each step of a block, by name."""

Batch = tuple[Array, Array | None, Array, Partner | None, Array | None]
"""Examples (B, D), targets, weights (B,), what they are paired with, how much they teach (B,)."""


class State(eqx.Module):
    """Where training stands.

    Parameters
    ----------
    parameters, rest
        The two parts of the model.
    optimiser_state
        Moments and the like.
    step
        Steps done.
    """

    parameters: Model
    rest: Model
    optimiser_state: PyTree
    step: Int[Array, ""]


class Clock(eqx.Module):
    """What turns a step count into epochs and progress.

    Parameters
    ----------
    steps_per_epoch, total_steps
        Both traced.
    key
        Randomness of the whole training; each step folds its count into it.
    """

    steps_per_epoch: Int[Array, ""]
    total_steps: Int[Array, ""]
    key: PRNGKeyArray


def begin(model: Model, optimiser: Optimiser) -> State:
    """Return the state before the first step."""
    return _begin(optimiser, *partition(model))


def begin_parts(optimiser: Optimiser, parameters: Model, rest: Model) -> State:
    """Return the state before the first step, from a model's parts as `partition` gives them."""
    # Copies, because the compiled program consumes the state that it is given.
    parameters, rest = jax.tree.map(_copied, (parameters, rest))
    return State(parameters, rest, optimiser.init(parameters), jnp.zeros((), jnp.int32))


_begin = compile_ahead(begin_parts)


def run_steps(inputs: tuple[Block, Optimiser, Clock], state: State) -> tuple[State, Logs]:
    """Run the steps of a block; return the state and each step's loss, terms and learning rate."""
    block, optimiser, clock = inputs
    arrays, static = eqx.partition(state, eqx.is_array)

    @partial(jax.jit, inline=True)  # so that it is traced once for both uses below
    def step(
        batch: Batch, optimiser: Optimiser, clock: Clock, arrays: PyTree
    ) -> tuple[PyTree, dict[str, Array]]:
        state, log = _step(batch, optimiser, clock, eqx.combine(arrays, static))
        return eqx.filter(state, eqx.is_array), log

    def run_step(
        i: Array, carry: tuple[PyTree, dict[str, Array]]
    ) -> tuple[PyTree, dict[str, Array]]:
        arrays, logs = carry
        arrays, log = step(_batch(block, i), optimiser, clock, arrays)
        return arrays, {name: logs[name].at[i].set(value) for name, value in log.items()}

    names = jax.eval_shape(step, _batch(block, 0), optimiser, clock, arrays)[1]
    logs = {name: jnp.zeros(len(block.weights)) for name in names}
    arrays, logs = jax.lax.fori_loop(0, block.steps, run_step, (arrays, logs))
    return eqx.combine(arrays, static), logs


run_block = compile_run(run_steps)
"""The compiled program of training."""


def evaluate_steps(
    block: Block, key: PRNGKeyArray, parameters: Model, rest: Model
) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """Return (weighted sum of the loss, sum of weights) over a block, as after training.

    Corruption and draws use ``key`` alone, so every epoch is validated under the same noise.
    """
    model = eqx.combine(parameters, rest)

    def add(i: Array, sums: tuple[Array, Array]) -> tuple[Array, Array]:
        x, target, weights, partner, supervision = _batch(block, i)
        step_key = jax.random.fold_in(key, i)
        context = Context(step_key, weights, jnp.asarray(jnp.inf), False, supervision)
        loss, _ = objective(model, x, target, context, partner)
        return sums[0] + loss * weights.sum(), sums[1] + weights.sum()

    return jax.lax.fori_loop(0, block.steps, add, (jnp.zeros(()), jnp.zeros(())))


evaluate_block = compile_ahead(evaluate_steps)
"""The compiled program of validation."""


def _batch(block: Block, i: int | Array) -> Batch:
    parts = (block.x, block.target, block.weights, block.partner, block.supervision)
    return jax.tree.map(lambda part: part[i], parts)


def _step(
    batch: Batch, optimiser: Optimiser, clock: Clock, state: State
) -> tuple[State, dict[str, Array]]:
    x, target, weights, partner, supervision = batch
    epoch = state.step / clock.steps_per_epoch
    key = jax.random.fold_in(clock.key, state.step)
    context = Context(key, weights, epoch, supervision=supervision)

    def loss_of(parameters: Model) -> tuple[Array, tuple[dict[str, Array], Model]]:
        return objective(eqx.combine(parameters, state.rest), x, target, context, partner)

    (loss, (terms, moved)), gradients = eqx.filter_value_and_grad(loss_of, has_aux=True)(
        state.parameters
    )
    progress = state.step / clock.total_steps
    parameters, optimiser_state = optimiser.update(
        gradients, state.optimiser_state, state.parameters, state.step, progress
    )
    log = {"loss": loss, **terms, "learning_rate": optimiser.rate(state.step, progress)}
    rest = _rest_of(moved, state.parameters)
    moved = State(parameters, rest, optimiser_state, state.step + 1)
    return _typed_as(state, moved), log


def _typed_as(before: State, after: State) -> State:
    """Return a state whose arrays have the types of those before, whatever JAX's default is."""

    def cast(old: PyTree, new: PyTree) -> PyTree:
        return new.astype(old.dtype) if eqx.is_array(old) and new.dtype != old.dtype else new

    return jax.tree.map(cast, before, after)


def _rest_of(model: Model, parameters: Model) -> Model:
    """Return the model without the leaves that ``parameters`` holds."""
    return jax.tree.map(
        lambda parameter, leaf: leaf if parameter is None else None,
        parameters,
        model,
        is_leaf=lambda node: node is None,
    )


def with_numbers_of(original: Model, trained: Model) -> Model:
    """Return the trained model with hyperparameters as plain numbers again."""
    return jax.tree.map(lambda old, new: new if eqx.is_array(old) else old, original, trained)


@compile_ahead
def copy_arrays(tree: T) -> T:
    """Return a tree with copies of its arrays, which survive a program that consumes the tree."""
    return jax.tree.map(_copied, tree)


def _copied(leaf: PyTree) -> PyTree:
    return jnp.copy(leaf) if eqx.is_array(leaf) else leaf
