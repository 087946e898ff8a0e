"""Peak resident memory of a fit, beside the data's own size.

    python -m benchmarks.memory

Each size is a process of its own, which fits 784-128-64-2 for one epoch to random numbers. The
first, of 3 MiB, shows what imports, the compiler and its program take whatever the data; it is
taken off the others.
"""

import argparse
import resource
import subprocess
import sys

import numpy as np

SIZES = ((1_000, "f4"), (20_000, "f4"), (100_000, "f4"), (300_000, "f4"), (300_000, "u1"))
MIB = 2**20


def peak() -> float:
    """Return the greatest resident memory of this process so far, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fit(examples: int, dtype: str) -> None:
    """Fit so many examples; print the peak before and after."""
    import isthmus

    rng = np.random.default_rng(0)
    x = np.empty((examples, 784), dtype)
    for start in range(0, examples, 1000):
        x[start : start + 1000] = 200 * rng.random((len(x[start : start + 1000]), 784))
    estimator = isthmus.Autoencoder(2, hidden=(128, 64), epochs=1, random_state=0)
    before = peak()
    estimator.fit(x)
    print(before, peak())


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fit", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fit:
        fit(int(options.fit[0]), options.fit[1])
        return
    print(
        "| data, MiB | type | before fitting, MiB | peak, MiB | beyond the least, over the data |"
    )
    print("| --- | --- | --- | --- | --- |")
    least = None
    for examples, dtype in SIZES:
        command = [sys.executable, "-m", "benchmarks.memory", "--fit", str(examples), dtype]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        before, after = map(float, told.split())
        size = examples * 784 * np.dtype(dtype).itemsize / MIB
        least = after if least is None else least
        print(
            f"| {size:.0f} | {np.dtype(dtype)} | {before:.0f} | {after:.0f} | "
            f"{(after - least) / size:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
