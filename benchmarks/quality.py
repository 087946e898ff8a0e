"""Time to quality: what a user waits for, imports and compilation included.

    python -m benchmarks.quality [--levels 0.0090,0.0065] [--longest 400]

A dense 784-512-256-32 autoencoder of 60,000 MNIST images, until the squared error of a test pixel
is below each level. isthmus has its defaults, and is a whole process that fits for so many epochs
and no more, with its schedule: the table holds the shortest that suffices. A peer's loop has
Adam's default step and batches of 64; it is stopped after the first epoch that suffices.
"""

import argparse
import subprocess
import sys
import time

from benchmarks.turns import Peer
from benchmarks.workloads import Workload

MODEL = Workload("quality", (784, 512, 256, 32), 64, examples=60_000, judged_on="test")
PEERS = ("torch-tuned", "keras-jax")
FIT = """
import sys
import isthmus
source = isthmus.open_source("mnist")
fitted = isthmus.Autoencoder(32, hidden=(512, 256), epochs=int(sys.argv[1]), random_state=0)
fitted.fit(source.examples)
print(fitted.measure(source.test.examples[:])["mse"])
"""


def fit(epochs: int) -> tuple[float, float]:
    """Return (seconds of the whole process, test error) of isthmus."""
    begun = time.perf_counter()
    command = [sys.executable, "-c", FIT, str(epochs)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    return time.perf_counter() - begun, float(ended.stdout)


def shortest_fit(levels: list[float]) -> dict[float, tuple[int, float, float]]:
    """Return for each level the (epochs, seconds, error) of the shortest fit that is below it."""
    found: dict[float, tuple[int, float, float]] = {}
    epochs = 1
    while len(found) < len(levels):
        seconds, error = fit(epochs)
        print(f"isthmus, {epochs} epochs: {error:.5f} after {seconds:.1f} s", file=sys.stderr)
        for level in levels:
            if error < level and level not in found:
                found[level] = (epochs, seconds, error)
        epochs += 1
    return found


def follow(name: str, levels: list[float], longest: float) -> dict[float, tuple[int, float, float]]:
    """Return for each level that a peer reaches its (epochs, seconds, error)."""
    found: dict[float, tuple[int, float, float]] = {}
    peer = Peer(name, MODEL)
    timing = peer.timing
    try:
        while len(found) < len(levels):
            seconds = timing.importing + timing.first + sum(timing.turns)
            peer.measure()
            epochs = 1 + len(timing.turns)
            print(f"{name}, {epochs} epochs: {timing.error:.5f} {seconds:.1f} s", file=sys.stderr)
            for level in levels:
                if timing.error < level and level not in found:
                    found[level] = (epochs, seconds, timing.error)
            if seconds > longest:
                break
            peer.turn()
    finally:
        peer.end()
    return found


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--levels", default="0.0090,0.0065")
    parser.add_argument("--longest", type=float, default=400)
    options = parser.parse_args()
    levels = [float(level) for level in options.levels.split(",")]
    reached = {"isthmus": shortest_fit(levels)}
    for name in PEERS:
        reached[name] = follow(name, levels, options.longest)
    print("| level | program | epochs | seconds | test error | isthmus over it |")
    print("| --- | --- | --- | --- | --- | --- |")
    for level in levels:
        ours = reached["isthmus"][level][1]
        for name, found in reached.items():
            if level not in found:
                print(f"| {level} | {name} | not within {options.longest:.0f} s | | | |")
                continue
            epochs, seconds, error = found[level]
            print(
                f"| {level} | {name} | {epochs} | {seconds:.1f} | {error:.5f} | "
                f"{ours / seconds:.3f} |"
            )


if __name__ == "__main__":
    main()
