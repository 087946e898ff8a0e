"""The ledger of a training: its epochs, its best one, and whether it has waited too long."""

from collections.abc import Mapping
from operator import mul

import numpy as np

from isthmus.engine.feed import Feed
from isthmus.engine.records import EpochRecord
from isthmus.errors import NonFiniteLossError


class Ledger:
    """What a training has been so far, as it is known on the host.

    Parameters
    ----------
    epochs
        At most so many.
    feed
        The training part: it knows which examples a step holds.
    """

    def __init__(self, epochs: int, feed: Feed):
        self.epochs, self.feed = epochs, feed
        self.records: list[EpochRecord] = []
        self.best_epoch = 0
        self.best_loss: float | None = None
        self.validation_loss: float | None = None
        self._open: list[tuple[int, tuple[float, ...]]] = []  # (weight, logs) of the epoch's steps

    def judge(self, epoch: int, loss: float) -> bool:
        """Enter the validation loss after an epoch; tell whether it is the least so far."""
        self.validation_loss = loss
        better = self.best_loss is None or loss < self.best_loss
        if better:
            self.best_epoch, self.best_loss = epoch, loss
        return better

    def note(
        self, logs: Mapping[str, np.ndarray], first: int, steps: int, seconds: float
    ) -> list[EpochRecord]:
        """Enter the logs of steps; return the records of the epochs that they finished.

        Parameters
        ----------
        logs
            By name, (steps,).
        first
            Steps done before.
        steps
            How many these are.
        seconds
            Since training began.
        """
        names, finished = tuple(logs), []
        rows = zip(*(values[:steps].tolist() for values in logs.values()), strict=True)
        for i, row in enumerate(rows):
            self._open.append((self.feed.weight_of(first + i), row))
            if (first + i + 1) % self.feed.steps_per_epoch == 0:
                finished.append(self._close_epoch(names, seconds))
        return finished

    def is_out_of(self, patience: int) -> bool:
        """Tell whether the validation loss has not fallen for so many epochs; 0 is for ever."""
        judged = self.best_loss is not None
        return patience > 0 and judged and len(self.records) - self.best_epoch >= patience

    def _close_epoch(self, names: tuple[str, ...], seconds: float) -> EpochRecord:
        # Plain Python: an epoch of tiny data is one step, and arrays of one are slow.
        weights, rows = zip(*self._open, strict=True)
        whole = sum(weights)
        columns = zip(*rows, strict=True)
        sums = (sum(map(mul, weights, column)) for column in columns)
        means = dict(zip(names, (total / whole for total in sums), strict=True))
        rate = dict(zip(names, rows[-1], strict=True))["learning_rate"]
        self._open = []
        record = EpochRecord(
            epoch=len(self.records) + 1,
            epochs=self.epochs,
            train_loss=means["loss"],
            validation_loss=self.validation_loss,
            best_epoch=self.best_epoch,
            best_loss=self.best_loss,
            terms={k: v for k, v in means.items() if k not in ("loss", "learning_rate")},
            learning_rate=rate,
            seconds=seconds,
        )
        self.records.append(record)
        return record


def check_finite(logs: Mapping[str, np.ndarray], first: int, feed: Feed) -> None:
    """Raise `NonFiniteLossError` at the first step whose loss or a term of it is not finite."""
    bad = ~np.isfinite(logs["loss"])
    if not bad.any():
        return
    i = int(bad.argmax())
    guilty = [k for k, v in logs.items() if k != "loss" and not np.isfinite(v[i])]
    step = first + i
    raise NonFiniteLossError(
        f"The loss became {logs['loss'][i]} at step {step + 1} "
        f"(epoch {step // feed.steps_per_epoch + 1}), in the term "
        f"{guilty[0] if guilty else 'loss'!r}: lower the learning rate "
        f"(it is {float(logs['learning_rate'][i]):.3g}), set gradient_clip=1.0, "
        "or look for extreme values in the data."
    )
