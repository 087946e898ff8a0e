"""Many fits of different shapes in one process: its memory maps and its memory stay level."""

import gc
import sys
from collections import deque
from pathlib import Path

import numpy as np
from benchmarks.battery.tally import Tally
from sklearn.datasets import load_digits

from isthmus import Autoencoder

COUNT = 60
"""Fits unless another number is asked for. The bar: 1,000."""

MOST_MAPS = 20_000
"""Of the 65,530 that Linux allows; 128 programs take about 6,000."""

MOST_MEGABYTES = 3_000
"""Resident, whatever the number of fits: what a process of 1,000 fits took 27 GB for."""

EVERY = 20
"""Fits between two lines of output."""


def run(count: int | None, kind: str | None, seed: int) -> Tally:
    """Fit and encode ``count`` times, each with other widths."""
    del kind
    tally = Tally()
    x = load_digits().data[:100].astype(np.float32)
    recent: deque[int] = deque(maxlen=2)
    for i in range(count or COUNT):
        estimator = Autoencoder(2, hidden=(5 + i,), epochs=1, random_state=seed)
        codes = estimator.fit(x).transform(x)
        maps, megabytes = memory_maps(), resident()
        fault = None
        if not np.isfinite(codes).all():
            fault = f"fit {i}: codes that are not finite"
        elif maps > MOST_MAPS or megabytes > MOST_MEGABYTES:
            fault = f"fit {i}: {maps} memory maps, {megabytes} MB"
        tally.add("soak", fault)
        if i % EVERY == 0:
            gc.collect()
            recent.append(megabytes)
            sys.stdout.write(f"fit {i}: {maps} memory maps, {megabytes} MB\n")
            sys.stdout.flush()
    return tally


def memory_maps() -> int:
    """Return how many memory maps this process has."""
    return Path("/proc/self/maps").read_bytes().count(b"\n")


def resident() -> int:
    """Return the resident memory of this process in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS"))
