"""Whether fits of one shape run faster side by side or in turn: measured once, then remembered."""

import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import jax

from isthmus.engine import Feed, Replica, shape_of, train
from isthmus.errors import DataError
from isthmus.estimators.fit_cache import digest
from isthmus.plainjson import read_object, write_json
from isthmus.sweep.programs import train_group

STEPS = 24
"""At least so many steps each way is timed for."""

LEAST_SECONDS = 0.02
"""And at least so long one lane alone."""

FILE = "sweep-strategies.json"


@dataclass(frozen=True)
class Together:
    """Decides whether lanes of one shape share a program.

    Parameters
    ----------
    choice
        "auto" measures; "together" and "in turn" are answers.
    folder
        Where measured answers are kept; None keeps none.
    """

    choice: str = "auto"
    folder: Path | None = None

    def pays(self, lanes: Sequence[Replica]) -> bool:
        """Tell whether the lanes are to share a program."""
        if self.choice != "auto":
            return self.choice == "together"
        shape = repr(shape_of(lanes[0]))
        machine = (platform.processor(), os.cpu_count(), jax.__version__, jax.default_backend())
        name = digest(LEAST_SECONDS, *machine, shape, len(lanes))  # measured otherwise: unknown
        known = self._known()
        if name not in known:
            known[name] = measure(lanes)
            self._remember(known)
        return known[name]

    def _known(self) -> dict[str, bool]:
        if self.folder is None:
            return {}
        try:
            found = read_object(self.folder / FILE)
        except (OSError, DataError):
            return {}
        return {name: how for name, how in found.items() if isinstance(how, bool)}

    def _remember(self, known: dict[str, bool]) -> None:
        if self.folder is None:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_json(self.folder / FILE, known)
        except OSError:
            return  # a cache that cannot be written costs a measurement, no more


def measure(lanes: Sequence[Replica]) -> bool:
    """Time some steps of all lanes side by side, and of one alone; tell which way is faster.

    So many steps that beginning, which costs the same for any number, does not decide.
    """
    short = [_shortened(lane) for lane in lanes]
    first = short[0]
    epochs = -(-STEPS // first.feed.steps_per_epoch)

    def alone() -> object:
        return train(first.model, first.optimiser, first.feed, epochs=epochs, seed=first.seed)

    while (seconds := _seconds(alone)) < LEAST_SECONDS:
        epochs *= 2
    together = _seconds(lambda: [*train_group(short, epochs=epochs, patience=0)])
    return together < seconds * len(lanes)


def _shortened(lane: Replica) -> Replica:
    """Return the lane with few examples and none held out."""
    feed = lane.feed
    few = feed.x[: min(len(feed.x), STEPS * feed.batch_size)]
    target = None if feed.target is None else feed.target[: len(few)]
    return replace(lane, feed=Feed(few, target, feed.batch_size, feed.seed), validation=None)


def _seconds(run: Callable[[], object]) -> float:
    """Return the least time of three runs, after one that compiles."""
    run()
    times = []
    for _ in range(3):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)
