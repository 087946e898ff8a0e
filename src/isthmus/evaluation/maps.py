"""How faithful is a map? Neighbourhoods and distances of examples and of their codes.

Each measure needs all distances among the examples, so a sample of limited size stands for many.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from isthmus.errors import SettingError

BLOCK = 2**22
"""Number of distances that are computed at once."""

PAIRED = 1_000
"""Maximum number of examples whose distances are correlated: half a million pairs."""


class MapQuality(NamedTuple):
    """How faithfully codes keep neighbourhoods and distances; 1 is best for each.

    Parameters
    ----------
    trustworthiness
        In [0, 1]: near 1 if the neighbours of a code are neighbours in the data.
    continuity
        In [0, 1]: near 1 if the neighbours in the data are neighbours of the code.
    hits
        Share of an example's k nearest neighbours that are among the k nearest of its code.
    distance_correlation
        Spearman's correlation of the distances of all pairs, in [-1, 1]: how far the map keeps the
        large scale.
    neighbours
        k.
    examples
        Number of examples measured.
    """

    trustworthiness: float
    continuity: float
    hits: float
    distance_correlation: float
    neighbours: int
    examples: int


def map_quality(
    x: np.ndarray, codes: np.ndarray, *, neighbours: int = 12, most: int = 2_000, seed: int = 0
) -> MapQuality:
    r"""Measure how faithfully codes keep the neighbourhoods and distances of examples.

    With :math:`r(i, j)` the rank of j among the neighbours of i in the data, the nearest first,
    :math:`\hat r` the rank in the map, and k neighbours,

    .. math:: T = 1 - \frac{2}{n k (2 n - 3 k - 1)} \sum_i \sum_{j : \hat r(i, j) \le k}
        \max(0, r(i, j) - k)

    is the trustworthiness, and the continuity is the same with r and its hat exchanged.

    Parameters
    ----------
    x : ndarray of shape (n, D)
        Examples, without missing values; Euclidean distance.
    codes : ndarray of shape (n, d)
        Their codes, by row.
    neighbours : int
        k >= 1, less than half of the examples measured.
    most : int
        Maximum number of examples measured: a random sample of more.
    seed : int
        Of that sample.

    Raises
    ------
    SettingError
        If there are not more than 2 k examples, or not as many codes.

    References
    ----------
    Venna and Kaski, Neighborhood preservation in nonlinear projection methods, ICANN 2001,
    equations 1 and 2. Kobak and Berens, The art of using t-SNE for single-cell transcriptomics,
    Nature Communications 2019: KNN and CPD are hits and distance correlation here.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(50, 2))
    >>> map_quality(x, 3 * x, neighbours=5)[:4]
    (1.0, 1.0, 1.0, 1.0)
    """
    k = neighbours
    x, codes = _sample_of_both(x, codes, k, most, seed)
    n = len(x)
    intrusions = extrusions = hits = 0
    for ranks, ranks_in_map in zip(_ranks(x), _ranks(codes), strict=True):
        intrusions += int(np.maximum(ranks - k, 0)[ranks_in_map <= k].sum())
        extrusions += int(np.maximum(ranks_in_map - k, 0)[ranks <= k].sum())
        hits += int(((ranks <= k) & (ranks_in_map <= k)).sum())
    scale = 2 / (n * k * (2 * n - 3 * k - 1))
    return MapQuality(
        trustworthiness=1 - scale * intrusions,
        continuity=1 - scale * extrusions,
        hits=hits / (n * k),
        distance_correlation=_distance_correlation(x, codes),
        neighbours=k,
        examples=n,
    )


def _sample_of_both(
    x: np.ndarray, codes: np.ndarray, k: int, most: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return at most that number of examples and their codes, enough for k neighbours."""
    if len(x) != len(codes):
        raise SettingError(
            f"There are {len(x)} examples and {len(codes)} codes: give one for each."
        )
    n = min(len(x), most)
    if not 1 <= k < n / 2:
        raise SettingError(
            f"neighbours is {k}; it must be at least 1 and less than half of the {n} examples."
        )
    if len(x) <= most:
        return x, codes
    chosen = np.sort(np.random.default_rng(seed).choice(len(x), most, replace=False))
    return np.asarray(x)[chosen], np.asarray(codes)[chosen]


def _ranks(points: np.ndarray) -> Iterator[np.ndarray]:
    """Yield blocks of rows (b, n) of ranks: 1 for a point's nearest other, n for itself."""
    from scipy.spatial.distance import cdist

    n = len(points)
    step = max(1, BLOCK // n)
    for start in range(0, n, step):
        rows = np.arange(start, min(start + step, n))
        distances = cdist(points[rows], points)
        distances[np.arange(len(rows)), rows] = np.inf
        order = np.argsort(distances, axis=1, kind="stable")
        ranks = np.empty_like(order)
        np.put_along_axis(ranks, order, np.arange(1, n + 1)[None], axis=1)
        yield ranks


def _distance_correlation(x: np.ndarray, codes: np.ndarray) -> float:
    """Return Spearman's correlation of the distances among points, of at most 1,000 of them."""
    from scipy.spatial.distance import pdist
    from scipy.stats import spearmanr

    some = slice(None, None, -(-len(x) // PAIRED))
    distances = pdist(x[some]), pdist(codes[some])
    if min(map(np.ptp, distances)) == 0:  # one place for all points: nothing is kept
        return 0.0
    return float(np.asarray(spearmanr(*distances))[0])
