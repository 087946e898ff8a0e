"""What the code does with its dimensions: spread, dead and collapsed ones, correlation."""

import numpy as np

from isthmus.errors import DataError
from isthmus.plainjson import JsonObject

DEAD = 1e-4
COLLAPSED_NATS = 0.01
ACTIVE_VARIANCE = 0.01


def diagnose(codes: np.ndarray, kl_per_dimension: np.ndarray | None = None) -> JsonObject:
    """Measure how a code uses its dimensions.

    Parameters
    ----------
    codes : ndarray of shape (n, d)
        Codes of n examples; for a probabilistic code the means of the posteriors.
    kl_per_dimension : ndarray of shape (d,), optional
        Mean KL divergence of each dimension's posterior from its prior, in nats. Given for
        probabilistic codes only.

    Returns
    -------
    dict
        ``dim``; ``std`` (a number a dimension); ``dead``, dimensions with below 1/10,000 of
        the largest variance; ``collapsed``, those with a KL below 0.01 nats (None without
        ``kl_per_dimension``); ``active``, how many are neither: for a probabilistic code
        those whose posterior mean has a variance above 0.01 [1]_, otherwise those not
        dead; ``effective_rank``, the exponential of the entropy of the covariance spectrum
        [2]_, 1 to d; ``max_correlation`` and ``mean_correlation``, absolute, between two
        dimensions (None when fewer than two vary).

    Raises
    ------
    DataError
        When a code is not finite.

    References
    ----------
    .. [1] Burda, Grosse and Salakhutdinov (2016), Importance weighted autoencoders, sec. 5.2.
    .. [2] Roy and Vetterli (2007), The effective rank, definition 1, of the covariance.

    Examples
    --------
    >>> codes = np.array([[1.0, 0.0], [-1.0, 0.0], [2.0, 0.0], [-2.0, 0.0]])
    >>> report = diagnose(codes)
    >>> report["active"], report["dead"], report["effective_rank"]
    (1, [1], 1.0)
    """
    codes = _finite_codes(codes)
    variance = codes.var(axis=0)
    dead = np.flatnonzero(variance <= DEAD * variance.max()).tolist()
    collapsed = None
    active = codes.shape[1] - len(dead)
    if kl_per_dimension is not None:
        collapsed = np.flatnonzero(np.asarray(kl_per_dimension) < COLLAPSED_NATS).tolist()
        active = int((variance > ACTIVE_VARIANCE).sum())
    correlations = _correlations(codes, dead)
    highest = float(correlations.max()) if correlations.size else None
    return {
        "dim": codes.shape[1],
        "std": np.sqrt(variance).tolist(),
        "active": active,
        "dead": dead,
        "collapsed": collapsed,
        "effective_rank": _effective_rank(codes),
        "max_correlation": highest,
        "mean_correlation": float(correlations.mean()) if correlations.size else None,
    }


def _correlations(codes: np.ndarray, dead: list[int]) -> np.ndarray:
    """Absolute correlations of every pair of living dimensions, flat."""
    living = np.delete(codes, dead, axis=1)
    if living.shape[1] < 2:
        return np.empty(0)
    matrix = np.abs(np.corrcoef(living, rowvar=False))
    return np.minimum(matrix[np.triu_indices(len(matrix), 1)], 1.0)


def _effective_rank(codes: np.ndarray) -> float:
    spectrum = np.linalg.eigvalsh(np.atleast_2d(np.cov(codes, rowvar=False, ddof=0)))
    spectrum = np.maximum(spectrum, 0.0)
    if spectrum.sum() == 0:
        return 0.0
    share = spectrum / spectrum.sum()
    share = share[share > 0]
    return float(np.exp(-(share * np.log(share)).sum()))


def _finite_codes(codes: np.ndarray) -> np.ndarray:
    """Return codes (n, d) in double precision; raise `DataError` if one is not finite."""
    codes = np.asarray(codes, np.float64).reshape(len(codes), -1)
    if not np.isfinite(codes).all():
        raise DataError(
            f"{int((~np.isfinite(codes)).any(axis=1).sum())} of {len(codes)} codes are not "
            "finite, but every code must be; fit again with a lower learning rate or "
            "gradient_clip=1."
        )
    return codes
