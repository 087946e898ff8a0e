"""What a detector found among the examples of its fit, as plain data for reports and programs."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from scipy.stats import spearmanr
from sklearn.metrics import (
    average_precision_score,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

from isthmus.annotations import ExamplesLike
from isthmus.estimators.inputs import take_examples
from isthmus.outliers.baselines import BASELINES
from isthmus.outliers.detector import OutlierDetector
from isthmus.outliers.encoded import encode
from isthmus.plainjson import JsonObject

OURS = "isthmus"
PICTURES = 8
"""Most images that are shown with what contributes to their scores."""

BINS = 40
CURVE_POINTS = 200
"""Points of a curve that are kept, at most."""

COMPARED = 10_000
"""Examples that are scored by the detectors compared with, at most, evenly spaced."""


def findings(
    detector: OutlierDetector,
    X: ExamplesLike,
    names: Sequence[str],
    labels: np.ndarray | None = None,
    top: int = 20,
) -> JsonObject:
    """Return what a fitted detector found among examples.

    Parameters
    ----------
    detector
        Fitted.
    X : (n, D), (n, H, W) or (n, H, W, C)
        The examples of the fit.
    names
        Of the features.
    labels : (n,) of bool, optional
        Which of them are outliers, where that is known.
    top
        How many to list.

    Returns
    -------
    dict
        ``threshold``, ``share``: of the score, nats, and of the examples above it; ``expected``:
        the share that was set, or None; ``histogram``: ``edges`` and ``counts``; ``first``: the
        most unusual examples, see `reasons_of`; ``comparison``: by detector ``auc`` and
        ``average_precision`` with labels, and without ``agreement``, the rank correlation with
        ours; ``curves``: with labels, by detector ``roc`` and ``precision_recall``; ``sentence``.
    """
    scores = -detector.score_samples(X)
    counts, edges = np.histogram(scores, BINS)
    order = np.argsort(-scores, kind="stable")[:top]
    expected = detector.contamination if detector.contamination != "auto" else None
    rows = np.linspace(0, len(X) - 1, min(len(X), COMPARED)).round().astype(int)
    numbers = detector.encode_table(take_examples(X, rows))
    table = encode(detector.autoencoder_, numbers).columns.astype(np.float64)
    compared = {OURS: scores[rows]} | {name: find(table) for name, find in BASELINES.items()}
    known = None if labels is None else np.asarray(labels, bool)[rows]
    has_both = known is not None and 0 < known.sum() < len(known)
    comparison = {name: _agreement(own, scores[rows], known if has_both else None)
                  for name, own in compared.items()}  # fmt: skip
    return {
        "threshold": -detector.offset_,
        "share": float((scores > -detector.offset_).mean()),
        "expected": expected,
        "labelled": None if labels is None else float(np.mean(labels)),
        "examples": len(scores),
        "held_out": len(detector.calibration_scores_),
        "histogram": {"edges": edges.tolist(), "counts": counts.tolist()},
        "first": reasons_of(detector, take_examples(X, order), names, order.tolist()),
        "pictures": _pictures(detector, take_examples(X, order[:PICTURES])),
        "comparison": comparison,
        "curves": {name: _curves(own, known) for name, own in compared.items()} if has_both else {},
        "sentence": _sentence(comparison),
    }


def reasons_of(
    detector: OutlierDetector,
    X: ExamplesLike,
    names: Sequence[str],
    rows: Sequence[int],
    count: int = 3,
) -> list[JsonObject]:
    """Return a record for each example: why it has its score.

    ``row``: its place in the source, counted from 0; ``score``: nats; ``reasons``: of the features
    that contribute most, and are not as expected, ``feature``, ``found``, ``expected`` and
    ``contribution``. The features of a table with a schema are its columns, and their values are
    entries of it.
    """
    reasons = detector.explain(X)
    schema = detector.schema_
    if schema is None:
        features, found, expected = names, reasons.found, reasons.expected
        contributions = reasons.contributions
    else:
        used = [column.name for column in schema.columns if column.used]
        features = used
        contributions = reasons.grouped(
            [range(reasons.found.shape[1])[schema.places[one]] for one in used]
        )
        found = _entries(detector.aligned(X), used)
        expected = _entries(schema.decode(reasons.usual(schema.level_places)), used)
    as_usual = found == expected  # which explains nothing to a reader, and so comes last
    top = np.lexsort((-contributions, as_usual), axis=1)[:, :count]
    return [
        {
            "row": int(row),
            "score": float(reasons.scores[i]),
            "reasons": [
                {
                    "feature": str(features[j]),
                    "found": _plain(found[i, j]),
                    "expected": _plain(expected[i, j]),
                    "contribution": float(contributions[i, j]),
                }
                for j in top[i]
            ],
        }
        for i, row in enumerate(rows)
    ]


def _entries(table: Any, used: Sequence[str]) -> np.ndarray:
    """Return entries (n, columns) of an Arrow table as objects, None where one is missing."""
    columns = [np.array(table.column(name).to_pylist(), dtype=object) for name in used]
    return np.stack(columns, axis=1)


def _plain(value: object) -> float | str | None:
    """Return an entry as JSON has it: a number, text, or None where it is missing."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return str(value)
    return None if np.isnan(float(value)) else float(value)


def _pictures(detector: OutlierDetector, X: ExamplesLike) -> dict[str, object] | None:
    """Return images (n, H, W, C): found, expected, and contributions; None of a table."""
    shape = detector.autoencoder_.image_shape_
    if shape is None:
        return None
    reasons = detector.explain(X)
    parts = {
        "found": reasons.found,
        "expected": reasons.reconstructed,
        "contributions": reasons.contributions,
    }
    return {k: v.reshape(len(v), *shape).round(4).tolist() for k, v in parts.items()}


def _agreement(own: np.ndarray, ours: np.ndarray, known: np.ndarray | None) -> dict[str, float]:
    correlation: Any = spearmanr(own, ours)
    agreement = {"agreement": float(correlation.statistic)}
    if known is None:
        return agreement
    return agreement | {
        "auc": float(roc_auc_score(known, own)),
        "average_precision": float(average_precision_score(known, own)),
    }


def _curves(own: np.ndarray, known: np.ndarray | None) -> dict[str, list[list[float]]]:
    false, true, _ = roc_curve(known, own)
    precision, recall, _ = precision_recall_curve(known, own)
    return {"roc": _thinned(false, true), "precision_recall": _thinned(recall, precision)}


def _thinned(x: np.ndarray, y: np.ndarray) -> list[list[float]]:
    kept = np.unique(np.linspace(0, len(x) - 1, min(len(x), CURVE_POINTS)).round().astype(int))
    return np.stack([x[kept], y[kept]], axis=1).round(4).tolist()


def _sentence(comparison: dict[str, dict[str, float]]) -> str:
    """Say which detector is best where labels tell, and name one that needs no network."""
    if "auc" not in comparison[OURS]:
        return (
            "Without labels nobody knows which detector is right; their agreement is the rank"
            " correlation of their scores with isthmus's."
        )
    ours = comparison[OURS]["auc"]
    others = {name: own["auc"] for name, own in comparison.items() if name != OURS}
    best = max(others, key=lambda name: others[name])
    if others[best] >= ours:
        return (
            f"On these labels {best} does as well without a network (AUC {others[best]:.3f},"
            f" isthmus {ours:.3f}): prefer it where no reason is needed."
        )
    return f"On these labels isthmus is ahead (AUC {ours:.3f}; {best} {others[best]:.3f})."
