"""The training loop: the only one in the project.

A step is compiled once; whole blocks of steps run inside one ``fori_loop`` whose length is an
argument, so that neither the last batch, nor another number of examples or epochs, nor another
learning rate needs another program.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from isthmus.engine.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from isthmus.engine.compiled import compile_ahead, compile_run
from isthmus.engine.feed import Block, Feed
from isthmus.engine.interrupt import Interruptible
from isthmus.engine.ledger import Ledger, check_finite
from isthmus.engine.optimiser import Optimiser
from isthmus.engine.records import Callback, EpochRecord, HearsProgress, Trained
from isthmus.model import Model, objective, partition
from isthmus.typing import Array, Context, Float, Int, PRNGKeyArray

if TYPE_CHECKING:
    from isthmus.engine.devices import Devices


Sent = tuple[dict[str, Array], int, int]
"""Logs (..., S) of a block that was sent, its first step, and how many steps of it are filled."""


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
    optimiser_state: Any
    step: Int[Array, ""]


class Clock(eqx.Module):
    """What turns a step count into epochs and progress.

    Parameters
    ----------
    steps_per_epoch, total_steps
        Both traced.
    key
        Randomness of the whole training; a step folds its count into it.
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


def train(
    model: Model,
    optimiser: Optimiser,
    feed: Feed,
    *,
    epochs: int,
    seed: int,
    validation: Feed | None = None,
    patience: int = 0,
    callbacks: Sequence[Callback | HearsProgress] = (),
    checkpoint: Checkpoint | None = None,
    state: State | None = None,
    devices: "Devices | None" = None,
) -> Trained:
    """Train a model.

    Parameters
    ----------
    model
        Where to start.
    optimiser
        How to move.
    feed
        The training part.
    epochs
        At most so many.
    seed
        Decides every draw; the order of examples is the feed's.
    validation
        The held-out part: its loss is taken after every epoch, and before the first, with the same
        noise each time.
    patience
        Stop after so many epochs without a lesser validation loss, and return the weights that had
        the least; 0 never stops, and returns the last.
    callbacks
        Called with an `EpochRecord` each epoch; one that only `HearsProgress` is told of steps.
    checkpoint
        Where to keep the state, and whether to go on from it.
    state
        Where to go on from, instead of ``model``.
    devices
        Those among which every batch is divided; None is the default one.

    Returns
    -------
    Trained

    Raises
    ------
    NonFiniteLossError
        At the first step whose loss is not finite, naming the step, the term and a remedy.
    """
    start = time.perf_counter()
    run = _Run(model, optimiser, feed, validation, epochs, seed, state, devices)
    if checkpoint is not None and checkpoint.resume:
        run.restore(checkpoint)
    listeners = [callback for callback in callbacks if isinstance(callback, HearsProgress)]
    watchers = [callback for callback in callbacks if callable(callback)]
    stop_reason = "finished"
    with Interruptible() as interrupt:
        if run.validation is not None and run.best is None:
            run.judge()
        for logs, first, steps in run.blocks(bool(watchers or checkpoint), patience):
            check_finite(logs, first, feed)
            if interrupt.requested:
                stop_reason = "interrupted"
                break
            for listener in listeners:
                listener.on_progress(first + steps, run.total_steps)
            if run.validation is not None and (first + steps) % feed.steps_per_epoch == 0:
                run.judge()
            finished = run.ledger.note(logs, first, steps, time.perf_counter() - start)
            if not finished:
                continue
            if checkpoint is not None and len(run.ledger.records) % checkpoint.every == 0:
                run.save(checkpoint)
            if _asked_to_stop(watchers, finished):
                stop_reason = "callback"
                break
    if stop_reason == "finished" and run.ledger.is_out_of(patience):
        stop_reason = "patience"
    chooses = patience > 0 or stop_reason == "interrupted"
    chosen = run.best if chooses else None
    kept = (run.state.parameters, run.state.rest) if chosen is None else chosen
    last = run.state
    if devices is not None:
        kept, last = devices.bring_home((kept, last))
    trained = with_numbers_of(model, eqx.combine(*kept))
    records = run.ledger.records
    best_epoch = run.ledger.best_epoch if chosen is not None else len(records)
    seconds = time.perf_counter() - start
    return Trained(trained, last, records, best_epoch, stop_reason, seconds)


