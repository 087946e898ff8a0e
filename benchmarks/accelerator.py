"""isthmus on an accelerator, beside PyTorch eager and compiled: one JSON, in eight minutes at most.

    benchmarks/accelerator.sh OUT.json
    python -m benchmarks.accelerator --out OUT.json [--seconds 480] [--only letters]

Every job is a process of its own with a limit of time. One that fails, or whose data or packages
are missing, is noted with its reason, and the others go on; the file is written after each.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PRECISIONS = {
    "f32": {"JAX_DEFAULT_MATMUL_PRECISION": "float32"},
    "bf16": {"JAX_DEFAULT_MATMUL_PRECISION": "bfloat16", "BENCHMARK_PRECISION": "bf16"},
}
"""Environments of a precision of products, for JAX and for the PyTorch loops."""

PEERS = ["isthmus", "torch-tuned", "torch-compiled"]
TURNS = 5
MODELS = 1_000
MAPPED = 20_000


def machine() -> dict[str, Any]:
    """Return what the programs run on."""
    import jax

    import isthmus

    devices = [str(device.device_kind) for device in jax.devices()]
    return {"isthmus": isthmus.__version__, "jax": jax.__version__, "devices": devices}


def compared(name: str) -> dict[str, Any]:
    """Return seconds of an epoch and errors of a workload, by peer."""
    from benchmarks.turns import PeerFailed, take_turns
    from benchmarks.workloads import WORKLOADS

    results = take_turns(PEERS, WORKLOADS[name], TURNS)
    return {
        peer: {"failed": str(one)}
        if isinstance(one, PeerFailed)
        else {"first": one.first, "turns": one.turns, "error": one.error}
        for peer, one in results.items()
    }


def letters() -> dict[str, Any]:
    """Return the seconds of a sweep of 1,000 models of the bitmap letters, 512 epochs each."""
    from benchmarks.peers.isthmus_estimator import make
    from benchmarks.workloads import WORKLOADS

    import isthmus

    x = WORKLOADS["letters"].load()
    rates = [1e-3, 2e-3, 3e-3, 5e-3]
    sweep = isthmus.Sweep(
        make(WORKLOADS["letters"], 512), {"learning_rate": rates}, seeds=MODELS // len(rates),
        validation_fraction=0.1, refit=False, strategy="together",
    )  # fmt: skip
    begun = time.perf_counter()
    sweep.fit(x)
    return {"models": MODELS, "seconds": time.perf_counter() - begun}


def placed() -> dict[str, Any]:
    """Return the seconds of a map of 20,000 images."""
    import numpy as np

    import isthmus
    from isthmus.recipes import map as mapped

    x = np.asarray(isthmus.open_source("mnist").examples[:MAPPED])
    begun = time.perf_counter()
    mapped(random_state=0, epochs=20).fit(x)
    return {"examples": len(x), "epochs": 20, "seconds": time.perf_counter() - begun}


JOBS: dict[str, Callable[[], dict[str, Any]]] = {
    "machine": machine,
    **{
        name: (lambda name=name: compared(name))
        for name in ("dense-1024", "shallow-8192", "wide-64", "convolutional", "dense-64")
    },
    "letters": letters,
    "map": placed,
}
"""By name, the most telling first: what time is left for is run."""

ONCE = ("machine",)
"""Jobs that no precision changes."""


def run(name: str, precision: str, seconds: float) -> dict[str, Any]:
    """Run a job in a process of its own; return what it printed, or why there is nothing."""
    command = [sys.executable, "-m", "benchmarks.accelerator", "--job", name]
    environment = os.environ | PRECISIONS[precision]
    try:
        ended = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return {"failed": f"not done after {seconds:.0f} s"}
    if ended.returncode:
        said = ended.stderr.strip().splitlines()
        return {"failed": said[-1] if said else f"exit code {ended.returncode}"}
    return json.loads(ended.stdout.splitlines()[-1])


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("accelerator.json"))
    parser.add_argument("--seconds", type=float, default=480)
    parser.add_argument("--only", choices=JOBS, action="append")
    parser.add_argument("--job", choices=JOBS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.job:
        print(json.dumps(JOBS[options.job]()))
        return
    end = time.monotonic() + options.seconds
    found: dict[str, Any] = {}
    for name in options.only or JOBS:
        for precision in ("f32",) if name in ONCE else PRECISIONS:
            left = end - time.monotonic()
            key = name if name in ONCE else f"{name}, {precision}"
            found[key] = run(name, precision, left) if left > 0 else {"failed": "no time left"}
            options.out.write_text(json.dumps(found, indent=1) + "\n")
            print(key, found[key], flush=True)


if __name__ == "__main__":
    main()
