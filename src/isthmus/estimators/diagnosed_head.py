"""How well a fitted head does, compared with a linear model of the columns."""

from dataclasses import dataclass
from typing import TypeAlias, cast

import numpy as np

from isthmus.annotations import ExamplesLike, Targets
from isthmus.data.source import take
from isthmus.doctor import Head
from isthmus.estimators.base import AbstractAutoencoder
from isthmus.fitted import Predictor
from isthmus.unlabelled import known_labels, plain_labels

Given: TypeAlias = tuple[ExamplesLike, Targets | None]
"""Examples and their targets, where they have any."""

ROWS = 2_000
"""Maximum of examples of a part that are looked at."""


@dataclass(frozen=True)
class Part:
    """Some examples of a part, with their targets and, for conditional models, their labels."""

    X: ExamplesLike
    y: np.ndarray | None
    labels: Targets | None

    @classmethod
    def of(
        cls, estimator: "AbstractAutoencoder", X: ExamplesLike, y: Targets | None, most: int = ROWS
    ) -> "Part":
        """Return up to ``most`` examples, evenly spaced."""
        rows = _spaced(len(X), most)
        y = None if y is None else np.asarray(y)[rows]
        return cls(take(X, rows), y, estimator.labels_from(y))

    @classmethod
    def with_targets(
        cls, estimator: "AbstractAutoencoder", X: ExamplesLike, y: np.ndarray, most: int = ROWS
    ) -> "Part":
        """Return up to ``most`` of the examples that have a target, evenly spaced."""
        classes = estimator.classes_ if estimator.target_kind == "classes" else None
        known = np.flatnonzero(known_labels(y, classes).reshape(len(y), -1).all(axis=1))
        rows = known[_spaced(len(known), most)]
        return cls(take(X, rows), plain_labels(y[rows]), None)


def _spaced(n: int, most: int) -> np.ndarray:
    """Return up to ``most`` of n places, evenly spaced."""
    return np.linspace(0, n - 1, min(n, most)).astype(int)


def head_of(estimator: "AbstractAutoencoder", train: Given, test: Given | None) -> Head | None:
    """Return how well targets are predicted from the code, and by a linear model.

    Parameters
    ----------
    estimator
        Fitted.
    train, test
        Examples and their targets, of which some may be missing; without a test set the training
        set is predicted.
    """
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.metrics import r2_score

    kind = estimator.target_kind
    pairs = [train, train if test is None else test]
    if kind not in ("classes", "quantities") or any(y is None for _, y in pairs):
        return None
    train_part, part = (Part.with_targets(estimator, X, np.asarray(y)) for X, y in pairs)
    assert train_part.y is not None
    assert part.y is not None
    if len(part.y) < 2 or len(train_part.y) < 2 or _is_one(kind, train_part.y):
        return None
    known, asked = estimator.scale(train_part.X), estimator.scale(part.X)
    predictor = cast(Predictor, estimator)
    score, found = float(predictor.score(part.X, part.y)), predictor.predict(part.X)
    if kind == "quantities":
        linear = Ridge().fit(known, train_part.y).predict(asked)
        spread = np.square(part.y - part.y.mean(axis=0)).mean()
        gains = (np.square(linear - part.y) - np.square(found - part.y)).reshape(len(asked), -1)
        gains = gains.mean(axis=1) / max(float(spread), 1e-30)
        chance, of_linear = 0.0, float(r2_score(part.y, linear))
    else:
        simple = LogisticRegression(max_iter=200).fit(known, train_part.y)
        linear = simple.predict(asked)
        gains = (found == part.y).astype(float) - (linear == part.y)
        counts = np.unique(part.y, return_counts=True)[1]
        chance, of_linear = float(counts.max() / counts.sum()), float((linear == part.y).mean())
    error = float(gains.std(ddof=1) / np.sqrt(len(gains)))
    name = "r2" if kind == "quantities" else "accuracy"
    return Head(name, score, chance, of_linear, float(gains.mean()), error)


def _is_one(kind: str, y: np.ndarray) -> bool:
    return kind == "classes" and len(np.unique(y)) < 2
