"""Outlier detection on tables with known outliers, isthmus beside the detectors of the field.

    python -m benchmarks.outliers FOLDER [--seeds 3] [--rows 10000] [--detectors isthmus,forest]

FOLDER has .npz files with X (n, D) and y (1 is an outlier), such as ADBench's. Two protocols, of
one split with equal shares of outliers, 70% to 30%:

A   fitted to the 70% as they are, labels unseen: outliers are among them;
B   fitted to the usual rows of the 70%.

Both are judged on the 30%. Every detector gets one setting for all tables, its library's default;
those that measure distances get standardised columns. Results are kept in --out, a line each, and
a run that was stopped goes on from there.
"""

import argparse
import json
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import rankdata
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

TEST_SHARE = 0.3
MEASURES = ("auc", "ap")
Detector = Callable[[np.ndarray, np.ndarray, int], tuple[np.ndarray, float]]
"""From (rows to fit to, rows to score, seed) to scores, higher for outliers, and seconds of fit."""


class Table(NamedTuple):
    """One split of a table."""

    fitted: np.ndarray
    judged: np.ndarray
    labels: np.ndarray


def split(path: Path, protocol: str, seed: int, rows: int) -> Table:
    """Return the split of a table; of more rows than ``rows``, that many, with equal shares."""
    with np.load(path) as archive:
        X, y = archive["X"].astype(np.float64).reshape(len(archive["y"]), -1), archive["y"]
    y = y.astype(int).ravel()
    if len(X) > rows:
        kept, _ = train_test_split(
            np.arange(len(X)), train_size=rows, stratify=y, random_state=seed
        )
        X, y = X[kept], y[kept]
    fitted, judged = train_test_split(
        np.arange(len(X)), test_size=TEST_SHARE, stratify=y, random_state=seed
    )
    if protocol == "B":
        fitted = fitted[y[fitted] == 0]
    return Table(X[fitted], X[judged], y[judged])


def isthmus_detector(X: np.ndarray, new: np.ndarray, seed: int) -> tuple[np.ndarray, float]:
    """Return the scores of isthmus's default detector."""
    from isthmus import OutlierDetector

    begun = time.perf_counter()
    fitted = OutlierDetector(random_state=seed).fit(X)
    seconds = time.perf_counter() - begun
    return -fitted.score_samples(new), seconds


def isthmus_trimmed(X: np.ndarray, new: np.ndarray, seed: int) -> tuple[np.ndarray, float]:
    """Return the scores of isthmus's detector after a second fit without a tenth of the rows."""
    from isthmus import OutlierDetector

    begun = time.perf_counter()
    fitted = OutlierDetector(trimmed=0.1, random_state=seed).fit(X)
    seconds = time.perf_counter() - begun
    return -fitted.score_samples(new), seconds


def isthmus_likelihood(X: np.ndarray, new: np.ndarray, seed: int) -> tuple[np.ndarray, float]:
    """Return minus the log likelihoods of a plain autoencoder of two dimensions."""
    from isthmus import Autoencoder

    begun = time.perf_counter()
    fitted = Autoencoder(random_state=seed).fit(X)
    seconds = time.perf_counter() - begun
    return -fitted.score_samples(new), seconds


def mahalanobis(X: np.ndarray, new: np.ndarray, seed: int) -> tuple[np.ndarray, float]:
    """Return Mahalanobis distances of standardised columns: nobody's network."""
    begun = time.perf_counter()
    centre, precision = X.mean(axis=0), np.linalg.pinv(np.cov(X.T))
    seconds = time.perf_counter() - begun
    return np.einsum("ij,jk,ik->i", new - centre, precision, new - centre), seconds


def _sklearn_forest(seed: int) -> Any:
    from sklearn.ensemble import IsolationForest

    return IsolationForest(random_state=seed)


def _pyod(module: str, name: str, seeded: bool = False, **settings: Any) -> Callable[[int], Any]:
    def make(seed: int) -> Any:
        from importlib import import_module

        kind = getattr(import_module(f"pyod.models.{module}"), name)
        return kind(**settings, **({"random_state": seed} if seeded else {}))

    return make


def peer(make: Callable[[int], Any]) -> Detector:
    """Return a detector of scikit-learn or pyod as one of this benchmark's."""

    def run(X: np.ndarray, new: np.ndarray, seed: int) -> tuple[np.ndarray, float]:
        detector = make(seed)
        begun = time.perf_counter()
        detector.fit(X)
        seconds = time.perf_counter() - begun
        own = hasattr(detector, "decision_scores_")  # pyod's are higher for outliers
        return (detector.decision_function(new) if own else -detector.score_samples(new)), seconds

    return run


