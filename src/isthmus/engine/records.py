"""What training says of itself: one record an epoch, and the result of it all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, runtime_checkable

from isthmus.model import Model


class EpochRecord(NamedTuple):
    """One epoch.

    Parameters
    ----------
    epoch, epochs
        Epochs done, of how many.
    train_loss, validation_loss
        Nats an example; the former is the mean over the epoch as it went, the latter is None
        without a validation part.
    best_epoch, best_loss
        Of the least validation loss so far; epoch 0 is the start.
    terms
        Parts of the training loss by name, nats an example.
    learning_rate
        At the epoch's end.
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
    learning_rate: float
    seconds: float


Callback = Callable[[EpochRecord], bool | None]
"""Called once an epoch; True stops training."""


@runtime_checkable
class HearsProgress(Protocol):
    """A callback that also wants to hear within an epoch."""

    def on_progress(self, done_steps: int, total_steps: int) -> None:
        """Hear that so many steps of training are done."""
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
        One an epoch.
    best_epoch
        The epoch of ``model``; 0 is the start.
    stop_reason
        ``"finished"``, ``"patience"``, ``"callback"`` or ``"interrupted"``.
    seconds
        All of training, compilation included.
    """

    model: Model
    last: Any
    records: Sequence[EpochRecord]
    best_epoch: int
    stop_reason: str
    seconds: float
