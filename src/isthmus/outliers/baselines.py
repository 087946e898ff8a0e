"""What finds outliers without an autoencoder: the detectors that ours is compared with."""

from collections.abc import Callable, Mapping

import numpy as np
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import NearestNeighbors

from isthmus.outliers.robust import robust_scale, robust_scatter

MOST = 5_000
"""Examples that nearest neighbours are looked for among, at most."""

Baseline = Callable[[np.ndarray], np.ndarray]
"""From examples (n, D) to scores (n,), higher for outliers."""


def isolation_forest(x: np.ndarray) -> np.ndarray:
    """Return scores (n,) by scikit-learn's isolation forest."""
    return -IsolationForest(random_state=0).fit(x).score_samples(x)


def nearest_neighbours(x: np.ndarray, k: int = 5) -> np.ndarray:
    """Return distances (n,) of standardised columns to the k-th nearest other example."""
    deviation = x.std(axis=0)
    standard = (x - x.mean(axis=0)) / np.where(deviation > 0, deviation, 1)
    kept = standard[:: -(-len(x) // MOST)]
    k = min(k, len(kept) - 1)
    return NearestNeighbors(n_neighbors=k + 1).fit(kept).kneighbors(standard)[0][:, -1]


def plain_distance(x: np.ndarray) -> np.ndarray:
    """Return squared robust Mahalanobis distances (n,) of the columns."""
    scaled = x / robust_scale(x)
    return robust_scatter(scaled).squared_distances(scaled)


BASELINES: Mapping[str, Baseline] = {
    "isolation forest": isolation_forest,
    "k nearest neighbours": nearest_neighbours,
    "plain distance": plain_distance,
}
"""By the names that reports use."""
