"""Maps in the plane, side by side: PCA, UMAP, t-SNE, PaCMAP and isthmus on the same examples.

    python -m benchmarks.maps [mnist nist-letters digits] [--methods PCA,UMAP,isthmus] [--seeds 3]
        [--limit 10000]

Every method runs in a process of its own, whose whole time counts: imports, compilation, fitting
the training set, placing the test set. Packages that are not installed are left out. Accuracy is
that of the nearest training examples on the map, for the test set; the other measures compare the
test set's map with its examples. A source without a test set of its own keeps a quarter for it.
UMAP gets no seed, because a seed costs it its threads.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np

PREPARE = """
import sys, time
import numpy as np
x, there, seed = np.load(sys.argv[1]), sys.argv[2], int(sys.argv[3])
train, test = (x[name].reshape(len(x[name]), -1) for name in ("train", "test"))
span = float(train.max())
back = None
"""
KEEP = """
placing = time.perf_counter()
placed = place(test)
placing = time.perf_counter() - placing
error = np.nan if back is None else float(np.mean((back(test) / span - test / span) ** 2))
np.savez(there, train=fitted, test=placed, placing=placing, error=error)
"""
PROGRAMS = {
    "PCA": (
        "sklearn",
        """
from sklearn.decomposition import PCA
made = PCA(2).fit(train / span)
fitted, place = made.transform(train / span), lambda x: made.transform(x / span)
back = lambda x: span * made.inverse_transform(made.transform(x / span))
""",
    ),
    "UMAP": (
        "umap",
        """
import umap
made = umap.UMAP(n_neighbors=15, n_jobs=-1)
fitted = made.fit_transform(train / np.float32(span))
place = lambda x: made.transform(x / np.float32(span))
""",
    ),
    "parametric UMAP": (
        "tensorflow",
        """
from umap.parametric_umap import ParametricUMAP
made = ParametricUMAP(parametric_reconstruction=True)
fitted = made.fit_transform(train / np.float32(span))
place = lambda x: made.transform(x / np.float32(span))
back = lambda x: span * made.inverse_transform(place(x)).reshape(len(x), -1)
""",
    ),
    "t-SNE": (
        "openTSNE",
        """
from openTSNE import TSNE
fitted = TSNE(random_state=seed, n_jobs=-1).fit(train / span)
place = lambda x: np.asarray(fitted.transform(x / span))
""",
    ),
    "PaCMAP": (
        "pacmap",
        """
import pacmap
made = pacmap.PaCMAP(random_state=seed)
fitted = made.fit_transform(train / np.float32(span))
place = lambda x: made.transform(x / np.float32(span), basis=train / np.float32(span))
""",
    ),
    "isthmus": (
        "isthmus",
        """
from isthmus.recipes import map
made = map(random_state=seed).fit(x["train"])  # images as images: their pixels share a scale
fitted = made.transform(x["train"])
place = lambda flat: made.transform(flat.reshape(-1, *x["shape"]))
back = lambda flat: made.reconstruct(flat.reshape(-1, *x["shape"])).reshape(flat.shape)
""",
    ),
}
"""The package that a method needs, and how it makes a map."""

MEASURED = 10_000
"""Maximum number of test examples whose neighbourhoods are measured."""


def load(name: str, limit: int | None) -> dict[str, np.ndarray]:
    """Return training and test examples with their labels, and the shape of an example."""
    from sklearn.model_selection import train_test_split

    import isthmus

    source = isthmus.open_source(name)
    x, y = np.asarray(source.examples[:]), np.asarray(source.labels)
    if source.test is None:
        parts = train_test_split(x, y, test_size=0.25, random_state=0, stratify=y)
    else:
        parts = (x, source.test.examples[:], y, source.test.labels)
    train, test, labels, test_labels = (np.asarray(part) for part in parts)
    if limit is not None and limit < len(train):
        kept = np.sort(np.random.default_rng(0).choice(len(train), limit, replace=False))
        train, labels = train[kept], labels[kept]
    shape = np.asarray(train.shape[1:])
    return {"train": train, "test": test, "y": labels, "y_test": test_labels, "shape": shape}


Kept = dict[str, np.ndarray]
"""Codes of both parts, the seconds of placing, and the error of the reconstruction."""


def run(method: str, examples: Path, seed: int, folder: Path) -> tuple[float, Kept]:
    """Return the seconds of the whole process, and what it kept."""
    there = folder / f"{method}-{seed}.npz"
    program = PREPARE + PROGRAMS[method][1] + KEEP
    command = [sys.executable, "-W", "ignore", "-c", program, str(examples), str(there), str(seed)]
    begun = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - begun, dict(np.load(there))


def row(data: dict[str, np.ndarray], seconds: float, found: dict[str, np.ndarray]) -> list[float]:
    """Return the figures of one run."""
    from isthmus.evaluation import knn_accuracy, map_quality

    votes = [
        knn_accuracy(found["train"], data["y"], found["test"], data["y_test"], neighbours=k)
        for k in (1, 5)
    ]
    flat = data["test"].reshape(len(data["test"]), -1).astype(np.float32)
    faithful = map_quality(flat, found["test"], neighbours=12, most=MEASURED)[:4]
    return [*votes, *faithful, float(found["error"]), seconds, float(found["placing"])]


def main() -> None:
    """Print a table of every source."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sources", nargs="*", default=["mnist"])
    parser.add_argument("--methods", default=",".join(PROGRAMS))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    methods = [name for name in options.methods.split(",") if find_spec(PROGRAMS[name][0])]
    for source in options.sources:
        data = load(source, options.limit)
        sizes = f"{len(data['train'])} + {len(data['test'])} examples"
        print(f"\n{source}: {sizes}, means over {options.seeds} seeds\n")
        print("| map | 1-NN | 5-NN | trustworthiness | continuity | neighbours kept |", end="")
        print(" distances | error | seconds | placing, s |\n" + "| --- " * 10 + "|")
        with tempfile.TemporaryDirectory() as folder:
            np.savez(Path(folder) / "examples.npz", **data)
            for method in methods:
                rows = [
                    row(data, *run(method, Path(folder) / "examples.npz", seed, Path(folder)))
                    for seed in range(options.seeds)
                ]
                cells = [f"{value:.4g}" for value in np.mean(rows, axis=0)]
                print(f"| {method} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
