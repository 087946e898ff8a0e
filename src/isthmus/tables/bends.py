r"""Bends: monotone maps of skewed numbers, inverted exactly.

The family is the inverse hyperbolic sine,

.. math:: y = \mathrm{asinh}((x - c) / s)

nearly linear within s of c and logarithmic beyond, defined for every real number in both
directions (Burbidge, Magee and Robb, Alternative transformations to handle extreme values of the
dependent variable, JASA 1988). Powers (Box-Cox, Yeo-Johnson) bend as well, but the inverse of one
ends at a finite number, beyond which a decoder's output has no value.
"""

from dataclasses import dataclass

import numpy as np

SKEWED = 1.0
"""Absolute skewness from which a column is bent."""

SHARES = (0.01, 0.05, 0.25, 0.5, 0.75)
"""Quantiles of the distance from the centre that are tried as the spread."""

FAR = 30.0
"""Bent values are cut here before they are straightened: e^30 spreads, which no column reaches."""


@dataclass(frozen=True)
class Bend:
    """One map x -> asinh((x - centre) / spread).

    Parameters
    ----------
    centre, spread
        c and s > 0, in the column's unit.

    Examples
    --------
    >>> bend = Bend(0.0, 2.0)
    >>> bool(np.allclose(bend.inverse(bend(np.array([-5.0, 0.0, 1e6]))), [-5.0, 0.0, 1e6]))
    True
    """

    centre: float
    spread: float

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Return numbers bent."""
        return np.arcsinh((x - self.centre) / self.spread)

    def inverse(self, y: np.ndarray) -> np.ndarray:
        """Return bent numbers straightened."""
        return self.centre + self.spread * np.sinh(np.clip(y, -FAR, FAR))


def skewness(x: np.ndarray) -> float:
    """Return the third standardised moment of numbers (n,); 0 where they do not vary."""
    deviation = x.std()
    return float((((x - x.mean()) / deviation) ** 3).mean()) if deviation > 0 else 0.0


def fitted_bend(x: np.ndarray) -> Bend:
    r"""Return the bend after which numbers (n,) are most nearly normal.

    The centre, the median or 0 if no number is negative, and the spread, a quantile of the distance
    from it, are those of the greatest likelihood, :math:`-\frac n2 \log \mathrm{var}(y) + \sum \log
    |dy / dx|`.

    Examples
    --------
    >>> x = np.exp(np.random.default_rng(0).normal(size=500))
    >>> abs(skewness(fitted_bend(x)(x))) < 0.5 < skewness(x)
    True
    """
    middle = float(np.median(x))
    bends = []
    for centre in (0.0, middle) if x.min() >= 0 else (middle,):
        distance = np.abs(x - centre)
        spreads = np.unique(np.quantile(distance[distance > 0], SHARES))
        bends += [Bend(centre, float(spread)) for spread in spreads]
    return max(bends, key=lambda bend: _log_likelihood(bend, x))


def _log_likelihood(bend: Bend, x: np.ndarray) -> float:
    slopes = -0.5 * np.log((x - bend.centre) ** 2 + bend.spread**2)
    return float(slopes.mean() - 0.5 * np.log(bend(x).var()))
