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
"""Fewest steps for which each way is timed."""

LEAST_SECONDS = 0.02
"""Shortest time, in seconds, for which one replica alone is timed."""

FOLDER = "strategies"
"""Where answers are kept, a file each, so that processes that write at once lose none."""


@dataclass(frozen=True)
class Together:
    """Decides whether replicas of one shape share a program.

    Parameters
    ----------
    choice
        "auto" measures; "together" and "in turn" are answers.
    folders
        Where measured answers are kept. The first that has one decides: that of a sweep comes
        before that of all sweeps of a user, so that a sweep goes on as it began.
    """

    choice: str = "auto"
    folders: tuple[Path, ...] = ()

    def pays(self, replicas: Sequence[Replica]) -> bool:
        """Tell whether the replicas are to share a program."""
        if self.choice != "auto":
            return self.choice == "together"
        shape = repr(shape_of(replicas[0]))
        machine = (platform.processor(), os.cpu_count(), jax.__version__, jax.default_backend())
        name = digest(LEAST_SECONDS, *machine, shape, len(replicas))  # measured otherwise: unknown
        files = [folder / FOLDER / f"{name}.json" for folder in self.folders]
        known = [_read(file) for file in files]
        answer = next((one for one in known if one is not None), None)
        answer = measure(replicas) if answer is None else answer
        for file, one in zip(files, known, strict=True):
            if one is None:
                _write(file, answer)
        return answer


def _read(file: Path) -> bool | None:
    try:
        answer = read_object(file).get("together")
    except (OSError, DataError):
        return None
    return answer if isinstance(answer, bool) else None


def _write(file: Path, answer: bool) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_json(file, {"together": answer})
    except OSError:
        return  # a cache that cannot be written costs a measurement, no more


def measure(replicas: Sequence[Replica]) -> bool:
    """Time some steps of all replicas side by side, and of one alone; tell which way is faster.

    The number of steps is large enough that the start of a program, whose cost does not depend on
    it, does not decide.
    """
    short = [_shortened(replica) for replica in replicas]
    first = short[0]
    epochs = -(-STEPS // first.feed.steps_per_epoch)

    def alone() -> object:
        return train(first.model, first.optimiser, first.feed, epochs=epochs, seed=first.seed)

    while (seconds := _seconds(alone)) < LEAST_SECONDS:
        epochs *= 2
    together = _seconds(lambda: [*train_group(short, epochs=epochs, patience=0)])
    return together < seconds * len(replicas)


def _shortened(replica: Replica) -> Replica:
    """Return the replica with few examples and no validation set."""
    feed = replica.feed
    few = feed.x[: min(len(feed.x), STEPS * feed.batch_size)]
    target = None if feed.target is None else feed.target[: len(few)]
    return replace(replica, feed=Feed(few, target, feed.batch_size, feed.seed), validation=None)


def _seconds(run: Callable[[], object]) -> float:
    """Return the least time of three runs, after one that compiles."""
    run()
    times = []
    for _ in range(3):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)
