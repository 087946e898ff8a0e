"""Training on a file that is larger than memory: within how much, how fast, and to which weights.

    python benchmarks/larger_than_memory.py --gigabytes 12 --folder /tmp

writes a table of single-precision numbers as one .npy file and as a folder of Parquet, and then,
each in a process of its own whose memory is limited by the system (RLIMIT_DATA), trains on either
for an epoch and encodes it by the command line. With a smaller table (--compared, 1 GB) it also
trains from memory, and sets weights and speeds beside each other. What was written is removed.
"""

import argparse
import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

COLUMNS = 768
CHUNK = 20_000
"""Rows that are written at a time, and that a row group of Parquet has."""

FILE_CHUNKS = 16
"""Row groups of a Parquet file."""

BATCH = 256

SETTINGS = {"latent_dim": 16, "hidden": (64,), "batch_size": BATCH, "epochs": 1, "random_state": 0}
"""A small network, so that reading has little computation to hide behind."""


def main() -> None:
    """Write the tables, run every part in its own process, print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gigabytes", type=float, default=12.0, help="of the table, 10^9 bytes")
    parser.add_argument("--compared", type=float, default=1.0, help="of the one also in memory")
    parser.add_argument("--limit", type=float, default=2.0, help="memory of a process, 10^9 bytes")
    parser.add_argument("--folder", type=Path, default=Path("/tmp"))
    parser.add_argument("--rounds", type=int, default=3, help="of the comparison")
    options = parser.parse_args()
    folder = options.folder / f"larger-than-memory-{os.getpid()}"
    os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
    needed = 3.2e9 * max(options.gigabytes, options.compared)
    folder.mkdir()
    free = shutil.disk_usage(folder).free
    try:
        if free < needed:
            sys.exit(f"{needed / 1e9:.0f} GB are needed in {folder.parent}; {free / 1e9:.0f} are.")
        if options.compared:
            compare(folder / "compared", options.compared, options.rounds)
        if options.gigabytes:
            stream(folder / "large", options.gigabytes, options.limit)
    finally:
        shutil.rmtree(folder)


def compare(folder: Path, gigabytes: float, rounds: int) -> None:
    """Train on one table from memory, .npy and Parquet in turn; speeds are the best of a few."""
    npy, parquet = write(folder, gigabytes)
    kinds = {"memory": (npy, 1e12), ".npy": (npy, 0), "Parquet": (parquet, 0)}
    found: dict[str, list[dict]] = {kind: [] for kind in kinds}
    for _ in range(rounds):
        for kind, (source, held) in kinds.items():
            found[kind].append(child("train", source, held, 0))
    fastest = {kind: max(run["rate"] for run in runs) for kind, runs in found.items()}
    work = {kind: min(run["work"] for run in runs) for kind, runs in found.items()}
    weights = {run["weights"] for runs in found.values() for run in runs}
    for kind, runs in found.items():
        share = fastest[kind] / fastest["memory"]
        peak = max(run["peak"] for run in runs) / 1e9
        print(f"{gigabytes:g} GB from {kind}: {fastest[kind]:,.0f} examples a second ({share:.2f}"
              f" of memory), {1e6 * work[kind]:.1f} us of processor an example, peak {peak:.2f} GB",
              flush=True)  # fmt: skip
    print("the same weights, bit for bit" if len(weights) == 1 else f"WEIGHTS DIFFER: {weights}")
    shutil.rmtree(folder)


def stream(folder: Path, gigabytes: float, limit: float) -> None:
    """Train on a large table within a limit, and encode it."""
    npy, parquet = write(folder, gigabytes)
    for kind, source in ((".npy", npy), ("Parquet", parquet)):
        model = folder / f"{source.stem}.safetensors"
        run = child("train", source, 1e8 * limit, limit, model)
        print(f"{gigabytes:g} GB from {kind}: {run['rate']:,.0f} examples a second, opening "
              f"{run['opening']:.0f} s, a fit of one epoch {run['seconds']:.0f} s, "
              f"peak {run['peak'] / 1e9:.2f} GB", flush=True)  # fmt: skip
        run = child("encode", source, model, limit, folder / f"{source.stem}-codes.npy")
        print(
            f"isthmus encode: {run['seconds']:.0f} s, peak {run['peak'] / 1e9:.2f} GB", flush=True
        )
    same = [(folder / f"{one.stem}-codes.npy").read_bytes() for one in (npy, parquet)]
    print("the same codes from both" if same[0] == same[1] else "THE CODES DIFFER")


def write(folder: Path, gigabytes: float) -> tuple[Path, Path]:
    """Write noisy bends of a 12-dimensional normal, a chunk at a time; return (.npy, Parquet)."""
    import pyarrow as pa
    from pyarrow import parquet

    begun = time.perf_counter()
    (folder / "table").mkdir(parents=True)
    n = int(gigabytes * 1e9 / (4 * COLUMNS)) // CHUNK * CHUNK
    mixing = np.random.default_rng(0).normal(size=(12, COLUMNS)).astype(np.float32)
    names = [f"x{i}" for i in range(COLUMNS)]
    writer = None
    with (folder / "array.npy").open("wb") as out:
        about = {"descr": "<f4", "fortran_order": False, "shape": (n, COLUMNS)}
        np.lib.format.write_array_header_1_0(out, about)
        for i in range(n // CHUNK):
            rng = np.random.default_rng([1, i])
            z = rng.standard_normal((CHUNK, 12), np.float32)
            x = np.tanh(z @ mixing / 4) + 0.1 * rng.standard_normal((CHUNK, COLUMNS), np.float32)
            x.tofile(out)
            table = pa.table([pa.array(column) for column in x.T.copy()], names)
            if i % FILE_CHUNKS == 0:
                path = folder / "table" / f"{i // FILE_CHUNKS:05d}.parquet"
                writer = parquet.ParquetWriter(path, table.schema, use_dictionary=False)
            writer.write_table(table)
            if i % FILE_CHUNKS == FILE_CHUNKS - 1 or i == n // CHUNK - 1:
                writer.close()
    print(
        f"wrote {n:,} examples of {COLUMNS} twice, {time.perf_counter() - begun:.0f} s", flush=True
    )
    return folder / "array.npy", folder / "table"


def child(*arguments: object) -> dict:
    """Run a part of this file in a new process; return what it measured."""
    command = [sys.executable, __file__, "--child", *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


class Pace:
    """A callback that hears of steps alone, so that training need not pause at an epoch's end."""

    def __init__(self) -> None:
        self.heard: list[tuple[int, float, float]] = []

    def on_progress(self, done_steps: int, total_steps: int) -> None:
        """Note the time, and the processor's."""
        self.heard.append((done_steps, time.perf_counter(), time.process_time()))

    def summary(self) -> dict[str, float]:
        """Sum up from the end of the first block, when all is compiled, to the last."""
        first, last = self.heard[0], self.heard[-1]
        steps, seconds, work = (b - a for a, b in zip(first, last, strict=True))
        return {"rate": BATCH * steps / seconds, "work": work / steps / BATCH}


