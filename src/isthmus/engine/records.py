"""What training reports: one record per epoch, and the outcome."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable

from isthmus.annotations import PyTree
from isthmus.data.source import Examples
from isthmus.model import Model


class EpochRecord(NamedTuple):
    """One epoch.

    Parameters
    ----------
    epoch, epochs
        Epochs done, and their maximum number.
    train_loss, validation_loss
        Nats per example. The former is the mean over the epoch while the weights moved; the latter
        is None without a validation set.
    best_epoch, best_loss
        Epoch and value of the lowest validation loss so far; epoch 0 is the start.
    terms
        Parts of the training loss by name, nats per example.
    learning_rate
        At the epoch's end; None for an optimiser that brings its own, which is not known.
    seconds
        Since training began, compilation included.
    """

    epoch: int
    epochs: int
    train_loss: float
    validation_loss: float | None
    best_epoch: int
    best_loss: float | None
    terms: Mapping[str, float]
    learning_rate: float | None
    seconds: float


Callback = Callable[[EpochRecord], bool | None]
"""Called once per epoch; True stops training."""


@runtime_checkable
class HearsProgress(Protocol):
    """A callback that also wants to hear within an epoch."""

    def on_progress(self, done_steps: int, total_steps: int) -> None:
        """Hear how many of all training steps are done."""
        ...


@runtime_checkable
class HearsStart(Protocol):
    """A callback that also wants to hear that training begins."""

    def on_start(self, model: Model, examples: Examples) -> None:
        """Hear, before the first step, of the initial model and the training set."""
        ...


@dataclass(frozen=True)
class Trained:
    """What training returns.

    Parameters
    ----------
    model
        With the best weights where early stopping was on, else the last.
    last
        The state at the end, to go on from.
    records
        One per epoch.
    best_epoch
        The epoch of ``model``; 0 is the start.
    stop_reason
        ``"finished"``, ``"patience"``, ``"callback"`` or ``"interrupted"``.
    seconds
        All of training, compilation included.
    """

    model: Model
    last: PyTree
    records: Sequence[EpochRecord]
    best_epoch: int
    stop_reason: str
    seconds: float
