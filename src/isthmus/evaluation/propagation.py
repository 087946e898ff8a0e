"""Labels that spread over a graph of neighbours, from the few examples that have one."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

STEPS = 40
"""Number of steps of a spread: labels of some ten thousand examples then hardly change."""

SLOWEST = 0.998
"""Largest eigenvalue, below 1, of the graph's walk that the steps are accelerated for."""

FOLDS = 3
"""Into how many parts the labelled examples are divided, each predicted from the others."""

LEAST_LABELLED = 2
"""Fewest labelled examples of every class for this to be possible."""


def similarities(neighbours: np.ndarray, distances: np.ndarray) -> "csr_matrix":
    r"""Return the similarities of neighbours as a symmetric sparse matrix (n, n).

    .. math:: w_{ij} = \exp(-d_{ij}^2 / (s_i s_j))

    where :math:`s_i` is the distance of i's last neighbour; the mean with its transpose.

    Parameters
    ----------
    neighbours : ndarray of whole numbers, shape (n, k)
        The neighbours of each example, the nearest first.
    distances : ndarray of shape (n, k)
        Their distances.

    References
    ----------
    Zelnik-Manor and Perona, Self-tuning spectral clustering, NIPS 2004, equation 1; there s is the
    distance of the seventh neighbour.

    Examples
    --------
    >>> weights = similarities(np.array([[1], [0], [1]]), np.array([[1.0], [1.0], [2.0]]))
    >>> weights.toarray().astype(float).round(3).tolist()
    [[0.0, 0.368, 0.0], [0.368, 0.0, 0.068], [0.0, 0.068, 0.0]]
    """
    from scipy.sparse import csr_matrix

    n, k = neighbours.shape
    scale = np.maximum(distances[:, -1].astype(np.float64), np.finfo(np.float32).tiny)
    weights = np.exp(-(distances.astype(np.float64) ** 2) / (scale[:, None] * scale[neighbours]))
    starts = np.arange(0, n * k + 1, k)
    one_way = csr_matrix((weights.ravel(), neighbours.ravel(), starts), (n, n))
    return ((one_way + one_way.T) / 2).astype(np.float32).tocsr()


def spread(weights: "csr_matrix", rows: np.ndarray, numbers: np.ndarray, k: int) -> np.ndarray:
    r"""Spread the labels of some examples over a graph, by Poisson learning.

    The potentials u solve :math:`L u = \sum_j (e_{y_j} - \bar e) \delta_j`, with the graph's
    Laplacian L, the labelled examples j and the mean of their labels' indicators. The largest
    potential of an example is its label's.

    Parameters
    ----------
    weights : sparse matrix of shape (n, n)
        Similarities, symmetric.
    rows : ndarray of shape (m,)
        Which examples have a label.
    numbers : ndarray of shape (m,)
        The numbers of their classes.
    k : int
        Number of classes.

    Returns
    -------
    ndarray of shape (n, k)
        Potentials, whose sum over the classes is zero; all zero where no label reaches.

    References
    ----------
    Calder, Cook, Thorpe and Slepčev, Poisson learning: graph based semi-supervised learning at very
    low label rates, ICML 2020, algorithm 1; there the steps end once a random walk has mixed.

    Examples
    --------
    >>> line = similarities(np.array([[1], [0], [1], [2], [3]]), np.ones((5, 1)))
    >>> spread(line, np.array([0, 4]), np.array([0, 1]), 2).argmax(axis=1)[[0, 1, 3, 4]].tolist()
    [0, 0, 1, 1]
    """
    return _solve(weights, _sources(_length(weights), rows, numbers, k))


class Crossed(NamedTuple):
    """Labelled examples that were predicted from the other labelled ones, fold by fold.

    Parameters
    ----------
    right : (m,)
        Which of them were predicted rightly.
    sharpness
        Factor of the potentials under which the labels are likeliest.
    folds : (m,)
        The fold of each labelled example.
    """

    right: np.ndarray
    sharpness: float
    folds: np.ndarray


