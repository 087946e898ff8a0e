"""Several trainings as one program: models of one shape, side by side under ``jax.vmap``."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from isthmus.engine.compiled import compile_ahead, compile_run, is_array
from isthmus.engine.feed import Block, Feed, aligned_empty, steps_of_block
from isthmus.engine.ledger import Ledger, check_finite
from isthmus.engine.loop import (
    Clock,
    Sent,
    State,
    begin_parts,
    evaluate_steps,
    one_behind,
    run_steps,
    with_numbers_of,
)
from isthmus.engine.optimiser import Optimiser
from isthmus.engine.records import Trained
from isthmus.errors import NonFiniteLossError
from isthmus.model import Model, partition
from isthmus.typing import Array, Float, PRNGKeyArray

T = TypeVar("T")

SHORTEST_BLOCK = 16
"""A block has at least so many steps, where they are not too large: it is gathered lane by lane."""

Outcome = Trained | NonFiniteLossError
"""A training's end: what it gave, or why it gave nothing."""


@dataclass(frozen=True)
class Lane:
    """One of several trainings; the parameters are those of `isthmus.engine.train`.

    Parameters
    ----------
    model, optimiser, feed, validation, seed
        Where to start, how to move, the training part, the held-out part or None, every draw.
    """

    model: Model
    optimiser: Optimiser
    feed: Feed
    validation: Feed | None
    seed: int


def shape_of(lane: Lane) -> Any:
    """Return what lanes must have in common to be trained together; hashable."""
    leaves, structure = jax.tree.flatten((partition(lane.model), lane.optimiser))
    sizes = tuple(
        (np.shape(leaf), str(jnp.result_type(leaf))) if eqx.is_array_like(leaf) else leaf
        for leaf in leaves
    )
    held_out = None if lane.validation is None else (len(lane.validation.x), lane.validation.dtype)
    return structure, sizes, lane.feed.batch_size, len(lane.feed.x), lane.feed.dtype, held_out


