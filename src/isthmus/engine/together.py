"""Several trainings as one program: models of one shape, side by side under ``jax.vmap``."""

import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from isthmus.annotations import PyTree
from isthmus.engine.compiled import compile_ahead, compile_run, is_array
from isthmus.engine.feed import Block, Buffer, Feed, steps_of_block
from isthmus.engine.history import TrainingHistory, check_losses
from isthmus.engine.optimiser import Optimiser
from isthmus.engine.pipeline import Logged, Sent, one_behind
from isthmus.engine.records import Trained
from isthmus.engine.steps import (
    Clock,
    State,
    begin_parts,
    evaluate_steps,
    run_steps,
    with_numbers_of,
)
from isthmus.errors import NonFiniteLossError
from isthmus.model import Model, partition, trace_numbers

T = TypeVar("T")

SHORTEST_BLOCK = 16
"""Lower limit on steps per block, because the host gathers a block replica by replica."""

Outcome = Trained | NonFiniteLossError
"""A training's end: what it gave, or why it gave nothing."""


@dataclass(frozen=True)
class Replica:
    """One of several trainings; the parameters are those of `isthmus.engine.train`.

    Parameters
    ----------
    model, optimiser, feed, validation, seed
        The start, how to move, the training set, the validation set or None, and every draw.
    """

    model: Model
    optimiser: Optimiser
    feed: Feed
    validation: Feed | None
    seed: int


def shape_of(replica: Replica) -> Hashable:
    """Return what replicas must have in common to be trained together; hashable."""
    traced = trace_numbers(replica.model), replica.optimiser.traced()
    leaves, structure = jax.tree.flatten(traced)
    sizes = tuple(map(_size, leaves))
    validation = replica.validation
    validated = None if validation is None else (len(validation.x), validation.dtype)
    feed = replica.feed
    taught = (feed.width, feed.supervision is None)
    return structure, sizes, feed.batch_size, len(feed.x), feed.dtype, validated, taught


def _size(leaf: PyTree) -> Hashable:
    """Return shape and type of an array, and what else a leaf is, such as a user's own number."""
    return (np.shape(leaf), str(leaf.dtype)) if is_array(leaf) else leaf