def train(source: str, held: str, limit: str, model: str | None = None) -> dict:
    """Fit; measure pace and peak, and sum up the weights."""
    limit_memory(float(limit))
    import jax

    from isthmus import Autoencoder, open_source

    begun = time.perf_counter()
    opened = open_source(source)
    opening = time.perf_counter() - begun
    pace = Pace()
    fitted = Autoencoder(**SETTINGS, memory_limit=float(held), callbacks=[pace])
    fitted.fit(opened.examples)
    summary = hashlib.sha256()
    for leaf in jax.tree.leaves(fitted.model_):
        summary.update(np.asarray(leaf).tobytes())
    if model is not None:
        fitted.set_params(callbacks=()).save(model)
    return {
        **pace.summary(),
        "seconds": time.perf_counter() - begun - opening,
        "opening": opening,
        "weights": summary.hexdigest(),
    }


def encode(source: str, model: str, limit: str, out: str) -> dict:
    """Encode by the command line."""
    limit_memory(float(limit))
    from isthmus.cli import main as isthmus

    begun = time.perf_counter()
    if isthmus(["encode", model, source, "--out", out, "--quiet", "--json"]):
        sys.exit("the command line failed")
    return {"seconds": time.perf_counter() - begun}


def limit_memory(gigabytes: float) -> None:
    """Refuse this process more memory of its own than so much; 0 is no limit."""
    if gigabytes:
        resource.setrlimit(resource.RLIMIT_DATA, (int(gigabytes * 1e9),) * 2)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        measured = {"train": train, "encode": encode}[sys.argv[2]](*sys.argv[3:])
        peak = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(json.dumps(measured | {"peak": peak}))
    else:
        main()
