"""The training loop, the host's side of training: blocks, validation, checkpoints, callbacks."""

import time
from collections.abc import Iterator, Sequence

import equinox as eqx
import jax
import jax.numpy as jnp

from isthmus.engine.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from isthmus.engine.devices import Devices
from isthmus.engine.feed import Feed
from isthmus.engine.history import TrainingHistory, check_losses
from isthmus.engine.interrupt import Interruptible
from isthmus.engine.optimiser import Optimiser
from isthmus.engine.pipeline import Logged, Sent, one_behind
from isthmus.engine.records import (
    Callback,
    EpochRecord,
    HearsProgress,
    HearsStart,
    Trained,
)
from isthmus.engine.steps import (
    Clock,
    State,
    begin,
    copy_arrays,
    evaluate_block,
    run_block,
    with_numbers_of,
)
from isthmus.model import Model


def train(
    model: Model,
    optimiser: Optimiser,
    feed: Feed,
    *,
    epochs: int,
    seed: int,
    validation: Feed | None = None,
    patience: int = 0,
    callbacks: Sequence[Callback | HearsProgress | HearsStart] = (),
    checkpoint: Checkpoint | None = None,
    state: State | None = None,
    devices: Devices | None = None,
) -> Trained:
    """Train a model.

    Parameters
    ----------
    model, optimiser, feed
        The initial weights, how they move, and the batches of the training set.
    epochs
        Maximum number of epochs.
    seed
        Decides every draw; the order of examples is the feed's.
    validation
        The validation set's feed: its loss is computed before the first epoch and after each, under
        the same noise each time.
    patience
        Stop after this many epochs without a lower validation loss, and return the weights that had
        the lowest; 0 never stops, and returns the last.
    callbacks
        Called with an `EpochRecord` per epoch; a `HearsProgress` also hears of steps, and a
        `HearsStart` of the initial model.
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
    run = _Training(model, optimiser, feed, validation, epochs, seed, state, devices)
    if checkpoint is not None and checkpoint.resume:
        run.restore(checkpoint)
    for callback in callbacks:
        if isinstance(callback, HearsStart):
            callback.on_start(model, feed.x)
    stop_reason = _run_epochs(run, feed, patience, callbacks, checkpoint, start)
    return run.finish(patience > 0, stop_reason, start)


def _run_epochs(
    run: "_Training",
    feed: Feed,
    patience: int,
    callbacks: Sequence[Callback | HearsProgress | HearsStart],
    checkpoint: Checkpoint | None,
    start: float,
) -> str:
    """Train until the last epoch or a reason to stop, which is returned."""
    listeners = [callback for callback in callbacks if isinstance(callback, HearsProgress)]
    watchers = [callback for callback in callbacks if callable(callback)]
    with Interruptible() as interrupt:
        if run.validation is not None and run.best is None:
            run.validate()
        for logs, first, steps in run.blocks(bool(watchers or checkpoint), patience):
            check_losses(logs, first, feed)
            if interrupt.requested:
                return "interrupted"
            for listener in listeners:
                listener.on_progress(first + steps, run.total_steps)
            if run.validation is not None and (first + steps) % feed.steps_per_epoch == 0:
                run.validate()
            finished = run.history.add_steps(logs, first, steps, time.perf_counter() - start)
            if not finished:
                continue
            if checkpoint is not None and len(run.history.records) % checkpoint.every == 0:
                run.save(checkpoint)
            if _asked_to_stop(watchers, finished):
                return "callback"
    return "patience" if run.history.is_out_of(patience) else "finished"


class _Training:
    """One training as it stands: the state on the device, the history on the host."""

    def __init__(
        self,
        model: Model,
        optimiser: Optimiser,
        feed: Feed,
        validation: Feed | None,
        epochs: int,
        seed: int,
        state: State | None,
        devices: Devices | None,
    ):
        self.model, self.devices = model, devices
        self.optimiser = optimiser.traced()
        self.feed, self.validation = feed, validation
        self.buffers = feed.buffers()
        self.validation_buffers = [] if validation is None else validation.buffers()
        self.state = begin(model, self.optimiser) if state is None else copy_arrays(state)
        self.first_step = int(self.state.step)  # the state counts all, also those of earlier runs
        self.total_steps = epochs * feed.steps_per_epoch
        self.clock = Clock(
            jnp.asarray(feed.steps_per_epoch, jnp.int32),
            jnp.asarray(self.first_step + self.total_steps, jnp.int32),
            jax.random.key(seed),
        )
        self.history = TrainingHistory(epochs, feed)
        self.run_block, self.evaluate_block = run_block, evaluate_block
        if devices is not None:
            self.run_block, self.evaluate_block = devices.run_block, devices.evaluate_block
        self.best: tuple[Model, Model] | None = None

    def blocks(self, watched: bool, patience: int) -> Iterator[Logged]:
        """Run blocks of steps; yield (logs by name (steps,), first step, steps) of each.

        The host gathers and sends a block while the device computes the one before, whose logs it
        reads after that. Unless somebody watches, a block may span several epochs.
        """
        spe = self.feed.steps_per_epoch
        first = len(self.history.records) * spe
        ends = (
            range(first + spe, self.total_steps + 1, spe)
            if watched or self.validation is not None
            else [self.total_steps]
        )
        for end in ends:
            if self.history.is_out_of(patience):  # a resumed run may have stopped so already
                return
            yield from one_behind(self._sent(first, end))
            first = end

    def _sent(self, first: int, end: int) -> Iterator[Sent]:
        for block in self.feed.blocks(first, end, self.buffers):
            self.state, logs = self.run_block((block, self.optimiser, self.clock), self.state)
            yield logs, first, int(block.steps)
            first += int(block.steps)

    def validate(self) -> None:
        """Compute the validation loss of the state; keep the weights if it is the lowest so far."""
        assert self.validation is not None
        total, weight = 0.0, 0.0
        last = self.validation.steps_per_epoch
        for block in self.validation.blocks(0, last, self.validation_buffers):
            arguments = (block, self.clock.key, self.state.parameters, self.state.rest)
            block_total, block_weight = self.evaluate_block(*arguments)
            total, weight = total + float(block_total), weight + float(block_weight)
        epoch = (int(self.state.step) - self.first_step) // self.feed.steps_per_epoch
        if self.history.add_validation(epoch, total / weight):
            self.best = copy_arrays((self.state.parameters, self.state.rest))

    def save(self, checkpoint: Checkpoint) -> None:
        """Keep the state, with the best weights so far, in the checkpoint's folder."""
        kept = (self.state, self._best_or_now())
        save_checkpoint(checkpoint, kept, self.history.records, self.history.best_epoch)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on from the newest checkpoint, if there is one."""
        found = load_checkpoint(checkpoint, (self.state, self._best_or_now()))
        if found is None:
            return
        (self.state, best), self.history.records, self.history.best_epoch = found
        if self.validation is not None:
            self.best, self.history.best_loss = best, self.history.records[-1].best_loss

    def finish(self, early_stopping: bool, stop_reason: str, start: float) -> Trained:
        """Return the outcome, with the best weights if asked for or if training was cut short."""
        chosen = self.best if early_stopping or stop_reason == "interrupted" else None
        kept = (self.state.parameters, self.state.rest) if chosen is None else chosen
        last, records = self.state, self.history.records
        if self.devices is not None:
            kept, last = self.devices.bring_home((kept, last))
        trained = with_numbers_of(self.model, eqx.combine(*kept))
        best_epoch = len(records) if chosen is None else self.history.best_epoch
        seconds = time.perf_counter() - start
        return Trained(trained, last, records, best_epoch, stop_reason, seconds)

    def _best_or_now(self) -> tuple[Model, Model]:
        return self.best if self.best is not None else (self.state.parameters, self.state.rest)


def _asked_to_stop(callbacks: Sequence[Callback], records: list[EpochRecord]) -> bool:
    """Show every callback every record; tell whether one of them asked to stop."""
    answers = [callback(record) for record in records for callback in callbacks]
    return any(answers)
