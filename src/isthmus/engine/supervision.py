"""Labelled examples in the feed: enough of them in every batch, where most have no label."""

import numpy as np

STREAM = 0x6C61626C
"""Second part of the seed of these draws: they are independent of the order of examples."""

SHARE = 0.25
"""Labelled examples per example of a batch. Where the data have fewer, each batch gets more."""


class Supervision:
    """How much each example teaches the heads, and which ones are added to every batch for that.

    Where the labelled ones are fewer than a quarter of all, a batch in the examples' order holds
    few or none. Then a quarter as many labelled ones are added to each batch. They come from a
    shuffled cycle of their own, in which each appears once before any appears again, and they alone
    teach the heads; the rest of the loss does not count them.

    Parameters
    ----------
    weights : (n,)
        How much each example teaches, >= 0; 0 without a label.
    seed
        The cycle is a function of (seed, step) alone: a resumed training sees the same examples,
        however they are stored. None adds no examples, as in validation.
    multiple
        The number that is added is a multiple of this, so that devices can share a batch.

    Examples
    --------
    >>> few = Supervision(np.array([1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]), seed=0)
    >>> few.added(batch_size=4), sorted(few.of_steps(range(2), 1).ravel().tolist())
    (1, [0, 1])
    >>> Supervision(np.array([1.0, 1.0, 0.0]), seed=0).added(batch_size=4)
    0
    """

    def __init__(self, weights: np.ndarray, seed: int | None, multiple: int = 1):
        self.weights, self._multiple = weights.astype(np.float32), multiple
        self._rows, self._seed = np.flatnonzero(weights), seed
        self._cycles: dict[int, np.ndarray] = {}

    def added(self, batch_size: int) -> int:
        """Return how many labelled examples are added to a batch."""
        count = len(self._rows)
        if self._seed is None or count >= SHARE * len(self.weights):
            return 0
        wanted = min(count, max(1, round(SHARE * batch_size)))
        return wanted + -wanted % self._multiple

    def of_steps(self, steps: range, count: int) -> np.ndarray:
        """Return the places of the examples that are added to the batches of steps, (S, count)."""
        places = np.arange(steps.start * count, steps.stop * count)
        cycles, within = np.divmod(places, len(self._rows))
        chosen = np.empty(len(places), np.int64)
        for cycle in np.unique(cycles).tolist():
            here = cycles == cycle
            chosen[here] = self._rows[self._order(cycle)[within[here]]]
        return chosen.reshape(-1, count)

    def _order(self, cycle: int) -> np.ndarray:
        if cycle not in self._cycles:
            self._cycles = {k: v for k, v in self._cycles.items() if k >= cycle - 1}
            draws = np.random.default_rng([self._seed or 0, cycle, STREAM])
            self._cycles[cycle] = draws.permutation(len(self._rows))
        return self._cycles[cycle]
