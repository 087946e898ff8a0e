"""What is done with a mutant of each kind."""

import gzip
import io
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from benchmarks.battery.mutations import mutated_bytes, mutated_json_text, mutated_model
from PIL import Image
from pyarrow import csv, parquet
from sklearn.datasets import load_digits

from isthmus import Autoencoder, AutoencoderClassifier, AutoencoderRegressor, load
from isthmus.cli import main
from isthmus.data import open_source
from isthmus.data.idx import write_idx
from isthmus.recipes import RECIPES

Trial = Callable[[np.random.Generator], str | None]
"""Tries one mutant; returns what did not hold, or raises what a user would see."""

SMALL = {"hidden": (4,), "epochs": 1, "random_state": 0}


def model_trial(folder: Path) -> Trial:
    """Load a changed model file; what loads must encode, decode, score, sample and predict."""
    x = load_digits().data[:40]
    labels = np.array(["a", "b", "c", "d"])[np.arange(40) % 4]
    images = x.reshape(-1, 8, 8)
    fitted = [
        Autoencoder(2, **SMALL).fit(x),
        RECIPES["vae"].make(2, **SMALL).fit(images),
        RECIPES["vq_vae"].make(2, **SMALL).fit(x),
        RECIPES["vamp_vae"].make(2, **SMALL).fit(x),
        RECIPES["adversarial"].make(2, **SMALL).fit(x),
        RECIPES["convolutional"].make(2, channels=(2,), epochs=1, random_state=0).fit(images),
        RECIPES["conditional_vae"].make(2, **SMALL).fit(x, labels),
        AutoencoderClassifier(2, **SMALL).fit(x, labels),
        AutoencoderRegressor(2, **SMALL).fit(x, x[:, 3]),
    ]
    contents = [one.save(folder / "whole.safetensors").read_bytes() for one in fitted]
    path = folder / "mutant.safetensors"

    def trial(random: np.random.Generator) -> str | None:
        path.write_bytes(mutated_model(contents[random.integers(len(contents))], random))
        return use(load(path), x, labels)

    return trial


def use(estimator: Any, x: np.ndarray, labels: np.ndarray) -> str | None:
    """Use all that a loaded estimator can do; return what is not finite."""
    more = {"labels": labels} if estimator.target_kind == "condition" else {}
    shaped = x.reshape(len(x), *estimator._example_shape)
    codes = estimator.transform(shaped, **more)
    results = {
        "codes": codes,
        "decoded": estimator.inverse_transform(codes, **more),
        "scores": estimator.score_samples(shaped, **more),
        "sampled": estimator.sample(None if more else 2, random_state=0, **more),
    }
    if hasattr(estimator, "predict_proba"):
        results["probabilities"] = estimator.predict_proba(shaped)
    if hasattr(estimator, "predict"):
        predicted = estimator.predict(shaped)
        results["predicted"] = predicted if predicted.dtype.kind == "f" else np.zeros(1)
    bad = [name for name, values in results.items() if not np.isfinite(values).all()]
    return f"{bad} not finite after loading" if bad else None


def data_trial(folder: Path) -> Trial:
    """Open a changed file of each format and read all of it."""
    random = np.random.default_rng(0)
    x = random.normal(size=(30, 5)).astype(np.float32)
    table = pa.table({f"c{i}": x[:, i] for i in range(5)} | {"label": ["a", "b"] * 15})
    bytes_ = (random.random((20, 4, 4)) * 255).astype(np.uint8)
    np.save(folder / "x.npy", x)
    np.savez(folder / "x.npz", x=x, y=np.arange(30))
    np.savez_compressed(folder / "z.npz", x=x, y=np.arange(30))
    csv.write_csv(table, folder / "x.csv")
    (folder / "x.csv.gz").write_bytes(gzip.compress((folder / "x.csv").read_bytes()))
    parquet.write_table(table, folder / "x.parquet")
    write_idx(folder / "x.idx", bytes_)
    write_idx(folder / "x.idx.gz", bytes_)
    wholes = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    pictures = folder / "pictures"
    pictures.mkdir()
    for i in range(3):
        Image.fromarray(bytes_[i]).save(pictures / f"{i}.png")
    picture = (pictures / "0.png").read_bytes()
    labels = {"x.npz": "y", "z.npz": "y", "x.csv": "label", "x.csv.gz": 5, "x.parquet": "label"}

    def trial(random: np.random.Generator) -> str | None:
        choice = random.integers(len(wholes) + 1)
        if choice == len(wholes):
            (pictures / "0.png").write_bytes(mutated_bytes(picture, random))
            source = open_source(pictures)
        else:
            name = [*wholes][choice]
            content = wholes[name]
            if name.endswith(".gz") and random.integers(2):
                content = gzip.compress(mutated_bytes(gzip.decompress(content), random))
            else:
                content = mutated_bytes(content, random)
            (folder / f"mutant-{name}").write_bytes(content)
            label = labels.get(name) if random.integers(2) else None
            source = open_source(folder / f"mutant-{name}", label=label)
        values = np.asarray(source.examples[:])
        return None if len(values) == len(source.examples) else "another length than it says"

    return trial


def run_trial(folder: Path) -> Trial:
    """Change a file of a run's or a sweep's folder; the verbs that read it answer or refuse."""
    run, sweep = folder / "run", folder / "sweep"
    quiet = ["--epochs", "1", "--quiet"]
    if not run.exists():
        main(["fit", "digits", "--limit", "60", "--out", str(run), *quiet])
        grid = ["--grid", "latent_dim=1,2"]
        main(["sweep", "digits", "--limit", "60", "--out", str(sweep), *grid, *quiet])
    files = [run / "run.json", run / "metrics.json", run / "history.csv", sweep / "sweep.json"]
    wholes = [file.read_text("utf-8") for file in files]
    mutant = folder / "mutant"

    def trial(random: np.random.Generator) -> str | None:
        choice = random.integers(len(files))
        shutil.rmtree(mutant, ignore_errors=True)
        shutil.copytree(files[choice].parent, mutant)
        text = wholes[choice]
        changed = (
            mutated_json_text(text, random)
            if files[choice].suffix == ".json"
            else mutated_bytes(text.encode(), random).decode("utf-8", errors="replace")
        )
        (mutant / files[choice].name).write_text(changed, encoding="utf-8")
        verbs = [["info", str(mutant)]]
        if files[choice].name == "sweep.json":
            resumed = ["sweep", "digits", "--limit", "60", "--out", str(mutant), "--resume"]
            verbs = [["info", str(mutant)], [*resumed, "--grid", "latent_dim=1,2", *quiet]]
        elif files[choice].name == "run.json":
            verbs.append(["evaluate", str(mutant)])
        for verb in verbs:
            told = io.StringIO()
            sys.stderr, before = told, sys.stderr
            try:
                code = main(verb)
            finally:
                sys.stderr = before
            if code not in (0, 2) or "Traceback" in told.getvalue():
                return f"{verb[0]} of {files[choice].name}: {code}, {told.getvalue()[-300:]!r}"
        return None

    return trial


TRIALS: dict[str, Callable[[Path], Trial]] = {
    "model": model_trial,
    "data": data_trial,
    "run": run_trial,
}