def train_together(
    replicas: Sequence[Replica],
    *,
    epochs: int,
    patience: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> Iterator[tuple[int, Outcome]]:
    """Train several models as one program, each as `isthmus.engine.train` would, to rounding.

    Once half of the running replicas have stopped, the program goes on with the others alone, so
    that stopped replicas cost nothing more.

    Parameters
    ----------
    replicas
        Equal in `shape_of`.
    epochs
        Maximum number of epochs.
    patience
        As of `isthmus.engine.train`.
    on_progress
        Called with the steps done and all steps.

    Yields
    ------
    (place, outcome)
        As each replica ends: its place in ``replicas``, and its outcome. A replica whose loss is
        not finite ends alone, with the error.
    """
    start = time.perf_counter()
    steps_per_epoch = replicas[0].feed.steps_per_epoch
    total = epochs * steps_per_epoch
    validated = replicas[0].validation is not None
    running = _Running(replicas, epochs)
    if validated:
        running.validate(0)
    for end in range(steps_per_epoch, total + 1, steps_per_epoch) if validated else [total]:
        for logs, first, steps in running.blocks(end):
            if validated and first + steps == end:
                running.validate(end // steps_per_epoch)
            seconds = (time.perf_counter() - start) / len(replicas)
            for place, error in running.add_steps(logs, first, steps, seconds):
                yield place, error
            if on_progress is not None:
                on_progress(first + steps, total)
        for place in running.out_of(patience):
            yield place, running.end(place, patience > 0, "patience")
        if not running.active:
            return
        running.drop_stopped()
    for place in list(running.active):
        yield place, running.end(place, patience > 0, "finished")


class _Running:
    """Trainings that run together: states stacked on the device, a history each on the host.

    ``rows`` are the replicas that the program computes, by place; ``active`` those of them whose
    results still count.
    """

    def __init__(self, replicas: Sequence[Replica], epochs: int):
        self.replicas = replicas
        self.histories = [TrainingHistory(epochs, replica.feed) for replica in replicas]
        self.rows = list(range(len(replicas)))
        self.active = list(range(len(replicas)))
        self.validation = [one.validation for one in replicas if one.validation is not None]
        self.buffers = _buffers([replica.feed for replica in replicas])
        self.validation_buffers = _buffers(self.validation) if self.validation else []
        optimisers = _stack([replica.optimiser.traced() for replica in replicas])
        parts = _stack([partition(replica.model) for replica in replicas])
        self.state: State = _begin_replicas(optimisers, *parts)
        self.inputs: tuple[Optimiser, Clock] = (optimisers, _clocks(replicas, epochs))
        self.best: tuple[Model, Model] | None = None
        self.done = 0

    def blocks(self, end: int) -> Iterator[Logged]:
        """Run steps up to ``end``; yield (logs (rows, steps), first step, steps) of each block."""
        yield from one_behind(self._sent(end))

    def _sent(self, end: int) -> Iterator[Sent]:
        feeds = [self.replicas[place].feed for place in self.rows]
        for block in _stacked_blocks(feeds, self.buffers, self.done, end):
            first, steps = self.done, int(block.steps)
            self.state, logs = _run_replicas((block, *self.inputs), self.state)
            self.done += steps
            yield logs, first, steps

    def validate(self, epoch: int) -> None:
        """Compute every validation loss; keep the weights of the replicas that reach a new low."""
        feeds = [self.validation[place] for place in self.rows]
        sums = np.zeros((2, len(self.rows)))
        now = (self.state.parameters, self.state.rest)
        for block in _stacked_blocks(feeds, self.validation_buffers, 0, feeds[0].steps_per_epoch):
            sums += np.asarray(_evaluate_replicas(block, self.inputs[1].key, *now))
        losses = sums[0] / sums[1]
        better = np.array(
            [self.histories[p].add_validation(epoch, loss) for p, loss in self._with(losses)]
        )
        self.best = _select(jnp.asarray(better), now, now if self.best is None else self.best)

    def add_steps(
        self, logs: dict[str, np.ndarray], first: int, steps: int, seconds: float
    ) -> Iterator[tuple[int, NonFiniteLossError]]:
        """Enter the logs; yield the replicas that end here because their loss is not finite."""
        for row, place in enumerate(self.rows):
            if place not in self.active:
                continue
            own = {name: values[row] for name, values in logs.items()}
            try:
                check_losses(own, first, self.replicas[place].feed)
            except NonFiniteLossError as error:
                self.active.remove(place)
                yield place, error
            else:
                self.histories[place].add_steps(own, first, steps, seconds)

    def end(self, place: int, early_stopping: bool, reason: str) -> Trained:
        """Take a replica out of the active ones; return its outcome."""
        self.active.remove(place)
        row, history, replica = self.rows.index(place), self.histories[place], self.replicas[place]
        state: State = _row(self.state, row)
        chosen = None if self.best is None or not early_stopping else _row(self.best, row)
        kept = (state.parameters, state.rest) if chosen is None else chosen
        epoch = len(history.records) if chosen is None else history.best_epoch
        model = with_numbers_of(replica.model, eqx.combine(*kept))
        seconds = history.records[-1].seconds if history.records else 0.0
        return Trained(model, state, history.records, epoch, reason, seconds)

    def out_of(self, patience: int) -> list[int]:
        """Return the active replicas whose patience has run out, by place."""
        return [place for place in self.active if self.histories[place].is_out_of(patience)]

    def drop_stopped(self) -> None:
        """Go on with the active replicas alone, once they are at most half of those that run."""
        if 2 * len(self.active) > len(self.rows):
            return
        kept = np.array([self.rows.index(place) for place in self.active])
        self.state, self.inputs = _row(self.state, kept), _row(self.inputs, kept)
        self.best = _row(self.best, kept)
        self.rows = list(self.active)

    def _with(self, values: np.ndarray) -> Iterator[tuple[int, float]]:
        return zip(self.rows, map(float, values), strict=True)


def _clocks(replicas: Sequence[Replica], epochs: int) -> Clock:
    steps = jnp.array([replica.feed.steps_per_epoch for replica in replicas], jnp.int32)
    keys = jax.vmap(jax.random.key)(jnp.array([replica.seed for replica in replicas]))
    return Clock(steps, epochs * steps, keys)


@compile_ahead
def _begin_replicas(optimisers: Optimiser, parameters: Model, rest: Model) -> State:
    return eqx.filter_vmap(begin_parts, in_axes=eqx.if_array(0))(optimisers, parameters, rest)


@compile_run
def _run_replicas(
    inputs: tuple[Block, Optimiser, Clock], state: State
) -> tuple[State, dict[str, Float[Array, "R S"]]]:
    axes = (_block_axes(inputs[0]), eqx.if_array(0), eqx.if_array(0))
    return eqx.filter_vmap(run_steps, in_axes=(axes, eqx.if_array(0)))(inputs, state)


@compile_ahead
def _evaluate_replicas(
    block: Block, key: PRNGKeyArray, parameters: Model, rest: Model
) -> tuple[Float[Array, " R"], Float[Array, " R"]]:
    axes = (_block_axes(block), 0, eqx.if_array(0), eqx.if_array(0))
    return eqx.filter_vmap(evaluate_steps, in_axes=axes)(block, key, parameters, rest)


def _block_axes(block: Block) -> Block:
    arrays: Block = jax.tree.map(lambda _: 0, block)
    return arrays._replace(steps=None)  # pyright: ignore[reportArgumentType]


def _buffers(feeds: Sequence[Feed]) -> list[Buffer]:
    """Return two buffers (R, S, B, D) for the examples of R feeds."""
    first = feeds[0]
    steps = steps_of_block(len(feeds) * first.batch_bytes, SHORTEST_BLOCK)
    return [first.buffer(len(feeds), steps) for _ in range(2)]


def _stacked_blocks(
    feeds: Sequence[Feed], buffers: Sequence[Buffer], first: int, last: int
) -> Iterator[Block]:
    """Yield blocks whose arrays (R, S, B, ...) are those of every feed, in the buffers in turn."""
    each = [
        feed.blocks(first, last, [buffer.row(row) for buffer in buffers])
        for row, feed in enumerate(feeds)
    ]
    for parts, buffer in zip(zip(*each, strict=True), cycle(buffers), strict=False):
        partner = None
        if buffer.partner is not None:
            examples, targets = zip(*(part.partner for part in parts), strict=True)
            partner = _joined(examples, buffer.partner), _joined(targets)
        x, target, weights, supervision = (
            _joined([part.x for part in parts], buffer.x),
            _joined([part.target for part in parts]),
            _joined([part.weights for part in parts]),
            _joined([part.supervision for part in parts]),
        )
        yield Block(x, target, weights, parts[0].steps, partner, supervision)


def _joined(arrays: Sequence[Any], memory: np.ndarray | None = None) -> Any:
    """Stack the arrays of several feeds; those that the host gathered lie in memory already."""
    if arrays[0] is None:
        return None
    if not isinstance(arrays[0], np.ndarray):
        return jnp.stack(arrays)
    return np.stack(arrays) if memory is None else memory[: len(arrays)]


def _stack(trees: Sequence[T]) -> T:
    """Stack the arrays of trees that are otherwise equal along a new first axis."""
    arrays, static = zip(*(eqx.partition(tree, is_array) for tree in trees), strict=True)
    stacked = jax.tree.map(lambda *leaves: jnp.asarray(np.stack(leaves)), *arrays)
    return eqx.combine(stacked, static[0])


def _row(tree: T, row: int | np.ndarray) -> T:
    """Return one row of stacked trees, or the stack of several."""
    return _indexed(tree, jnp.asarray(row))


@compile_ahead
def _indexed(tree: T, row: Array) -> T:
    return jax.tree.map(lambda leaf: leaf[row] if eqx.is_array(leaf) else leaf, tree)


@compile_ahead
def _select(better: Float[Array, " R"], new: T, old: T) -> T:
    """Return, for every replica, the new tree where it is better and else the old."""

    def choose(a: PyTree, b: PyTree) -> PyTree:
        if not eqx.is_array(a):
            return a
        return jnp.where(better.reshape(-1, *[1] * (a.ndim - 1)), a, b)

    return jax.tree.map(choose, new, old)
