"""Measure a fitted estimator honestly: itself, PCA of the same size, and its code."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from isthmus.data.source import Computed
from isthmus.evaluation.latent import diagnose
from isthmus.evaluation.pca import Anchor, fit_anchor
from isthmus.evaluation.probes import as_classes, knn_accuracy
from isthmus.evaluation.reconstruction import blocks, explained_variance
from isthmus.report.verdict import fit_warnings, judge

Part = tuple[Any, Any]
Parts = Mapping[str, Part]

SPLITS = ("train", "validation", "test")
ENCODED = 10_000
PROBED = 2_000


def measure_fit(estimator: Any, parts: Parts, *, seed: int = 0) -> dict[str, Any]:
    """Compute everything that ``metrics.json`` holds.

    Parameters
    ----------
    estimator : a fitted Autoencoder, with a head or told labels
    parts : mapping of str to (X, y)
        ``"train"`` and, where there are such, ``"validation"`` and ``"test"``; X as the
        estimator was given it, y labels, quantities or None.
    seed : int
        Chooses the examples of the diagnostics and the probe, where there are more than
        10,000.

    Returns
    -------
    dict
        Plain values, ready for JSON: ``reconstruction``, ``pca`` and ``floor`` a split,
        ``head`` (None without one), ``latent``, ``probe`` (None without labels), ``columns``
        (squared errors a column on the split that is judged), ``model``, ``timing``, ``verdict``,
        ``warnings``.
    """
    used = [name for name in SPLITS if name in parts]
    learned = parts["train"][0]
    size = (len(learned), int(estimator.n_features_in_))
    scaled = Computed(lambda rows: estimator.scale(take(learned, rows)), size)
    anchor = fit_anchor(scaled, int(estimator.latent_dim))
    k = len(anchor.components)

    measured = {name: _measure_part(estimator, anchor, parts[name], k) for name in used}
    metrics: dict[str, Any] = {
        kind: {name: measured[name][kind] for name in used}
        for kind in ("reconstruction", "pca", "floor")
    }
    coded = {name: encode(estimator, *parts[name], seed=seed, most=ENCODED) for name in used}
    judged = used[-1]
    metrics["head"] = measure_head(estimator, parts)
    metrics["latent"] = diagnose(coded[judged].codes, measured[judged]["kl"])
    metrics["probe"] = _probe(estimator, anchor, k, coded, judged)
    metrics["columns"] = {"split": judged, **measured[judged]["columns"]}
    metrics["model"] = {
        "parameters": int(estimator.n_parameters_),
        "trainable_parameters": int(estimator.n_trainable_parameters_),
        "pca_components": k,
        "told_labels": len(estimator.classes_) if estimator.target_kind == "condition" else None,
    }
    metrics["timing"] = {"fit_seconds": float(estimator.fit_seconds_)}
    metrics["verdict"] = judge(metrics, judged)
    metrics["warnings"] = fit_warnings(estimator, metrics, judged)
    return _plain(metrics)


def measure_head(estimator: Any, parts: Parts) -> dict[str, Any] | None:
    """Score what a classifier or a regressor reads off the code; None for other estimators.

    Returns
    -------
    dict or None
        ``kind`` is ``"accuracy"``, the share of labels told right, or ``"r2"``, the share of the
        quantities' variance explained, at most 1; then that score for every labelled split, None
        where a split has one example and R2 is not defined.
    """
    kind = {"classes": "accuracy", "quantities": "r2"}.get(estimator.target_kind)
    if kind is None:
        return None
    least = 1 if kind == "accuracy" else 2
    scores = {}
    for name in (name for name in SPLITS if name in parts):
        X, y = parts[name]
        if y is not None:
            scores[name] = float(estimator.score(X, y)) if len(X) >= least else None
    return {"kind": kind, **scores}


def _measure_part(estimator: Any, anchor: Anchor, part: Part, k: int) -> dict[str, Any]:
    """Measure the estimator and PCA on the examples of one part."""
    X, y = part
    own = estimator.measure(X, estimator.labels_from(y))
    linear = _measure_pca(estimator, anchor, X, k)
    mse, floor = float(own["mse"]), own.get("floor_nats")
    return {
        "reconstruction": {
            "examples": len(X),
            "mse": mse,
            "mse_input": float(own["mse_input"]),
            "nats": float(own["nats"]),
            "explained_variance": explained_variance(mse, linear.pop("variance")),
            **{name: float(own[name]) for name in ("kl", "elbo") if name in own},
        },
        "columns": {"pca": linear.pop("columns"), "autoencoder": _floats(own["column_mse"])},
        "pca": linear,
        "floor": {"nats": None if floor is None else float(floor)},
        "kl": own.get("kl_per_dimension"),
    }


def _measure_pca(estimator: Any, anchor: Anchor, X: Any, k: int) -> dict[str, Any]:
    """Measure PCA's errors in both units and the variance about the training mean, by block.

    Missing entries are the mean for PCA, and are left out of what is measured.
    """
    features = len(anchor.mean)
    errors, counts, spread, input_error = np.zeros(features), np.zeros(features), 0.0, 0.0
    for rows in blocks(len(X)):
        examples = take(X, rows)
        scaled = estimator.scale(examples)
        back = anchor.reconstruct(scaled, k)
        original = np.asarray(examples, np.float64).reshape(len(scaled), -1)
        restored = np.asarray(estimator.unscale(back), np.float64).reshape(original.shape)
        known = ~np.isnan(original)
        counts += known.sum(axis=0)
        errors += np.square(scaled - back, dtype=np.float64, where=known, out=_zeros(known)).sum(0)
        spread += float(np.square(scaled - anchor.mean, where=known, out=_zeros(known)).sum())
        input_error += float(np.square(original - restored, where=known, out=_zeros(known)).sum())
    mse, variance = float(errors.sum() / counts.sum()), spread / counts.sum()
    return {
        "mse": mse,
        "mse_input": input_error / counts.sum(),
        "explained_variance": explained_variance(mse, variance),
        "variance": variance,
        "columns": _floats(errors / np.maximum(counts, 1)),
    }


def _zeros(like: np.ndarray) -> np.ndarray:
    """Return zeros, which stay where an entry is missing."""
    return np.zeros(like.shape)


@dataclass(frozen=True)
class Coded:
    """Examples of one part with their labels, or None, and their codes (n, d)."""

    X: Any
    y: np.ndarray | None
    codes: np.ndarray


def encode(estimator: Any, X: Any, y: Any, *, seed: int, most: int) -> Coded:
    """Encode at most ``most`` examples of a part, the same ones for the same seed."""
    if len(X) > most:
        rows = np.sort(np.random.default_rng(seed).choice(len(X), most, replace=False))
        X, y = take(X, rows), None if y is None else np.asarray(y)[rows]
    labels = None if y is None else np.asarray(y)
    codes = estimator.transform(X, estimator.labels_from(labels))
    return Coded(X, labels, np.asarray(codes, np.float32))


def take(X: Any, rows: np.ndarray | slice) -> Any:
    """Return chosen rows of an array or of a data frame."""
    return X.iloc[rows] if hasattr(X, "iloc") else X[rows]


def _probe(
    estimator: Any, anchor: Anchor, k: int, coded: Mapping[str, Coded], judged: str
) -> dict[str, Any] | None:
    """Let five neighbours read the labels off the code, and off PCA's code beside it."""
    train, held_out = coded["train"], coded[judged]
    if judged == "train" or train.y is None or held_out.y is None:
        return None
    names = as_classes(np.concatenate([train.y, held_out.y]))
    if names is None:
        return None
    known, asked = names[: len(train.y)], names[len(train.y) :][:PROBED]
    linear = [anchor.transform(estimator.scale(part.X), k) for part in (train, held_out)]
    return {
        "kind": "5 nearest neighbours",
        "split": judged,
        "examples": len(asked),
        "code": knn_accuracy(train.codes, known, held_out.codes[:PROBED], asked),
        "pca": knn_accuracy(linear[0], known, linear[1][:PROBED], asked),
    }


def _floats(values: Any) -> list[float]:
    return np.asarray(values, np.float64).tolist()


def _plain(value: Any) -> Any:
    """Replace what JSON cannot say (NaN, infinity, NumPy numbers) by what it can."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