def standardised(run: Detector) -> Detector:
    """Return a detector that sees standardised columns."""

    def scaled(X: np.ndarray, new: np.ndarray, seed: int) -> tuple[np.ndarray, float]:
        scaler = StandardScaler().fit(X)
        return run(scaler.transform(X), scaler.transform(new), seed)

    return scaled


OWN: dict[str, Detector] = {
    "isthmus": isthmus_detector,
    "isthmus trimmed": isthmus_trimmed,
    "isthmus likelihood": isthmus_likelihood,
}
PEERS: dict[str, Detector] = {
    "forest": peer(_sklearn_forest),
    "kNN": standardised(peer(_pyod("knn", "KNN"))),
    "LOF": standardised(peer(_pyod("lof", "LOF"))),
    "ECOD": standardised(peer(_pyod("ecod", "ECOD"))),
    "pyod autoencoder": peer(_pyod("auto_encoder", "AutoEncoder", seeded=True, verbose=0)),
    "pyod VAE": peer(_pyod("vae", "VAE", seeded=True, verbose=0)),
    "Mahalanobis": standardised(mahalanobis),
}
DETECTORS = OWN | PEERS


def measure(path: Path, protocol: str, seed: int, rows: int, name: str) -> dict[str, Any]:
    """Fit one detector to one split and return its record."""
    table = split(path, protocol, seed, rows)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scores, seconds = DETECTORS[name](table.fitted, table.judged, seed)
    scores = np.nan_to_num(scores, nan=0.0, posinf=1e30, neginf=-1e30)
    return {
        "table": path.stem,
        "protocol": protocol,
        "seed": seed,
        "rows": rows,
        "detector": name,
        "auc": float(roc_auc_score(table.labels, scores)),
        "ap": float(average_precision_score(table.labels, scores)),
        "seconds": seconds,
    }


def records(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Yield the records of a run, those that are kept first."""
    kept: dict[Any, dict[str, Any]] = {}
    if options.out.exists():
        for line in options.out.read_text().splitlines():
            record = json.loads(line)
            kept[_key(record)] = record
    for seed in range(options.seeds):
        for protocol in options.protocols:
            for path in sorted(options.folder.glob("*.npz")):
                for name in options.detectors:
                    wanted = (path.stem, protocol, seed, options.rows, name)
                    if wanted not in kept:
                        kept[wanted] = measure(path, protocol, seed, options.rows, name)
                        with options.out.open("a") as file:
                            file.write(json.dumps(kept[wanted]) + "\n")
                    yield kept[wanted]
                    print(*wanted, f"{kept[wanted]['auc']:.3f}", file=sys.stderr)


def _key(record: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(record[name] for name in ("table", "protocol", "seed", "rows", "detector"))


def summary(found: list[dict[str, Any]], protocol: str, detectors: list[str]) -> list[str]:
    """Return the lines of a protocol's table: means over the tables, of the means over the seeds.

    The paired difference is that of isthmus to a detector, with its standard error over the tables.
    """
    own = [record for record in found if record["protocol"] == protocol]
    tables = sorted({record["table"] for record in own})

    def matrix(measure: str) -> np.ndarray:
        return np.array(
            [
                [
                    np.mean(
                        [
                            record[measure]
                            for record in own
                            if record["table"] == table and record["detector"] == name
                        ]
                    )
                    for name in detectors
                ]
                for table in tables
            ]
        )

    values = {name: matrix(name) for name in (*MEASURES, "seconds")}
    ranks = {name: rankdata(-values[name], axis=1).mean(axis=0) for name in MEASURES}
    first = values["auc"][:, :1]
    lines = [
        f"Protocol {protocol}, {len(tables)} tables",
        "",
        "| detector | AUC | rank | AP | rank | isthmus's AUC less its | seconds of fits |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for i, name in enumerate(detectors):
        paired = first[:, 0] - values["auc"][:, i]
        error = paired.std(ddof=1) / np.sqrt(len(tables)) if len(tables) > 1 else np.nan
        difference = "" if i == 0 else f"{paired.mean():+.3f} ± {error:.3f}"
        lines.append(
            f"| {name} | {values['auc'][:, i].mean():.3f} | {ranks['auc'][i]:.2f} |"
            f" {values['ap'][:, i].mean():.3f} | {ranks['ap'][i]:.2f} | {difference} |"
            f" {values['seconds'][:, i].sum():.1f} |"
        )
    return [*lines, ""]


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--protocols", default="AB")
    parser.add_argument("--detectors", default=",".join(["isthmus", *PEERS]))
    parser.add_argument("--out", type=Path, default=Path("outliers.jsonl"))
    options = parser.parse_args()
    options.detectors = options.detectors.split(",")
    found = list(records(options))
    for protocol in options.protocols:
        print("\n".join(summary(found, protocol, options.detectors)))


if __name__ == "__main__":
    main()
