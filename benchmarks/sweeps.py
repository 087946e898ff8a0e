"""Whole sweeps: many models as one program, against the same models one after another.

    python -m benchmarks.sweeps letters [--repetitions 3]
    python -m benchmarks.sweeps mnist [--repetitions 3]

``letters``: 32 models of the bitmap letters (8 seeds, 4 learning rates; 35-32-24-16-2 mirrored,
2,000 epochs) by `isthmus.Sweep`, against tuned PyTorch, of which one run is timed and counted 32
times. ``mnist``: 7 code sizes, 5 seeds, 784-128-64-d mirrored, 20,000 images, one epoch at batch
64: together, in turn, and in two processes.
"""

import argparse
import tempfile
import time
from collections.abc import Callable

import numpy as np

import isthmus
from benchmarks.peers import Stop
from benchmarks.workloads import WORKLOADS, Workload

PLAIN = {
    "schedule": "constant",
    "scaling": "none",
    "start": "random",
    "penalties": (),
    "validation_fraction": 0,
    "patience": 0,
}


def seconds(run: Callable[[], object]) -> float:
    """Return how long a run takes."""
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun
