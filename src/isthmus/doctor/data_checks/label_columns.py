"""Labels, or copies of them, among the columns."""

import numpy as np

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding
from isthmus.unlabelled import known_labels, plain_labels

NAMES = frozenset({"label", "labels", "target", "targets", "class", "y"})
"""Names by which a column says that it holds the labels."""

TIGHT, LOOSE = 0.05, 1.0
"""A column is a noisy copy if the values of a class spread over this share of the least gap; it
may be one up to the second."""

EXACT = 1 - 1e-6
"""Correlation with a quantity from which a column is the quantity in other units."""


def label_columns(data: Data) -> Finding | None:
    """Find columns from which the label can be read without error.

    With labels: a column whose values fall into tight, separate groups, one a class; or one that is
    a quantity in other units. Without labels: a column that is called so.
    """
    if data.labels is None:
        names = [name.strip().lower() for name in data.names or ()]
        known = NAMES - {"y"} if "x" in names else NAMES  # where there is an x, y is a coordinate
        named = [j for j, name in enumerate(names) if name in known]
        return _named(data, named) if named else None
    if len(data) < 20:
        return None
    spread = {j: _spread(data, j) for j in np.flatnonzero(data.varied).tolist()}
    found = [j for j, one in spread.items() if one <= LOOSE]
    if not found:
        return None
    return Finding(
        "stop" if min(spread.values()) <= TIGHT else "look",
        f"The labels are among the columns: column {data.columns(found)} tells the label of every "
        "example.",
        "Drop it, or everything that is learned from the code about labels is known beforehand.",
        {"columns": found},
    )


def _named(data: Data, named: list[int]) -> Finding:
    return Finding(
        "look",
        f"Column {data.columns(named)} has a name that labels often have, and is encoded like any "
        "other.",
        f"If it holds the labels, say so: label={data.names[named[0]]!r}."  # pyright: ignore[reportOptionalSubscript]
        " Otherwise there is nothing to do.",
        {"columns": named},
    )


def _spread(data: Data, j: int) -> float:
    """Return how far column j spreads within a class, in least gaps between two classes.

    0 for a quantity in other units, and infinity where classes overlap.
    """
    values, labels = data.sample[:, j], data.sample_labels
    assert labels is not None
    known = ~np.isnan(values) & known_labels(labels)
    values, labels = values[known], plain_labels(labels[known])
    classes = np.unique(labels)
    if len(classes) > max(20, len(values) // 10):
        return 0.0 if _is_quantity(values, labels) else np.inf
    if len(classes) < 2 or len(values) < 20:
        return np.inf
    lows, highs = np.array(
        [(values[labels == c].min(), values[labels == c].max()) for c in classes]
    ).T
    order = np.argsort(lows)
    gaps = lows[order][1:] - highs[order][:-1]
    return float((highs - lows).max() / gaps.min()) if gaps.min() > 0 else np.inf


def _is_quantity(values: np.ndarray, labels: np.ndarray) -> bool:
    if labels.dtype.kind not in "fiu" or labels.std() == 0 or values.std() == 0:
        return False
    return bool(abs(np.corrcoef(values, labels.astype(np.float64))[0, 1]) > EXACT)
