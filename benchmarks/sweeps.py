"""Whole sweeps: many models as one program, against the same models one after another.

    python -m benchmarks.sweeps letters [--repetitions 3]
    python -m benchmarks.sweeps mnist [--repetitions 3]

``letters``: 32 models of the bitmap letters (8 seeds, 4 learning rates; 35-32-24-16-2 mirrored,
2,000 epochs) by `isthmus.Sweep`, against tuned PyTorch, of which one run is timed and counted 32
times. ``mnist``: 7 code sizes, 5 seeds, 784-128-64-d mirrored, 20,000 images, one epoch at batch
64: together, in turn, and in two processes.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from benchmarks.peers.isthmus_estimator import make
from benchmarks.turns import Peer
from benchmarks.workloads import WORKLOADS

import isthmus

LETTERS = WORKLOADS["letters"]
MNIST = WORKLOADS["dense-64"]
RATES = [1e-3, 2e-3, 3e-3, 5e-3]
SIZES = [2, 5, 10, 15, 20, 25, 30]


def seconds(run: Callable[[], object]) -> float:
    """Return how long a run takes."""
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def letters(repetitions: int) -> None:
    """Print the time of 32 models by one sweep and by tuned PyTorch in turn."""
    x = LETTERS.load()
    estimator = make(LETTERS, LETTERS.epochs_a_turn)
    sweep = isthmus.Sweep(
        estimator, {"learning_rate": RATES}, seeds=8, validation_fraction=0.1, refit=False
    )
    sweep.fit(x)  # compiles, and measures once whether to run together
    peer = Peer("torch-tuned", LETTERS)
    ours, theirs = [], []
    for _ in range(repetitions):
        ours.append(seconds(lambda: sweep.fit(x)))
        peer.turn()
        theirs.append(len(RATES) * 8 * peer.timing.turns[-1])
    peer.end()
    report("32 letters models, isthmus.Sweep", "32 runs of tuned PyTorch", ours, theirs)


def mnist(repetitions: int) -> None:
    """Print the time of 35 models by every strategy."""
    x = MNIST.load()

    def run(**settings: Any) -> float:
        sweep = isthmus.Sweep(
            make(MNIST, 1), {"latent_dim": SIZES}, seeds=5, refit=False, **settings
        )
        return seconds(lambda: sweep.fit(x))

    ways: dict[str, dict[str, Any]] = {
        "as isthmus chooses": {},
        "together": {"strategy": "together"},
        "in turn": {"strategy": "in turn"},
        "in two processes": {"strategy": "in turn", "n_jobs": 2},
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for settings in ways.values():
        run(**settings)  # compiles
    for _ in range(repetitions):
        for name, settings in ways.items():
            times[name].append(run(**settings))
    for name in list(ways)[1:]:
        report("as isthmus chooses", name, times["as isthmus chooses"], times[name])


def report(one: str, other: str, ours: list[float], theirs: list[float]) -> None:
    """Print both and their ratios."""
    pairs = np.array(ours) / np.array(theirs)
    print(
        f"{one}: {min(ours):.2f} s; {other}: {min(theirs):.2f} s; ratio of minima "
        f"{min(ours) / min(theirs):.4f}, median of pairs {np.median(pairs):.4f}",
        flush=True,
    )


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sweep", choices=("letters", "mnist"))
    parser.add_argument("--repetitions", type=int, default=3)
    options = parser.parse_args()
    {"letters": letters, "mnist": mnist}[options.sweep](options.repetitions)


if __name__ == "__main__":
    main()
