"""Drawing rows of a table of numbers: as spread out, as exact and as wide as its columns were."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from isthmus.likelihoods import AbstractLikelihood

USUAL = 512
"""Codes whose rows tell how much the decoder's means and the likelihood's noise vary."""


MOST_DECIMALS = 3
"""More decimals than these may be chance in single precision."""

SINGLE = 1e-7
"""Relative rounding of single precision."""


class NumberColumns(NamedTuple):
    """What the columns of a fit to numbers were like, (D,) each.

    Parameters
    ----------
    std
        Standard deviation, in the data's own units.
    decimals
        With how many decimals every entry is written, up to `MOST_DECIMALS`; -1 for more.
    """

    std: np.ndarray
    decimals: np.ndarray

    @property
    def whole(self) -> np.ndarray:
        """Whether every entry was a whole number (D,)."""
        return self.decimals == 0

    def rounded(self, rows: np.ndarray) -> np.ndarray:
        """Return rows (n, D) with the decimals of each column."""
        unit = 10.0 ** np.maximum(self.decimals, 0)
        return np.where(self.decimals >= 0, np.round(rows * unit) / unit, rows)


def columns_of(x: np.ndarray, offset: np.ndarray | float = 0.0) -> NumberColumns:
    """Return what the columns of (n, D) are like; missing entries are left out.

    Examples
    --------
    >>> columns = columns_of(np.array([[1.0, 0.5], [3.0, np.nan], [5.0, 2.5]]))
    >>> columns.std.round(2).tolist(), columns.decimals.tolist()
    ([1.63, 1.0], [0, 1])
    """
    own = x.astype(np.float64) + offset
    known = ~np.isnan(own)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, own, 0).sum(axis=0) / count
    variance = np.where(known, (own - mean) ** 2, 0).sum(axis=0) / count
    decimals = np.full(own.shape[1], -1, np.int8)
    for d in range(MOST_DECIMALS, -1, -1):
        away = np.abs(own - np.round(own, d))
        exact = (away <= SINGLE * np.maximum(np.abs(own), 1) * (d > 0)) | ~known
        decimals[exact.all(axis=0)] = d
    return NumberColumns(np.sqrt(variance), decimals)


def draw_rows(
    columns: NumberColumns,
    limits: tuple[np.ndarray, np.ndarray],
    likelihood: AbstractLikelihood,
    unscaled: Callable[[np.ndarray], np.ndarray],
    raw: np.ndarray,
    usual: np.ndarray,
    seed: int,
) -> np.ndarray:
    """Return rows (n, D) drawn from the likelihood of each column, float64.

    A likelihood of unbounded numbers whose scale is set, such as the Gaussian of squared errors,
    says nothing of how far entries lie from the means. So its noise is as large as the columns lack
    in variance: what the means of usual rows do not have.

    Parameters
    ----------
    columns, limits
        Of the fit; least and greatest values, (D,) each.
    likelihood
        Of the model.
    unscaled
        Returns scaled rows in the data's own units.
    raw, usual
        Raw outputs (n, D) of the codes, and of codes as they are usually drawn.
    seed
        Of the draws.
    """
    low, high = limits
    random = np.random.default_rng(seed)
    means = unscaled(np.asarray(likelihood.mean(jnp.asarray(raw))))
    noise = _noise(likelihood, unscaled, raw, means, seed)
    usual_means = unscaled(np.asarray(likelihood.mean(jnp.asarray(usual))))
    usual_noise = _noise(likelihood, unscaled, usual, usual_means, seed + 1)
    lacking = np.sqrt(np.maximum(columns.std**2 - usual_means.var(axis=0), 0.0))
    share = np.minimum(1.0, lacking / np.maximum(usual_noise.std(axis=0), 1e-30))
    least, greatest = likelihood.domain()
    unbounded = np.isinf(least) & np.isinf(greatest)
    rows = np.clip(means + np.where(unbounded, share, 1.0) * noise, low, high)
    rows = columns.rounded(rows)
    two = columns.whole & (high - low == 1) & unbounded
    chosen = low + (random.random(rows.shape) < np.clip(means - low, 0, 1))
    return np.where(two, chosen, rows)


def _noise(
    likelihood: AbstractLikelihood,
    unscaled: Callable[[np.ndarray], np.ndarray],
    raw: np.ndarray,
    means: np.ndarray,
    seed: int,
) -> np.ndarray:
    drawn = likelihood.sample(jax.random.key(seed), jnp.asarray(raw))
    return unscaled(np.asarray(drawn)) - means
