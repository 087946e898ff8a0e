"""A fitted autoencoder, a score fitted to what it makes of examples, and held-out scores."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.frozen import FrozenEstimator

from isthmus.annotations import Examples
from isthmus.errors import DataError, SettingError, unknown
from isthmus.estimators.autoencoder import Autoencoder
from isthmus.estimators.conditional import AnyAutoencoder
from isthmus.estimators.inputs import take_examples
from isthmus.estimators.stored import copy_of
from isthmus.outliers.encoded import Encoded, encode
from isthmus.outliers.scores import AbstractScore
from isthmus.outliers.tails import Tail, surprise

KINDS = ("auto", "split", "cross")
FOLDS = 5
"""Number of fits of cross-calibration; a split holds out one in five examples."""

MOST_HELD = 2_000
"""Examples that a split holds out, at most: p-values go down to 1 / 2,001."""

FEW = 500
"""With fewer examples than this, calibration is by cross-fits: a fifth of them are too few."""

LEAST = 10
"""Examples of a fit, at least."""


@dataclass(frozen=True)
class Fold:
    """One fit of autoencoder and score, with the scores of the examples held out from it.

    Parameters
    ----------
    autoencoder
        Fitted.
    score
        Fitted to what the autoencoder makes of the same examples.
    tail
        Of the held-out examples' scores, which brings every kind of score to one unit.
    calibration : (n,)
        Surprise of the examples held out, nats.
    codes : (n, d)
        Their codes, which drift is measured against.
    """

    autoencoder: AnyAutoencoder
    score: AbstractScore
    tail: Tail
    calibration: np.ndarray
    codes: np.ndarray

    def encode(self, X: Examples) -> Encoded:
        """Return what the autoencoder makes of examples."""
        return encode(self.autoencoder, X, self.score.reads)

    def surprise(self, encoded: Encoded) -> np.ndarray:
        """Return how unusual examples are (n,): nats, > 0; about 0.7 for half of the usual ones."""
        return surprise(self.tail(self.score.score(encoded)))


def divided(n: int, kind: str, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield (rows to fit to, rows held out), one pair for each fold.

    Raises
    ------
    SettingError
        If there is no calibration of that kind.
    DataError
        If there are too few examples.
    """
    if kind not in KINDS:
        raise SettingError(unknown("calibration called", kind, KINDS))
    if n < LEAST:
        raise DataError(f"There are n_samples={n} examples, and {LEAST} are needed: give more.")
    order = np.random.default_rng(seed).permutation(n)
    cross = kind == "cross" or (kind == "auto" and n < FEW)
    split = [order[: min(n // FOLDS, MOST_HELD)]]
    for part in [order[i::FOLDS] for i in range(FOLDS)] if cross else split:
        yield np.setdiff1d(order, part), np.sort(part)


def fit_fold(
    autoencoder: BaseEstimator | None,
    score: AbstractScore,
    X: Examples,
    held_out: Examples,
    trimmed: float,
    seed: int,
) -> Fold:
    """Fit autoencoder and score to examples, and score those held out.

    With ``trimmed``, twice: the second time without that share of the examples, the most unusual by
    the first.
    """
    fitted, encoded, own = _fitted(autoencoder, score, X, seed)
    if trimmed:
        unusual = own.score(encoded)
        kept = np.sort(np.argsort(unusual, kind="stable")[: max(2, round((1 - trimmed) * len(X)))])
        fitted, _, own = _fitted(autoencoder, score, take_examples(X, kept), seed)
    held = encode(fitted, held_out, score.reads)
    scores = own.calibrate(held)
    tail = Tail.of(scores)
    return Fold(fitted, own, tail, surprise(tail(scores)), held.codes)


def _fitted(
    autoencoder: BaseEstimator | None, score: AbstractScore, X: Examples, seed: int
) -> tuple[AnyAutoencoder, Encoded, AbstractScore]:
    unfitted = autoencoder if autoencoder is not None else default_autoencoder(X)
    fitted: Any = clone(unfitted)
    if "random_state" in fitted.get_params(deep=False) and fitted.random_state is None:
        fitted.set_params(random_state=seed)
    fitted.fit(X, None)  # a frozen estimator wants both
    encoded = encode(fitted, X, score.reads)
    own = copy_of(score)
    return fitted, encoded, own.fit(encoded)


def of_encoded_rows(autoencoder: BaseEstimator | None, X: Examples) -> BaseEstimator:
    """Return the autoencoder for the encoded rows of a table, where one is set or None.

    The default one takes them as they are: numbers of variance 1, and 0 and 1 for levels, so that
    two rows of different levels are as far apart as numbers two deviations apart, rare or not.
    Later rows may have blanks and new levels, though those of the fit have none.
    """
    if isinstance(autoencoder, FrozenEstimator):
        return FrozenEstimator(autoencoder.estimator.of_encoded_rows())
    if autoencoder is None:
        return default_autoencoder(X).set_params(scaling="none", likelihood="masked")
    unfitted: Any = clone(autoencoder)
    return unfitted.set_params(schema="auto") if "schema" in unfitted.get_params() else unfitted


def default_autoencoder(X: Examples) -> Autoencoder:
    """Return the autoencoder that None means: half as many code dimensions as features, 64 at most.

    It starts from PCA and is trained for 20 epochs: every further one learns outliers among the
    examples better. Columns of a table are standardised, whatever their range, so that distances
    count each alike. `docs/outliers.md` has the measurements.
    """
    features = int(np.prod(X.shape[1:]))
    return Autoencoder(
        latent_dim=max(1, min(features // 2, 64)),
        scaling="standard" if len(X.shape) == 2 else "auto",
        epochs=20,
        patience=0,
        validation_fraction=0.0,
    )
