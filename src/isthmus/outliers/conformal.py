"""Probabilities that hold: conformal p-values, and selection at a false discovery rate."""

import numpy as np
from scipy.special import gammaln

from isthmus.checks import check_between
from isthmus.errors import DataError


def p_values(scores: np.ndarray, calibration: np.ndarray) -> np.ndarray:
    r"""Return conformal p-values: :math:`(1 + \#\{i : c_i \ge s\}) / (n + 1)`.

    For an example that is exchangeable with the n calibration examples, a p-value is at most t with
    a probability of at most t, whatever the score and the distribution.

    Parameters
    ----------
    scores : (m,)
        Of new examples; higher is more unusual.
    calibration : (n,)
        Of examples to which the score was not fitted.

    Returns
    -------
    ndarray (m,)
        In [1 / (n + 1), 1].

    References
    ----------
    Vovk, Gammerman and Shafer, Algorithmic learning in a random world, 2005, section 2.2.

    Examples
    --------
    >>> p_values(np.array([0.0, 2.5, 9.0]), np.array([1.0, 2.0, 3.0, 4.0])).tolist()
    [1.0, 0.6, 0.2]
    """
    calibration = np.sort(calibration)
    if not len(calibration):
        raise DataError("There are no calibration examples: fit with more examples.")
    above = len(calibration) - np.searchsorted(calibration, scores, side="left")
    return (1 + above) / (len(calibration) + 1)


def conditional_p_values(p: np.ndarray, n: int, delta: float = 0.1) -> np.ndarray:
    r"""Return p-values that hold for the very calibration examples at hand, not on average.

    With a probability of at least 1 - delta over the draw of the n calibration examples, at most a
    share t of usual examples has a p-value of at most t, for every t at once. By Simes's bounds on
    the order statistics of n uniform variables,

    .. math:: b_{n+1-i} = 1 - \delta^{1/k} \Bigl(\frac{i (i-1) \cdots (i-k+1)}
        {n (n-1) \cdots (n-k+1)}\Bigr)^{1/k}, \quad k = \lfloor n/2 \rfloor,

    in the place of j / (n + 1).

    Parameters
    ----------
    p : (m,)
        Of `p_values`.
    n
        Calibration examples, >= 2.
    delta
        Probability, over the draw of these, that the promise fails; in (0, 1).

    References
    ----------
    Bates, Candès, Lei, Romano and Sesia, Testing for outliers with conformal p-values, Annals of
    Statistics 2023, section 3.2.

    Examples
    --------
    >>> conditional_p_values(np.array([0.01, 1.0]), 99).round(3).tolist()
    [0.046, 1.0]
    """
    check_between("conditional p-values", "delta", delta, 0, 1, open_low=True)
    if n < 2:
        raise DataError(f"There are {n} calibration examples, and 2 are needed: fit with more.")
    k = n // 2
    i = np.arange(n, 0, -1)  # of b_1, b_2, ..., b_n
    within = i >= k
    falling = gammaln(i + 1) - gammaln(np.maximum(i - k, 0) + 1)
    top = gammaln(n + 1) - gammaln(n - k + 1)
    bounds = np.where(within, 1 - np.exp((np.log(delta) + falling - top) / k), 1.0)
    rank = np.clip(np.ceil(np.asarray(p) * (n + 1) - 1e-9).astype(int), 1, n + 1)
    return np.append(bounds, 1.0)[rank - 1]


def benjamini_hochberg(p: np.ndarray, rate: float) -> np.ndarray:
    """Tell which hypotheses to reject so that the false ones among them are a share of ``rate``.

    Parameters
    ----------
    p : (m,)
        P-values.
    rate
        False discovery rate, in (0, 1].

    Returns
    -------
    ndarray (m,) of bool

    References
    ----------
    Benjamini and Hochberg, Controlling the false discovery rate, JRSS B 1995.

    Examples
    --------
    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03, 0.5]), 0.1).tolist()
    [True, True, True, False]
    """
    check_between("selection", "fdr", rate, 0, 1, open_low=True)
    m = len(p)
    order = np.argsort(p, kind="stable")
    below = np.flatnonzero(np.asarray(p)[order] <= rate * np.arange(1, m + 1) / m)
    chosen = np.zeros(m, bool)
    if len(below):
        chosen[order[: below[-1] + 1]] = True
    return chosen


def rate_threshold(calibration: np.ndarray, rate: float) -> float:
    """Return the score that a usual example exceeds with a probability of at most ``rate``.

    Infinity where there are too few calibration examples to promise that.

    Examples
    --------
    >>> rate_threshold(np.arange(1.0, 100.0), 0.05), rate_threshold(np.arange(9.0), 0.05)
    (95.0, inf)
    """
    check_between("threshold", "rate", rate, 0, 1, open_low=True)
    n = len(calibration)
    place = int(np.ceil((n + 1) * (1 - rate) - 1e-9))
    return float(np.sort(calibration)[max(place, 1) - 1]) if place <= n else float("inf")
