"""Pairs in the feed: which example each one is paired with, as a function of (seed, epoch)."""

import numpy as np

STREAM = 0x70616972
"""Third part of the seed of these draws: they are independent of the order of examples."""


class Partners:
    """Draws a neighbour of every example, anew in each epoch.

    Parameters
    ----------
    graph : (n, k), whole numbers
        The k nearest neighbours of each of n examples, by their place.
    weights : (n, k) or None
        Relative probability of each neighbour, >= 0, not all zero for an example; None draws the
        neighbours of an example with equal probability.
    seed
        The draws are a function of (seed, epoch) alone: a resumed training sees the same pairs,
        however its examples are stored.

    Examples
    --------
    >>> partners = Partners(np.array([[1, 2], [0, 2], [0, 1]]), None, seed=0)
    >>> partners.of_epoch(0).tolist() == partners.of_epoch(0).tolist()
    True
    """

    def __init__(self, graph: np.ndarray, weights: np.ndarray | None, seed: int):
        self.graph, self.seed = graph, seed
        self._bounds = None if weights is None else _cumulative(weights)
        self._drawn: tuple[int, np.ndarray] = (-1, np.empty(0, np.int64))

    def of_epoch(self, epoch: int) -> np.ndarray:
        """Return the place of each example's partner in an epoch, (n,)."""
        if self._drawn[0] != epoch:
            n, k = self.graph.shape
            uniform = np.random.default_rng([self.seed, epoch, STREAM]).random(n)
            if self._bounds is None:
                column = (uniform * k).astype(np.int64)
            else:  # the first neighbour whose bound lies above the draw
                column = (uniform[:, None] >= self._bounds[:, :-1]).sum(axis=1)
            self._drawn = (epoch, self.graph[np.arange(n), column])
        return self._drawn[1]


def _cumulative(weights: np.ndarray) -> np.ndarray:
    """Return the cumulative probabilities of weights (n, k), by row."""
    sums = np.cumsum(weights, axis=1, dtype=np.float64)
    return sums / sums[:, -1:]
