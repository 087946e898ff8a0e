"""The history of a training: its epochs, its best one, and whether patience has run out."""

from collections.abc import Mapping
from itertools import count

import numpy as np

from isthmus.engine.feed import Feed
from isthmus.engine.records import EpochRecord
from isthmus.errors import NonFiniteLossError


class TrainingHistory:
    """What the host knows of a training so far.

    Parameters
    ----------
    epochs
        Maximum number of epochs.
    feed
        The training set's; it knows which examples a step holds.
    """

    def __init__(self, epochs: int, feed: Feed):
        self.epochs, self.feed = epochs, feed
        self.records: list[EpochRecord] = []
        self.best_epoch = 0
        self.best_loss: float | None = None
        self.validation_loss: float | None = None
        self._open: tuple[float, np.ndarray | float] = (0.0, 0.0)  # examples, sums of the epoch

    def add_validation(self, epoch: int, loss: float) -> bool:
        """Enter the validation loss after an epoch; tell whether it is the lowest so far."""
        self.validation_loss = loss
        better = self.best_loss is None or loss < self.best_loss
        if better:
            self.best_epoch, self.best_loss = epoch, loss
        return better

    def add_steps(
        self, logs: Mapping[str, np.ndarray], first: int, steps: int, seconds: float
    ) -> list[EpochRecord]:
        """Enter the logs of steps; return the records of the epochs that they finished.

        Parameters
        ----------
        logs
            By name, (steps,).
        first
            Number of steps done before these.
        steps
            Number of these steps.
        seconds
            Time since training began.
        """
        names = [name for name in logs if name not in ("loss", "learning_rate")]
        table = np.array([logs[name][:steps] for name in ("loss", *names)], float)
        sizes = self.feed.sizes(first, first + steps).astype(float)
        epochs = (first + np.arange(steps)) // self.feed.steps_per_epoch
        starts = np.flatnonzero(np.diff(epochs, prepend=-1))
        examples = np.add.reduceat(sizes, starts)
        sums = np.add.reduceat(sizes * table, starts, axis=1)
        examples[0] += self._open[0]
        sums[:, 0] += self._open[1]
        done = (first + steps) // self.feed.steps_per_epoch - epochs[0]  # of these epochs
        self._open = (examples[-1], sums[:, -1]) if done < len(starts) else (0.0, 0.0)
        means = (sums[:, :done] / examples[:done]).T.tolist()
        rates = logs["learning_rate"][np.append(starts[1:], steps)[:done] - 1].tolist()
        validation = self.validation_loss, self.best_epoch, self.best_loss
        finished: list[EpochRecord] = []
        for epoch, (loss, *terms), rate in zip(count(len(self.records) + 1), means, rates):
            parts = dict(zip(names, terms, strict=True))
            known = None if np.isnan(rate) else rate
            record = EpochRecord(epoch, self.epochs, loss, *validation, parts, known, seconds)
            finished.append(record)
        self.records += finished
        return finished

    def is_out_of(self, patience: int) -> bool:
        """Tell whether the validation loss has not fallen for ``patience`` epochs; 0 never ends."""
        validated = self.best_loss is not None
        return patience > 0 and validated and len(self.records) - self.best_epoch >= patience


def check_losses(logs: Mapping[str, np.ndarray], first: int, feed: Feed) -> None:
    """Raise `NonFiniteLossError` at the first step whose loss or a term of it is not finite."""
    bad = ~np.isfinite(logs["loss"])
    if not bad.any():
        return
    i = int(bad.argmax())
    terms = {name: log for name, log in logs.items() if name not in ("loss", "learning_rate")}
    guilty = [name for name, log in terms.items() if not np.isfinite(log[i])]
    step, rate = first + i, float(logs["learning_rate"][i])
    known = "" if np.isnan(rate) else f" (it is {rate:.3g})"
    raise NonFiniteLossError(
        f"The loss became {logs['loss'][i]} at step {step + 1} "
        f"(epoch {step // feed.steps_per_epoch + 1}), in the term "
        f"{guilty[0] if guilty else 'loss'!r}: lower the learning rate{known}, set "
        "gradient_clip=1.0, "
        "or look for extreme values in the data."
    )
