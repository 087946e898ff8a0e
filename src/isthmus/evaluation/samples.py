"""Are generated examples like real ones? Fréchet distance, precision and recall of features.

Features come from a network of the caller's choosing, or are the examples themselves. Neither
measure means anything without the name of that network: report it next to the figure, with the
number of examples.
"""

from typing import NamedTuple

import numpy as np

from isthmus.errors import DataError, SettingError
from isthmus.evaluation.checks import finite_rows
from isthmus.evaluation.reconstruction import blocks

DISTANCES = 1 << 23


class PrecisionRecall(NamedTuple):
    """Two shares, each 0 to 1.

    Parameters
    ----------
    precision
        Of the generated examples, those among the real ones: quality.
    recall
        Of the real examples, those among the generated ones: variety.
    """

    precision: float
    recall: float


def frechet_distance(features: np.ndarray, others: np.ndarray) -> float:
    """Fréchet distance of two sets of features, each taken for a Gaussian [1]_.

    The formula of the FID, and the FID itself if the features are those of its Inception network.
    Covariances are divided by n - 1, as there. The estimate is biased upwards, the more so the
    fewer the examples: compare figures of equally many, and of many more than p.

    Parameters
    ----------
    features, others : ndarray of shape (n, p), (m, p)
        Features of the two sets, from the same network; at least two rows each.

    Returns
    -------
    float
        At least 0, in squared units of the features; symmetric.

    Raises
    ------
    DataError
        When features are not finite, have one row, or are not equally many a row.

    References
    ----------
    .. [1] Heusel et al., GANs trained by a two time-scale update rule converge to a local Nash
       equilibrium, NIPS 2017.

    Examples
    --------
    >>> features = np.random.default_rng(0).normal(size=(100, 3))
    >>> round(frechet_distance(features, features + [3, 0, 4]), 6)
    25.0
    """
    features, others = _pair(features, others, least=2)
    return frechet_from_moments(*_moments(features), *_moments(others))


def frechet_from_moments(
    mean: np.ndarray, covariance: np.ndarray, other_mean: np.ndarray, other_covariance: np.ndarray
) -> float:
    """Fréchet distance of two Gaussians, such as stored statistics of a data set.

    ``|m - m'|² + tr(S + S' - 2 (S S')^(1/2))``; the last trace is the sum of the singular values
    of ``S^(1/2) S'^(1/2)``, which needs neither S nor S' to have full rank.

    Parameters
    ----------
    mean, other_mean : ndarray of shape (p,)
    covariance, other_covariance : ndarray of shape (p, p)
        Symmetric and positive semi-definite.

    Returns
    -------
    float
        At least 0, in squared units of the features; symmetric.

    Raises
    ------
    DataError
        When shapes do not fit, or a number is not finite.

    References
    ----------
    Dowson and Landau, The Fréchet distance between multivariate normal distributions, Journal of
    Multivariate Analysis, 1982.

    Examples
    --------
    >>> round(frechet_from_moments(np.zeros(2), np.eye(2), np.ones(2), 4 * np.eye(2)), 6)
    4.0
    """
    means = finite_rows("means", np.stack([mean, other_mean]))
    covariance = finite_rows("rows of the covariance", covariance)
    other_covariance = finite_rows("rows of the other covariance", other_covariance)
    p = means.shape[1]
    if not covariance.shape == other_covariance.shape == (p, p):
        raise DataError(
            f"The means have {p} features, but the covariances shapes {covariance.shape} and "
            f"{other_covariance.shape}; both must be ({p}, {p})."
        )
    roots = _root(covariance) @ _root(other_covariance)
    shared = np.linalg.svd(roots, compute_uv=False).sum()
    apart = np.square(means[0] - means[1]).sum()
    return float(max(apart + np.trace(covariance) + np.trace(other_covariance) - 2 * shared, 0.0))


def precision_recall(
    real: np.ndarray, generated: np.ndarray, *, neighbours: int = 3
) -> PrecisionRecall:
    """Improved precision and recall [1]_: which examples lie within the other set.

    A set is taken for the union of balls round its examples, each reaching as far as the
    example's k-th nearest neighbour in its own set. Precision is the share of generated examples
    within the real ones' balls, recall the share of real ones within the generated ones'.

    Distances are exact and Euclidean, taken block by block: time grows with (n + m)² p, memory
    does not. 10,000 examples of each serve most purposes.

    Parameters
    ----------
    real, generated : ndarray of shape (n, p), (m, p)
        Features of real and of generated examples, from the same network.
    neighbours : int
        k, at least 1 and below n and m.

    Returns
    -------
    PrecisionRecall

    Raises
    ------
    DataError
        When features are not finite, or not equally many a row.
    SettingError
        When a set has no k-th neighbours.

    References
    ----------
    .. [1] Kynkäänniemi et al., Improved precision and recall metric for assessing generative
       models, NeurIPS 2019.

    Examples
    --------
    >>> real = np.arange(6.0)[:, None]
    >>> precision_recall(real, np.array([[0.0], [0.1], [0.2], [90.0]]), neighbours=1)
    PrecisionRecall(precision=0.75, recall=1.0)
    """
    real, generated = _pair(real, generated)
    fewest = min(len(real), len(generated))
    if not 1 <= neighbours < fewest:
        raise SettingError(
            f"neighbours={neighbours}, but the smaller set has {fewest} examples; use 1 to "
            f"{fewest - 1}."
        )
    return PrecisionRecall(
        precision=_covered(generated, real, neighbours),
        recall=_covered(real, generated, neighbours),
    )


def _pair(left: np.ndarray, right: np.ndarray, least: int = 1) -> tuple[np.ndarray, np.ndarray]:
    left, right = finite_rows("features", left), finite_rows("features", right)
    if left.shape[1] != right.shape[1] or min(len(left), len(right)) < least:
        raise DataError(
            f"The two sets of features have shapes {left.shape} and {right.shape}, but must be "
            f"of the same network, with at least {least} rows each."
        )
    return left, right


def _moments(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return features.mean(axis=0), np.atleast_2d(np.cov(features, rowvar=False))


def _root(covariance: np.ndarray) -> np.ndarray:
    """Symmetric square root (p, p); eigenvalues that rounding made negative count as 0."""
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T


def _covered(points: np.ndarray, members: np.ndarray, k: int) -> float:
    """Share of ``points`` (m, p) within the ball, to the k-th neighbour, of one of ``members``."""
    from scipy.spatial.distance import cdist

    rows = max(1, DISTANCES // max(len(points), len(members)))
    within = np.zeros(len(points), bool)
    for some in blocks(len(members), rows):
        # Place 0 is the member itself, or a twin at the same distance of 0.
        radii = np.partition(cdist(members[some], members), k, axis=1)[:, k]
        within |= (cdist(members[some], points) <= radii[:, None]).any(axis=0)
    return float(within.mean())
