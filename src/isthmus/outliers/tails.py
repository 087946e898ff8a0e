"""From scores of any unit to one unit: how far in the upper tail of usual examples."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.stats import norm

NORMAL_QUARTILES = 1.349
"""Distance between the quartiles of a standard normal distribution, in standard deviations."""

LEAST_SPREAD = 1e-3
"""Scores are logarithms, which vary by more than a thousandth unless most examples are the same."""


@dataclass(frozen=True)
class Tail:
    r"""Robust location and spread of a score among usual examples.

    .. math:: t(s) = \frac{s - \mathrm{median}}{\mathrm{interquartile\ range} / 1.349}

    Outliers among the examples move a median and quartiles little, where they would move a mean
    and a variance much; and unlike a rank, t goes on beyond the most extreme of them.

    Parameters
    ----------
    median, spread
        Of the scores.

    Examples
    --------
    >>> tail = Tail.of(np.random.default_rng(0).normal(2.0, 0.5, size=100_000))
    >>> tail(np.array([2.0, 3.0])).round(1).tolist()
    [0.0, 2.0]
    """

    median: float
    spread: float

    @classmethod
    def of(cls, scores: np.ndarray) -> Self:
        """Return the tail of scores (n,) of usual examples."""
        low, median, high = np.quantile(scores, [0.25, 0.5, 0.75])
        return cls(float(median), max(float(high - low) / NORMAL_QUARTILES, LEAST_SPREAD))

    def __call__(self, scores: np.ndarray) -> np.ndarray:
        """Return standard deviations above the median, an array of the scores' shape."""
        return (scores - self.median) / self.spread


def surprise(t: np.ndarray) -> np.ndarray:
    """Return -log of a standard normal's upper tail beyond ``t``: nats, > 0, rising.

    Examples
    --------
    >>> surprise(np.array([0.0, 1.645])).round(2).tolist()
    [0.69, 3.0]
    """
    return -norm.logsf(t)
