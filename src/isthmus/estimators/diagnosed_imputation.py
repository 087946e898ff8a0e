"""How well a model fills in entries that are hidden, compared with the mean and with regression."""

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from isthmus.doctor import Imputed
from isthmus.estimators.diagnosed_head import Part

if TYPE_CHECKING:
    from isthmus.estimators.base import AbstractAutoencoder

HIDDEN = 0.1
"""Share of the known entries that are hidden."""

WIDEST, ROWS = 60, 500
"""Maximum of columns and of rows that regressions are fitted to: they take a second then."""


def imputed(
    estimator: "AbstractAutoencoder",
    train: Part,
    part: Part,
    spans: Sequence[tuple[int, int]] = (),
) -> Imputed | None:
    """Return errors of entries that are hidden, of a model that learned from rows with blanks.

    Parameters
    ----------
    estimator
        Fitted.
    train, part
        Examples of the fit, and those that are measured.
    spans
        Encoded columns (first, end) that stand for one column of a table: hidden together.

    Returns
    -------
    Imputed or None
        None where nothing was missing in training, or there are too many columns.
    """
    if not estimator.model_.likelihood.masked:
        return None
    known = estimator.assess(train.X, train.labels)
    width = known["scaled"].shape[1]
    if "observed" not in known or known["observed"].all() or not 1 < width <= WIDEST:
        return None
    learned = np.where(known["observed"] > 0, known["scaled"], np.nan)[:ROWS]
    x = np.asarray(part.X, np.float64).reshape(len(part.X), -1)[:ROWS]
    columns = spans or [(j, j + 1) for j in range(width)]
    chosen = np.random.default_rng(0).random((len(x), len(columns))) < HIDDEN
    hidden = np.zeros(x.shape, bool)
    for place, (first, end) in enumerate(columns):
        hidden[:, first:end] = chosen[:, [place]]
    hidden &= ~np.isnan(x)
    rows = hidden.any(axis=1)
    if rows.sum() < 2:
        return None
    x, hidden = x[rows], hidden[rows]
    truth, holed = estimator.scale(x), np.where(hidden, np.nan, x)
    filled = estimator.scale(np.asarray(estimator.impute(holed)).reshape(x.shape))
    holed = np.where(hidden | np.isnan(x), np.nan, truth)
    mean = np.where(np.isnan(learned).all(axis=0), 0.0, np.nanmean(learned, axis=0))
    counts = hidden.sum(axis=1)

    def error(back: np.ndarray) -> np.ndarray:
        squares = np.square(np.where(hidden, back - truth, 0.0), dtype=np.float64)
        return squares.sum(axis=1) / counts

    return Imputed(error(filled), error(_regressed(learned, holed)), error(mean))


def _regressed(learned: np.ndarray, holed: np.ndarray) -> np.ndarray:
    """Return rows whose missing entries are filled in by regression on the other columns."""
    from sklearn.experimental import enable_iterative_imputer as _  # noqa: F401
    from sklearn.impute import IterativeImputer
    from sklearn.linear_model import Ridge

    with warnings.catch_warnings():  # of empty columns, and that five rounds may be too few
        warnings.simplefilter("ignore")
        low, high = np.nanmin(learned, axis=0), np.nanmax(learned, axis=0)
        imputer = IterativeImputer(
            Ridge(),
            max_iter=5,
            n_nearest_features=min(20, learned.shape[1] - 1),
            keep_empty_features=True,
            min_value=np.where(np.isnan(low), -1.0, low),  # pyright: ignore[reportArgumentType]
            max_value=np.where(low < high, high, np.where(np.isnan(low), 1.0, low + 1e-6)),  # pyright: ignore[reportArgumentType]
            random_state=0,
        )
        return np.asarray(imputer.fit(learned).transform(holed))
