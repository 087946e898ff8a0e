"""The floor of every workload: its matrix products alone, and the bytes that a step must move.

    python -m benchmarks.floor [WORKLOAD ...] [--turns 15]

A step of a dense model is three products a layer (two in the first: nobody wants the gradient of
the examples), here in one compiled loop and nothing else. An epoch of isthmus and one of bare
products take turns in one process. The bytes are those of parameters, gradients and Adam's two
moments, each read once, and all but the gradients written once; beside them the batch.
"""

import argparse
import contextlib
import time
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from benchmarks.peers import Stop
from benchmarks.peers.isthmus_estimator import train
from benchmarks.workloads import WORKLOADS, Workload

HEADER = (
    "| workload | GFLOP a step | MB a step | products alone, ms an epoch | isthmus over products, "
    "minima | median |\n| --- | --- | --- | --- | --- | --- |"
)


def flops(workload: Workload) -> int:
    """Return the multiplications and additions of a step's matrix products."""
    sizes = [fan_in * fan_out for fan_in, fan_out in workload.layers()]
    return 2 * workload.batch_size * (3 * sum(sizes) - sizes[0])


def bytes_moved(workload: Workload) -> int:
    """Return the bytes that a step reads or writes at least."""
    parameters = sum((fan_in + 1) * fan_out for fan_in, fan_out in workload.layers())
    return 4 * (7 * parameters + workload.batch_size * workload.widths[0])


def products(workload: Workload) -> Callable[[], object]:
    """Return a function that runs the products of an epoch, compiled."""
    weights = [jnp.asarray(weight) for weight, _ in workload.initial()]
    rng = np.random.default_rng(0)
    widths = [fan_in for fan_in, _ in workload.layers()] + [workload.widths[0]]
    inputs = [rng.standard_normal((workload.batch_size, n), np.float32) for n in widths]

    def step(i: jax.Array, sums: list[jax.Array]) -> list[jax.Array]:
        # Every operand depends on the step, and every result is used.
        nudge = sums[0][0, 0] * 0
        new = []
        for place, weight in enumerate(weights):
            x, gap = inputs[place] + nudge, inputs[place + 1][:, : weight.shape[1]] + nudge
            forward = x @ weight
            backward = gap @ weight.T if place else jnp.zeros((1, 1))
            used = forward[:1] + backward[:1, :1]
            new.append(x.T @ gap + used)
        return new

    start = [jnp.zeros_like(weight) for weight in weights]
    run = jax.jit(lambda sums: jax.lax.fori_loop(0, workload.steps, step, sums))
    return lambda: jax.block_until_ready(run(start))


def measure(workload: Workload, turns: int) -> tuple[np.ndarray, np.ndarray]:
    """Return seconds of isthmus's turns and of the products' beside them."""
    alone = products(workload)
    alone()
    ours, bare = [], []
    since = time.perf_counter()

    def turn(_: object) -> None:
        nonlocal since
        ours.append(time.perf_counter() - since)
        begun = time.perf_counter()
        for _ in range(workload.epochs_a_turn):
            alone()
        bare.append(time.perf_counter() - begun)
        if len(ours) > turns:
            raise Stop
        since = time.perf_counter()

    with contextlib.suppress(Stop):
        train(workload, workload.load(), turn)
    return np.array(ours[1:]), np.array(bare[1:])  # the first turn compiles


def main() -> None:
    """Run what the command line asks for."""
    dense = {name: w for name, w in WORKLOADS.items() if w.kind == "dense" and w.steps > 1}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workloads", nargs="*", choices=[[], *dense], metavar="WORKLOAD")
    parser.add_argument("--turns", type=int, default=15)
    options = parser.parse_args()
    print(HEADER)
    for workload in (dense[name] for name in options.workloads or dense):
        ours, bare = measure(workload, options.turns)
        print(
            f"| {workload.name} | {flops(workload) / 1e9:.3f} | {bytes_moved(workload) / 1e6:.1f} "
            f"| {1000 * bare.min():.0f} | {ours.min() / bare.min():.2f} | "
            f"{np.median(ours / bare):.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
