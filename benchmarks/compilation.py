"""Seconds that tracing and compiling the training program take, by the clock.

    python -m benchmarks.compilation [WORKLOAD ...] [--repetitions 3]

Each repetition is a process of its own. The training program is the one that compiles longest; the
others of a fit (validation, the first state, encoding) are counted together.
"""

import argparse
import subprocess
import sys
from collections import defaultdict

import jax
import numpy as np
from benchmarks.peers.isthmus_estimator import make
from benchmarks.workloads import WORKLOADS

STAGES = {
    "/jax/core/compile/jaxpr_trace_duration": "tracing",
    "/jax/core/compile/jaxpr_to_mlir_module_duration": "lowering",
    "/jax/core/compile/backend_compile_duration": "compiling",
}


def fit(name: str) -> None:
    """Fit a workload for one step; print seconds of each stage, and of all other programs."""
    heard: dict[str, list[float]] = defaultdict(list)

    def hear(event: str, seconds: float, **_: object) -> None:
        if event in STAGES:
            heard[STAGES[event]].append(seconds)

    jax.monitoring.register_event_duration_secs_listener(hear)
    workload = WORKLOADS[name]
    make(workload, 1).fit(workload.load()[: workload.batch_size])
    longest = [max(heard[stage]) for stage in STAGES.values()]
    print(*longest, sum(heard["compiling"]) - longest[-1])


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workloads", nargs="*", choices=[[], *WORKLOADS], metavar="WORKLOAD")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--fit", choices=WORKLOADS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fit:
        fit(options.fit)
        return
    print("| workload | tracing, s | lowering, s | compiling, s | together | other programs, s |")
    print("| --- " * 6 + "|")
    for name in options.workloads or ("dense-64", "convolutional"):
        command = [sys.executable, "-m", "benchmarks.compilation", "--fit", name]
        told = [
            subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
            for _ in range(options.repetitions)
        ]
        trace, lower, compiled, others = np.median(np.array(told, float), axis=0)
        print(
            f"| {name} | {trace:.2f} | {lower:.2f} | {compiled:.2f} | "
            f"{trace + lower + compiled:.2f} | {others:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
