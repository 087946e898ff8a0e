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
from matplotlib.ticker import LogLocator, NullLocator

BASE = replace(WORKLOADS["dense-64"], examples=10_000)
PEERS = ("isthmus", "torch-tuned", "keras-jax")

Times = dict[str, list[float]]
"""Seconds of an epoch by peer, at every value of a curve."""


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
    print("| size | value | " + " | ".join(f"{name}, s" for name in PEERS) + " |")
    print("| --- " * (2 + len(PEERS)) + "|")
    draw([measure(curve, options.turns) for curve in CURVES], options.out)


def measure(curve: Curve, turns: int) -> Times:
    """Return the least seconds of an epoch at every value; print them."""
    times: Times = {name: [] for name in PEERS}
    for value in curve.values:
        results = take_turns(PEERS, curve.change(value), turns)
        for name, result in results.items():
            assert isinstance(result, Timing), result
            times[name].append(min(result.turns))
        row = " | ".join(f"{times[name][-1]:.3f}" for name in PEERS)
        print(f"| {curve.label} | {value} | {row} |", flush=True)
    return times


def draw(measured: list[Times], path: Path) -> None:
    """Draw every curve's times, and keep the picture."""
    figure, axes = plt.subplots(1, len(CURVES), figsize=(11, 3.4), layout="constrained")
    for axis, curve, times in zip(axes, CURVES, measured, strict=True):
        for name in PEERS:
            axis.loglog(curve.values, times[name], marker="o", label=name)
        axis.set_xticks(curve.values, [f"{value:,}" for value in curve.values])
        axis.xaxis.set_minor_locator(NullLocator())
        axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.yaxis.set_major_formatter("{x:g}")
        axis.yaxis.set_minor_formatter("")
        axis.set_xlabel(curve.label)
        axis.grid(alpha=0.3)
    axes[0].set_ylabel("seconds an epoch")
    axes[0].legend(frameon=False)
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
