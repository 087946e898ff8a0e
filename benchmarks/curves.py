"""How the time of an epoch grows: with the batch, the width, and the number of examples.

    python -m benchmarks.curves [--out docs/images/scaling-curves.png] [--turns 5]

One dense autoencoder, 784-128-64-2, one of its sizes changed at a time; isthmus, the tuned PyTorch
loop and Keras on JAX in turn, the least time of each.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import matplotlib.pyplot as plt
from benchmarks.turns import Timing, take_turns
from benchmarks.workloads import WORKLOADS, Workload

BASE = replace(WORKLOADS["dense-64"], examples=10_000)
PEERS = ("isthmus", "torch-tuned", "keras-jax")


@dataclass(frozen=True)
class Curve:
    """One size that grows."""

    label: str
    values: tuple[int, ...]
    change: Callable[[int], Workload]


CURVES = (
    Curve("examples in a batch", (16, 64, 256, 1024), lambda b: replace(BASE, batch_size=b)),
    Curve(
        "width of the first hidden layer",
        (32, 128, 512, 1024),
        lambda w: replace(BASE, widths=(784, w, 64, 2)),
    ),
    Curve("examples", (2_500, 10_000, 40_000), lambda n: replace(BASE, examples=n)),
)


def main() -> None:
    """Measure, print and draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("docs/images/scaling-curves.png"))
    parser.add_argument("--turns", type=int, default=5)
    options = parser.parse_args()
    figure, axes = plt.subplots(1, len(CURVES), figsize=(11, 3.4), layout="constrained")
    print("| size | value | " + " | ".join(f"{name}, s" for name in PEERS) + " |")
    print("| --- " * (2 + len(PEERS)) + "|")
    for axis, curve in zip(axes, CURVES, strict=True):
        times: dict[str, list[float]] = {name: [] for name in PEERS}
        for value in curve.values:
            results = take_turns(PEERS, curve.change(value), options.turns)
            for name, result in results.items():
                assert isinstance(result, Timing), result
                times[name].append(min(result.turns))
            row = " | ".join(f"{times[name][-1]:.3f}" for name in PEERS)
            print(f"| {curve.label} | {value} | {row} |", flush=True)
        for name in PEERS:
            axis.loglog(curve.values, times[name], marker="o", label=name)
        axis.set_xlabel(curve.label)
        axis.grid(alpha=0.3, which="both")
    axes[0].set_ylabel("seconds an epoch")
    axes[0].legend(frameon=False)
    figure.savefig(options.out, dpi=120)


if __name__ == "__main__":
    main()
