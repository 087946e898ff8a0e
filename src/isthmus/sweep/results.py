"""What came of the fits of a sweep: a record of each, and the table of them all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from isthmus.annotations import ExamplesLike, Targets
from isthmus.errors import IsthmusError
from isthmus.estimators.conditional import AnyAutoencoder
from isthmus.plainjson import Facts, JsonObject

Criterion = Literal["score", "mse_input"]


@dataclass(frozen=True)
class Point:
    """One fit of a sweep and what came of it.

    Parameters
    ----------
    params
        The settings that the grid chose.
    seed
        The fit's ``random_state``.
    score
        ``score`` of the validation set; NaN where the fit failed.
    mse, nats
        Of the validation set, as the estimator's ``measure`` gives them; None without a decoder.
    seconds, epochs, best_epoch
        Of the fit; fits that share a program share its time evenly.
    failure
        Why there is no model, in a sentence; None where there is one.
    mse_input
        As ``mse``, in the data's own units.
    measured_by
        What the score depends on besides the model: likelihood, scaling, kind of code. Scores in
        nats can be compared where these are equal.
    """

    params: Facts
    seed: int
    score: float
    mse: float | None
    nats: float | None
    seconds: float
    epochs: int
    best_epoch: int
    failure: str | None = None
    mse_input: float | None = None
    measured_by: str | None = None


def point_of(
    params: Facts,
    seed: int,
    outcome: AnyAutoencoder | IsthmusError,
    validation: tuple[ExamplesLike, Targets | None],
) -> Point:
    """Return the record of a fit, from its estimator or from the error that ended it."""
    if isinstance(outcome, IsthmusError):
        return Point(params, seed, np.nan, None, None, 0.0, 0, 0, str(outcome))
    X, y = validation
    scored: Any = outcome  # every kind has a score, of other parameters
    measured = (
        outcome.measure(X, outcome.labels_from(y)) if outcome.model_.decoder is not None else {}
    )
    return Point(
        params,
        seed,
        scored.score(X, y),
        measured.get("mse"),
        measured.get("nats"),
        outcome.fit_seconds_,
        outcome.n_epochs_,
        outcome.best_epoch_,
        mse_input=measured.get("mse_input"),
        measured_by=_measured_by(outcome),
    )


def criterion_of(points: Sequence[Point]) -> Criterion:
    """Return what the points of a sweep can be ranked by.

    Returns
    -------
    ``"score"``, or ``"mse_input"`` where scores are in nats of different likelihoods, scalings or
    kinds of codes.
    """
    fitted = [point for point in points if point.failure is None]
    comparable = len({point.measured_by for point in fitted}) < 2
    decoded = all(point.mse_input is not None for point in fitted)
    return "score" if comparable or not decoded else "mse_input"


def _measured_by(estimator: AnyAutoencoder) -> str | None:
    if estimator.target_kind in ("classes", "quantities"):
        return None  # the score is an accuracy, or R²
    likelihood, scaling = type(estimator.likelihood_).__name__, estimator.scaling_.kind
    code = "stochastic" if estimator.model_.latent.stochastic else "deterministic"
    return f"{likelihood}, scaling {scaling}, {code} code"


def _scores(points: Sequence[Point]) -> list[float]:
    """Return what the points are ranked by; NaN for a fit that failed."""
    if criterion_of(points) == "score":
        return [point.score for point in points]
    return [np.nan if point.mse_input is None else -point.mse_input for point in points]


def results_of(grid: list[JsonObject], points: Sequence[Point], seeds: int) -> JsonObject:
    """Return the results as scikit-learn's searches do."""
    scores = np.array(_scores(points)).reshape(len(grid), seeds)
    seconds = np.array([p.seconds for p in points]).reshape(len(grid), seeds)
    errors = np.array([np.nan if p.mse is None else p.mse for p in points]).reshape(-1, seeds)
    names = sorted({name for params in grid for name in params})
    columns: JsonObject = {
        f"param_{name}": np.ma.array(
            [params.get(name) for params in grid],
            mask=[name not in params for params in grid],
            dtype=object,
        )
        for name in names
    }
    mean = scores.mean(axis=1)
    ranked = np.where(np.isnan(mean), -np.inf, mean)
    return {
        "params": grid,
        **columns,
        **{f"split{i}_test_score": scores[:, i] for i in range(seeds)},
        "mean_test_score": mean,
        "std_test_score": scores.std(axis=1),
        "rank_test_score": 1 + (ranked[None] > ranked[:, None]).sum(axis=1),
        "mean_fit_time": seconds.mean(axis=1),
        "std_fit_time": seconds.std(axis=1),
        "mean_mse": errors.mean(axis=1),
        "std_mse": errors.std(axis=1),
    }
