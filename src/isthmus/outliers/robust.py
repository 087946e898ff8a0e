"""Location, spread and scatter that outliers among the examples move little."""

from typing import NamedTuple

import numpy as np
from scipy.stats import chi2
from sklearn.covariance import LedoitWolf

from isthmus.outliers.tails import NORMAL_QUARTILES

LEAST_SHARE = 0.1
"""A spread by quartiles below this share of the standard deviation is that of one value which most
examples have; the standard deviation is taken then."""


def robust_scale(x: np.ndarray) -> np.ndarray:
    """Return the spread (D,) of columns (n, D) by their quartiles.

    Where they are next to equal, as of a column that is one value for most examples, by its
    standard deviation; of a constant column, 1.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(1000, 1)) * 3
    >>> x[:50] = 20.0
    >>> bool(2.8 < robust_scale(x)[0] < 3.5)
    True
    """
    low, high = np.quantile(x, [0.25, 0.75], axis=0)
    spread, deviation = (high - low) / NORMAL_QUARTILES, x.std(axis=0, dtype=np.float64)
    spread = np.where(spread > LEAST_SHARE * deviation, spread, deviation)
    return np.where(spread > 0, spread, 1.0).astype(np.float32)


class Scatter(NamedTuple):
    """A centre (D,) and a precision matrix (D, D)."""

    centre: np.ndarray
    precision: np.ndarray

    def squared_distances(self, x: np.ndarray) -> np.ndarray:
        """Return squared Mahalanobis distances (n,)."""
        centred = np.asarray(x, np.float64) - self.centre
        return np.einsum("ij,jk,ik->i", centred, self.precision, centred)


def robust_scatter(x: np.ndarray, trimmed: float = 0.1, steps: int = 5) -> Scatter:
    r"""Return location and scatter of the examples that are nearest to them.

    Concentration steps: a covariance, shrunk as Ledoit and Wolf do, of the examples of the least
    Mahalanobis distances by the covariance before, from medians and robust spreads on.

    Parameters
    ----------
    x : (n, D)
        Examples.
    trimmed
        The share that is left out, in [0, 0.5].
    steps
        How often.

    References
    ----------
    Rousseeuw and Van Driessen, A fast algorithm for the minimum covariance determinant estimator,
    Technometrics 1999, section 3: the C-step. Ledoit and Wolf, 2004. The factor that makes the
    scatter of normal examples theirs: Croux and Haesbroeck, 1999.
    """
    x = np.asarray(x, np.float64)
    n, features = x.shape
    spread = robust_scale(x).astype(np.float64)
    scatter = Scatter(np.median(x, axis=0), np.diag(1 / spread**2))
    kept = max(2, round((1 - trimmed) * n))
    for _ in range(steps if trimmed else 1):
        inside = x[np.argsort(scatter.squared_distances(x), kind="stable")[:kept]]
        fitted = LedoitWolf().fit(inside)
        scatter = Scatter(fitted.location_, np.asarray(fitted.precision_))
    share = kept / n
    shrunk = chi2.cdf(chi2.ppf(share, features), features + 2) / share if share < 1 else 1.0
    return Scatter(scatter.centre, scatter.precision * shrunk)
