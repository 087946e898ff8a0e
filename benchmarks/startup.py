"""The first second: importing isthmus, and `isthmus fit digits` as a process.

    python -m benchmarks.startup [--repetitions 5] [--before CHECKOUT]

Importing is compared with JAX, Equinox and scikit-learn's base alone, on which every estimator
stands; the fit with that of another checkout, where one is given. The programs take turns.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

BASE = "import jax, equinox, sklearn.base"
OURS = "import isthmus; isthmus.Autoencoder"
FIT, BEFORE = "isthmus fit digits", "isthmus fit digits, before"
COMPARED = {OURS: BASE, FIT: BEFORE}
"""What each process is compared with."""


def seconds(command: list[str], source: Path | None = None) -> float:
    """Return how long a process takes; isthmus is imported from ``source``, where one is given."""
    environment = os.environ if source is None else {**os.environ, "PYTHONPATH": str(source)}
    begun = time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def fit(source: Path | None) -> float:
    """Return how long `isthmus fit digits` takes."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["-m", "isthmus", "fit", "digits", "--quiet", "--out", f"{folder}/run"]
        return seconds([sys.executable, *command], source)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--before", type=Path, help="another checkout, whose fit takes turns")
    options = parser.parse_args()
    runs = {
        BASE: lambda: seconds([sys.executable, "-c", BASE]),
        OURS: lambda: seconds([sys.executable, "-c", OURS]),
        FIT: lambda: fit(None),
    }
    if options.before is not None:
        runs[BEFORE] = lambda: fit(options.before / "src")
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(options.repetitions):
        for name, run in runs.items():
            times[name].append(run())
    print("| process | s (best) | compared with | ratio of minima | median |")
    print("| --- " * 5 + "|")
    for name, taken in times.items():
        other = times.get(COMPARED.get(name, ""))
        ratios = "| | | |"
        if other is not None:
            pairs = np.median(np.array(taken) / np.array(other))
            ratios = f"| {COMPARED[name]} | {min(taken) / min(other):.2f} | {pairs:.2f} |"
        print(f"| `{name}` | {min(taken):.2f} {ratios}")


if __name__ == "__main__":
    main()
