"""Codes of 1,000,000 examples: isthmus's ``transform`` beside PyTorch and Keras.

    python -m benchmarks.encode [--repetitions 5]

784-128-64-2, single precision, 50,000 examples twenty times over; each peer in a process of its
own, in turn. PyTorch runs batches of 4,096 without gradients, Keras ``predict`` with as many.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from benchmarks.workloads import WORKLOADS

WORKLOAD = replace(WORKLOADS["dense-64"], examples=50_000)
PASSES = 20
BATCH = 4096


def by_isthmus(x: np.ndarray) -> Callable[[], object]:
    """Return a function that encodes with isthmus."""
    from benchmarks.peers.isthmus_estimator import make

    fitted = make(WORKLOAD, 0).fit(x)
    return lambda: fitted.transform(x)


def by_torch(x: np.ndarray) -> Callable[[], object]:
    """Return a function that encodes with PyTorch."""
    import torch
    from benchmarks.peers.torch_models import build

    encoder = build(WORKLOAD).encoder.eval()
    data = torch.from_numpy(x)

    def encode() -> object:
        with torch.inference_mode():
            return torch.cat([encoder(batch) for batch in data.split(BATCH)]).numpy()

    return encode


def by_keras(x: np.ndarray) -> Callable[[], object]:
    """Return a function that encodes with Keras."""
    os.environ["KERAS_BACKEND"] = "jax"
    import keras
    from benchmarks.peers.keras_on_jax import build

    model = build(WORKLOAD)
    encoder = keras.Model(model.inputs, model.layers[len(WORKLOAD.widths) * 2 - 3].output)
    return lambda: encoder.predict(x, batch_size=BATCH, verbose=0)


WAYS = {"isthmus": by_isthmus, "torch": by_torch, "keras-jax": by_keras}
NEEDS = {"isthmus": "isthmus", "torch": "torch", "keras-jax": "keras"}
"""The module of each way; one that is not installed is left out."""


def work(name: str) -> None:
    """Encode whenever a line comes in; answer with the seconds."""
    x = WORKLOAD.load()
    encode = WAYS[name](x)
    encode()
    for _ in sys.stdin:
        begun = time.perf_counter()
        for _ in range(PASSES):
            encode()
        print(time.perf_counter() - begun, flush=True)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--work", choices=WAYS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(options.work)
        return
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    command = [sys.executable, "-m", "benchmarks.encode", "--work"]
    there = [name for name in WAYS if importlib.util.find_spec(NEEDS[name]) is not None]
    workers = {name: subprocess.Popen([*command, name], **pipes) for name in there}
    times: dict[str, list[float]] = {name: [] for name in there}
    for _ in range(options.repetitions):
        for name, worker in workers.items():
            assert worker.stdin is not None
            assert worker.stdout is not None
            worker.stdin.write("\n")
            worker.stdin.flush()
            times[name].append(float(worker.stdout.readline()))
    print("| program | examples a second (best) | isthmus over it, minima | median |")
    print("| --- " * 4 + "|")
    for name, worker in workers.items():
        worker.kill()
        pairs = np.array(times["isthmus"]) / np.array(times[name])
        rate = PASSES * WORKLOAD.examples / min(times[name])
        print(
            f"| {name} | {rate:,.0f} | {min(times['isthmus']) / min(times[name]):.3f} | "
            f"{np.median(pairs):.3f} |"
        )


if __name__ == "__main__":
    main()
