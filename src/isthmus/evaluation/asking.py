"""Which examples to label next: unsure ones, that differ from each other."""

import numpy as np


def ask(probabilities: np.ndarray, codes: np.ndarray, n: int, *, seed: int = 0) -> np.ndarray:
    r"""Return n rows whose labels would teach a linear classifier of codes most, in that order.

    The gradient of the cross-entropy by the weights, under the predicted label, is
    :math:`g = (p - e_{\hat y}) \otimes (z, 1)`: long where the classifier is unsure. Rows are drawn
    one after the other, in proportion to the squared distance of their gradient from the nearest
    one drawn (k-means++). The first is the longest gradient. So a near duplicate of a drawn row is
    hardly drawn.

    Parameters
    ----------
    probabilities : ndarray of shape (m, k)
        Of the classes.
    codes : ndarray of shape (m, d)
        What the classifier reads.
    n : int
        How many rows, at most m.
    seed : int
        Of the draws.

    Returns
    -------
    ndarray of whole numbers, shape (n,)

    References
    ----------
    Ash, Zhang, Krishnamurthy, Langford and Agarwal, Deep batch active learning by diverse,
    uncertain gradient lower bounds, ICLR 2020, algorithm 1.

    Examples
    --------
    >>> probabilities = np.array([[1.0, 0.0], [0.5, 0.5], [0.5, 0.5], [0.6, 0.4]])
    >>> codes = np.array([[0.0], [3.0], [3.0], [-3.0]])
    >>> ask(probabilities, codes, 2).tolist()
    [1, 3]
    """
    p = probabilities.astype(np.float64)
    q = p.copy()
    q[np.arange(len(p)), p.argmax(axis=1)] -= 1
    z = codes.astype(np.float64)
    z = np.column_stack([z / max(float(np.sqrt(np.mean(z**2))), 1e-12), np.ones(len(z))])
    squares = (q**2).sum(axis=1) * (z**2).sum(axis=1)
    rng = np.random.default_rng(seed)
    chosen = [int(squares.argmax())]
    nearest = np.full(len(p), np.inf)
    while len(chosen) < min(n, len(p)):
        last = chosen[-1]
        apart = squares + squares[last] - 2 * (q @ q[last]) * (z @ z[last])
        nearest = np.minimum(nearest, np.maximum(apart, 0.0))
        nearest[nearest < 1e-12 * max(float(squares.max()), 1e-300)] = 0.0
        nearest[chosen] = 0.0
        total = nearest.sum()
        if total > 0:
            chosen.append(int(rng.choice(len(p), p=nearest / total)))
        else:  # only duplicates are left
            others = np.setdiff1d(np.arange(len(p)), chosen)
            chosen.append(int(others[0]))
    return np.array(chosen)