def train_together(
    lanes: Sequence[Lane],
    *,
    epochs: int,
    patience: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> Iterator[tuple[int, Outcome]]:
    """Train several models as one program, each as `isthmus.engine.train` would, to rounding.

    A lane that has stopped costs nothing more once half of those that run have stopped: the
    program then goes on with the others alone.

    Parameters
    ----------
    lanes
        Equal in `shape_of`.
    epochs
        At most so many.
    patience
        As of `isthmus.engine.train`.
    on_progress
        Told how many steps, of how many, are done.

    Yields
    ------
    (place, outcome)
        As each lane ends: its place in ``lanes``, and what training gave. A lane whose loss is not
        finite ends alone, with the error.
    """
    start = time.perf_counter()
    steps_per_epoch = lanes[0].feed.steps_per_epoch
    total = epochs * steps_per_epoch
    judged = lanes[0].validation is not None
    running = _Running(lanes, epochs)
    if judged:
        running.judge(0)
    for end in range(steps_per_epoch, total + 1, steps_per_epoch) if judged else [total]:
        for logs, first, steps in running.blocks(end):
            if judged and first + steps == end:
                running.judge(end // steps_per_epoch)
            seconds = (time.perf_counter() - start) / len(lanes)
            for place, error in running.note(logs, first, steps, seconds):
                yield place, error
            if on_progress is not None:
                on_progress(first + steps, total)
        stopped = [place for place in running.active if running.ledgers[place].is_out_of(patience)]
        for place in stopped:
            yield place, running.end(place, patience > 0, "patience")
        if not running.active:
            return
        running.close_ranks()
    for place in list(running.active):
        yield place, running.end(place, patience > 0, "finished")


class _Running:
    """Trainings that run together: their states stacked on the device, their ledgers beside.

    ``rows`` are the lanes that the program computes, by place; ``active`` those of them whose
    results still count.
    """

    def __init__(self, lanes: Sequence[Lane], epochs: int):
        self.lanes = lanes
        self.ledgers = [Ledger(epochs, lane.feed) for lane in lanes]
        self.rows = list(range(len(lanes)))
        self.active = list(range(len(lanes)))
        self.held_out = [lane.validation for lane in lanes if lane.validation is not None]
        self.rooms = _rooms([lane.feed for lane in lanes])
        self.judged_rooms = _rooms(self.held_out) if self.held_out else []
        optimisers = _stack([lane.optimiser.traced() for lane in lanes])
        parts = _stack([partition(lane.model) for lane in lanes])
        self.state: State = _begin_lanes(optimisers, *parts)
        self.given: tuple[Optimiser, Clock] = (optimisers, _clocks(lanes, epochs))
        self.best: tuple[Model, Model] | None = None
        self.done = 0

    def blocks(self, end: int) -> Iterator[tuple[dict[str, np.ndarray], int, int]]:
        """Run steps up to ``end``; yield (logs (rows, steps), first step, steps) of each block."""
        yield from one_behind(self._sent(end))

    def _sent(self, end: int) -> Iterator[Sent]:
        feeds = [self.lanes[place].feed for place in self.rows]
        for block in _stacked_blocks(feeds, self.rooms, self.done, end):
            first, steps = self.done, int(block.steps)
            self.state, logs = _run_lanes((block, *self.given), self.state)
            self.done += steps
            yield logs, first, steps

    def judge(self, epoch: int) -> None:
        """Take every lane's validation loss; keep the weights of those that have their least."""
        feeds = [self.held_out[place] for place in self.rows]
        sums = np.zeros((2, len(self.rows)))
        now = (self.state.parameters, self.state.rest)
        for block in _stacked_blocks(feeds, self.judged_rooms, 0, feeds[0].steps_per_epoch):
            sums += np.asarray(_evaluate_lanes(block, self.given[1].key, *now))
        losses = sums[0] / sums[1]
        better = np.array(
            [self.ledgers[place].judge(epoch, loss) for place, loss in self._with(losses)]
        )
        self.best = _select(jnp.asarray(better), now, now if self.best is None else self.best)

    def note(
        self, logs: dict[str, np.ndarray], first: int, steps: int, seconds: float
    ) -> Iterator[tuple[int, NonFiniteLossError]]:
        """Enter the logs; yield the lanes that end here because their loss is not finite."""
        for row, place in enumerate(self.rows):
            if place not in self.active:
                continue
            own = {name: values[row] for name, values in logs.items()}
            try:
                check_finite(own, first, self.lanes[place].feed)
            except NonFiniteLossError as error:
                self.active.remove(place)
                yield place, error
            else:
                self.ledgers[place].note(own, first, steps, seconds)

    def end(self, place: int, chooses: bool, reason: str) -> Trained:
        """Take a lane out of those that count; return what it came to."""
        self.active.remove(place)
        row, ledger, lane = self.rows.index(place), self.ledgers[place], self.lanes[place]
        state: State = _row(self.state, row)
        chosen = None if self.best is None or not chooses else _row(self.best, row)
        kept = (state.parameters, state.rest) if chosen is None else chosen
        epoch = len(ledger.records) if chosen is None else ledger.best_epoch
        model = with_numbers_of(lane.model, eqx.combine(*kept))
        seconds = ledger.records[-1].seconds if ledger.records else 0.0
        return Trained(model, state, ledger.records, epoch, reason, seconds)

    def close_ranks(self) -> None:
        """Go on with the lanes that count alone, once they are half of those that run."""
        if 2 * len(self.active) > len(self.rows):
            return
        kept = np.array([self.rows.index(place) for place in self.active])
        self.state, self.given = _row(self.state, kept), _row(self.given, kept)
        self.best = _row(self.best, kept)
        self.rows = list(self.active)

    def _with(self, values: np.ndarray) -> Iterator[tuple[int, float]]:
        return zip(self.rows, map(float, values), strict=True)


def _clocks(lanes: Sequence[Lane], epochs: int) -> Clock:
    steps = jnp.array([lane.feed.steps_per_epoch for lane in lanes], jnp.int32)
    keys = jax.vmap(jax.random.key)(jnp.array([lane.seed for lane in lanes]))
    return Clock(steps, epochs * steps, keys)


@compile_ahead
def _begin_lanes(optimisers: Optimiser, parameters: Model, rest: Model) -> State:
    given = (optimisers, parameters, rest)
    return eqx.filter_vmap(begin_parts, in_axes=eqx.if_array(0))(*given)


@compile_run
def _run_lanes(
    given: tuple[Block, Optimiser, Clock], state: State
) -> tuple[State, dict[str, Float[Array, "L S"]]]:
    axes = (_block_axes(given[0]), eqx.if_array(0), eqx.if_array(0))
    return eqx.filter_vmap(run_steps, in_axes=(axes, eqx.if_array(0)))(given, state)


@compile_ahead
def _evaluate_lanes(
    block: Block, key: PRNGKeyArray, parameters: Model, rest: Model
) -> tuple[Float[Array, " L"], Float[Array, " L"]]:
    axes = (_block_axes(block), 0, eqx.if_array(0), eqx.if_array(0))
    return eqx.filter_vmap(evaluate_steps, in_axes=axes)(block, key, parameters, rest)


def _block_axes(block: Block) -> Block:
    return Block(0, None if block.target is None else 0, 0, None)  # pyright: ignore[reportArgumentType]


def _rooms(feeds: Sequence[Feed]) -> list[np.ndarray]:
    """Return two rooms (L, S, B, D) for the examples of as many feeds."""
    first = feeds[0]
    steps = steps_of_block(len(feeds) * first.batch_bytes, SHORTEST_BLOCK)
    shape = (len(feeds), steps, first.batch_size, first.features)
    return [aligned_empty(shape, first.dtype) for _ in range(2)]


def _stacked_blocks(
    feeds: Sequence[Feed], rooms: Sequence[np.ndarray], first: int, last: int
) -> Iterator[Block]:
    """Yield blocks whose arrays (L, S, B, ...) are those of every feed, in the rooms by turns."""
    each = [
        feed.blocks(first, last, [room[row] for room in rooms]) for row, feed in enumerate(feeds)
    ]
    for parts, room in zip(zip(*each, strict=True), cycle(rooms), strict=False):
        on_host = isinstance(parts[0].x, np.ndarray)
        x = room[: len(feeds)] if on_host else jnp.stack([part.x for part in parts])
        target = None if parts[0].target is None else np.stack([part.target for part in parts])
        yield Block(x, target, np.stack([part.weights for part in parts]), parts[0].steps)


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
def _select(better: Float[Array, " L"], new: T, old: T) -> T:
    """Return, for every lane, the new tree where it is better and else the old."""

    def choose(a: Any, b: Any) -> Any:
        if not eqx.is_array(a):
            return a
        return jnp.where(better.reshape(-1, *[1] * (a.ndim - 1)), a, b)

    return jax.tree.map(choose, new, old)