class _Run:
    """One training, as it stands: the state on the device and the ledger on the host."""

    def __init__(
        self,
        model: Model,
        optimiser: Optimiser,
        feed: Feed,
        validation: Feed | None,
        epochs: int,
        seed: int,
        state: State | None,
        devices: "Devices | None",
    ):
        self.optimiser = optimiser.traced()
        self.feed, self.validation = feed, validation
        self.rooms = feed.rooms()
        self.judged_rooms = [] if validation is None else validation.rooms()
        self.state = begin(model, self.optimiser) if state is None else _copy(state)
        self.first_step = int(self.state.step)  # the state counts all, also those of earlier runs
        self.total_steps = epochs * feed.steps_per_epoch
        self.clock = Clock(
            jnp.asarray(feed.steps_per_epoch, jnp.int32),
            jnp.asarray(self.first_step + self.total_steps, jnp.int32),
            jax.random.key(seed),
        )
        self.ledger = Ledger(epochs, feed)
        self.run_block, self.evaluate_block = run_block, evaluate_block
        if devices is not None:
            self.run_block, self.evaluate_block = devices.run_block, devices.evaluate_block
        self.best: tuple[Model, Model] | None = None

    def blocks(
        self, watched: bool, patience: int
    ) -> Iterator[tuple[dict[str, np.ndarray], int, int]]:
        """Run blocks of steps; yield (logs by name (steps,), first step, steps) of each.

        A block is gathered and sent while the device computes the one before, whose logs are looked
        at after that. Unless somebody watches, a block may span several epochs.
        """
        spe = self.feed.steps_per_epoch
        first = len(self.ledger.records) * spe
        ends = (
            range(first + spe, self.total_steps + 1, spe)
            if watched or self.validation is not None
            else [self.total_steps]
        )
        for end in ends:
            if self.ledger.is_out_of(patience):  # also where a run that had ended so is resumed
                return
            yield from one_behind(self._sent(first, end))
            first = end

    def _sent(self, first: int, end: int) -> Iterator[Sent]:
        for block in self.feed.blocks(first, end, self.rooms):
            self.state, logs = self.run_block((block, self.optimiser, self.clock), self.state)
            yield logs, first, int(block.steps)
            first += int(block.steps)

    def judge(self) -> None:
        """Take the validation loss of the state; keep the weights if it is the least so far."""
        assert self.validation is not None
        total, weight = 0.0, 0.0
        last = self.validation.steps_per_epoch
        for block in self.validation.blocks(0, last, self.judged_rooms):
            arguments = (block, self.clock.key, self.state.parameters, self.state.rest)
            block_total, block_weight = self.evaluate_block(*arguments)
            total, weight = total + float(block_total), weight + float(block_weight)
        epoch = (int(self.state.step) - self.first_step) // self.feed.steps_per_epoch
        if self.ledger.judge(epoch, total / weight):
            self.best = _copy((self.state.parameters, self.state.rest))

    def save(self, checkpoint: Checkpoint) -> None:
        """Keep the state, with the best weights so far, in the checkpoint's folder."""
        kept = (self.state, self._best_or_now())
        save_checkpoint(checkpoint, kept, self.ledger.records, self.ledger.best_epoch)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on from the newest checkpoint, if there is one."""
        found = load_checkpoint(checkpoint, (self.state, self._best_or_now()))
        if found is None:
            return
        (self.state, best), self.ledger.records, self.ledger.best_epoch = found
        if self.validation is not None:
            self.best, self.ledger.best_loss = best, self.ledger.records[-1].best_loss

    def _best_or_now(self) -> tuple[Model, Model]:
        return self.best if self.best is not None else (self.state.parameters, self.state.rest)


def run_steps(
    given: tuple[Block, Optimiser, Clock], state: State
) -> tuple[State, dict[str, Float[Array, " S"]]]:
    """Run the steps of a block; return the state and each step's loss, terms and learning rate."""
    block, optimiser, clock = given
    arrays, static = eqx.partition(state, eqx.is_array)

    @partial(jax.jit, inline=True)  # so that it is traced once for both uses below
    def step(batch: Any, optimiser: Optimiser, clock: Clock, arrays: Any) -> tuple[Any, Any]:
        state, log = _step(batch, optimiser, clock, eqx.combine(arrays, static))
        return eqx.filter(state, eqx.is_array), log

    def run_step(i: Array, carry: tuple[Any, dict[str, Array]]) -> tuple[Any, dict[str, Array]]:
        arrays, logs = carry
        arrays, log = step(_batch(block, i), optimiser, clock, arrays)
        return arrays, {name: logs[name].at[i].set(value) for name, value in log.items()}

    names = jax.eval_shape(step, _batch(block, 0), optimiser, clock, arrays)[1]
    logs = {name: jnp.zeros(len(block.weights)) for name in names}
    arrays, logs = jax.lax.fori_loop(0, block.steps, run_step, (arrays, logs))
    return eqx.combine(arrays, static), logs