def cross_spread(
    weights: "csr_matrix", rows: np.ndarray, numbers: np.ndarray, k: int, seed: int
) -> Crossed | None:
    """Predict each labelled example from those of the other folds; None with too few of a class.

    The parameters are those of `spread`; the seed divides the labelled examples, by class.
    """
    from sklearn.model_selection import StratifiedKFold

    if np.bincount(numbers, minlength=k).min() < LEAST_LABELLED:
        return None
    least = min(FOLDS, int(np.bincount(numbers, minlength=k).min()))
    folds = np.empty(len(rows), int)
    divided = StratifiedKFold(least, shuffle=True, random_state=seed).split(rows, numbers)
    for fold, (_, out) in enumerate(divided):
        folds[out] = fold
    n = _length(weights)
    kept = [folds != fold for fold in range(least)]
    sources = [_sources(n, rows[some], numbers[some], k) for some in kept]
    found = _solve(weights, np.concatenate(sources, axis=1)).reshape(n, least, k)
    potentials = found[rows, folds]
    return Crossed(potentials.argmax(axis=1) == numbers, _sharpness(potentials, numbers), folds)


def is_clearly_better(right: np.ndarray, other: np.ndarray) -> bool:
    """Tell whether more of the same predictions are right, by more than one standard error.

    Parameters
    ----------
    right, other : ndarray of truth values, shape (m,)
        Which predictions are right, one way and the other.

    Examples
    --------
    >>> is_clearly_better(np.array([True] * 9 + [False]), np.array([True] * 3 + [False] * 7))
    True
    >>> is_clearly_better(np.array([True] * 9 + [False]), np.array([True] * 8 + [False, True]))
    False
    """
    gains = right.astype(float) - other
    return bool(gains.mean() > gains.std(ddof=1) / np.sqrt(len(gains)))


def as_probabilities(potentials: np.ndarray, sharpness: float) -> np.ndarray:
    """Return probabilities (n, k) of potentials, relative to their root mean square.

    Examples
    --------
    >>> as_probabilities(np.array([[1.0, -1.0], [0.0, 0.0]]), 1.0).round(2).tolist()
    [[0.94, 0.06], [0.5, 0.5]]
    """
    from scipy.special import softmax

    return softmax(sharpness * potentials / _scale(potentials), axis=1)


def _length(weights: "csr_matrix") -> int:
    shape: Any = weights.shape
    return int(shape[0])


def _scale(potentials: np.ndarray) -> float:
    return max(float(np.sqrt(np.mean(potentials**2))), 1e-30)


def _sources(n: int, rows: np.ndarray, numbers: np.ndarray, k: int) -> np.ndarray:
    """Return what flows in at each example, (n, k): of the labelled ones, less the mean."""
    labels = np.eye(k, dtype=np.float32)[numbers]
    sources = np.zeros((n, k), np.float32)
    sources[rows] = labels - labels.mean(axis=0)
    return sources


def _solve(weights: "csr_matrix", sources: np.ndarray) -> np.ndarray:
    """Return u for L u = sources (n, c), by accelerated steps of the random walk.

    Chebyshev's semi-iteration: Golub and Van Loan, Matrix computations, 4th edition, 11.2.8.
    """
    from scipy.sparse import csr_matrix, diags

    degrees = np.maximum(np.asarray(weights.sum(axis=1)).ravel(), 1e-12)
    walk: Any = csr_matrix(diags(1 / degrees) @ weights, dtype=np.float32)
    inflow = (sources / degrees[:, None]).astype(np.float32)
    before, u, ahead = np.zeros_like(inflow), inflow, 2.0
    for _ in range(STEPS - 1):
        ahead = 1 / (1 - SLOWEST**2 * ahead / 4)
        before, u = u, np.float32(ahead) * (walk @ u + inflow - before) + before
    return u


def _sharpness(potentials: np.ndarray, numbers: np.ndarray) -> float:
    """Return the factor of potentials (m, k) under which the labels (m,) are likeliest.

    The labels are smoothed as in Platt, Probabilistic outputs for support vector machines, 1999,
    section 2.2: otherwise it would be infinite where all were predicted well.
    """
    from scipy.optimize import minimize_scalar

    m, k = potentials.shape
    sure = (m + 1) / (m + 2)  # one label more of each kind, right and wrong
    wanted = np.full((m, k), (1 - sure) / (k - 1))
    wanted[np.arange(m), numbers] = sure

    def loss(logarithm: float) -> float:
        found = as_probabilities(potentials, float(np.exp(logarithm)))
        return -float((wanted * np.log(np.maximum(found, 1e-12))).sum(axis=1).mean())

    found = minimize_scalar(loss, bounds=(-4, 4), method="bounded")
    return float(np.exp(found.x))  # pyright: ignore[reportAttributeAccessIssue]