run_block = compile_run(run_steps)
"""The compiled program of training."""


def _batch(block: Block, i: int | Array) -> tuple[Array, Array | None, Array]:
    return jax.tree.map(lambda a: a[i], (block.x, block.target, block.weights))


def _step(
    batch: tuple[Array, Array | None, Array], optimiser: Optimiser, clock: Clock, state: State
) -> tuple[State, dict[str, Array]]:
    x, target, weights = batch
    epoch = state.step / clock.steps_per_epoch
    context = Context(jax.random.fold_in(clock.key, state.step), weights, epoch)

    def loss_of(parameters: Model) -> tuple[Array, tuple[dict[str, Array], Model]]:
        return objective(eqx.combine(parameters, state.rest), x, target, context)

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

    def cast(old: Any, new: Any) -> Any:
        return new.astype(old.dtype) if eqx.is_array(old) and new.dtype != old.dtype else new

    return jax.tree.map(cast, before, after)


def evaluate_steps(
    block: Block, key: PRNGKeyArray, parameters: Model, rest: Model
) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """Return (weighted sum of the loss, sum of weights) over a block, as after training.

    Corruption and draws use ``key`` alone, so that two epochs are judged on the same noise.
    """
    model = eqx.combine(parameters, rest)

    def add(i: Array, sums: tuple[Array, Array]) -> tuple[Array, Array]:
        x, target, weights = _batch(block, i)
        step_key = jax.random.fold_in(key, i)
        context = Context(step_key, weights, jnp.asarray(jnp.inf), training=False)
        loss, _ = objective(model, x, target, context)
        return sums[0] + loss * weights.sum(), sums[1] + weights.sum()

    return jax.lax.fori_loop(0, block.steps, add, (jnp.zeros(()), jnp.zeros(())))


evaluate_block = compile_ahead(evaluate_steps)
"""The compiled program of validation."""


def one_behind(sent: Iterable[Sent]) -> Iterator[tuple[dict[str, np.ndarray], int, int]]:
    """Yield the logs of blocks on the host, each once the next block has been sent.

    So the device computes while the host gathers. Of the logs (..., S) those of the block's steps
    are taken.
    """
    running: Sent | None = None
    for block in chain(sent, [None]):
        if running is not None:
            logs, first, steps = running
            yield {name: np.asarray(v)[..., :steps] for name, v in logs.items()}, first, steps
        running = block


def _asked_to_stop(callbacks: Sequence[Callback], records: list[EpochRecord]) -> bool:
    """Show every callback every record; tell whether one of them asked to stop."""
    answers = [callback(record) for record in records for callback in callbacks]
    return any(answers)


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
def _copy(tree: Any) -> Any:
    return jax.tree.map(_copied, tree)


def _copied(leaf: Any) -> Any:
    return jnp.copy(leaf) if eqx.is_array(leaf) else leaf
