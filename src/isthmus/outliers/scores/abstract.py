"""What every score does."""

from abc import ABCMeta, abstractmethod
from typing import Any, Self, TypeAlias

import numpy as np
from sklearn.base import BaseEstimator

from isthmus.outliers.encoded import Encoded

TINY = 1e-12
"""Added to what a logarithm is taken of."""


Fitted: TypeAlias = dict[str, Any]
"""What a score has fitted: arrays and numbers by name."""


class AbstractScore(BaseEstimator, metaclass=ABCMeta):
    """How unusual an example is, from what an autoencoder makes of it.

    A score is fitted to examples, and calibrated on others that it was not fitted to. Its numbers
    rise with how unusual an example is; they are logarithms (of a distance, of nats), so that they
    scatter about as evenly below their median as above it.
    """

    reads: frozenset[str] = frozenset()
    """Fields of `isthmus.outliers.Encoded`, beyond the first three, that the score needs."""

    @abstractmethod
    def fit(self, encoded: Encoded) -> Self:
        """Learn from examples what is usual; outliers among them are allowed for."""

    def calibrate(self, held_out: Encoded) -> np.ndarray:
        """Return scores (n,) of held-out examples, as they would be had each of them come alone.

        A score that compares examples with others keeps them for comparison.
        """
        return self.score(held_out)

    @abstractmethod
    def score(self, encoded: Encoded) -> np.ndarray:
        """Return how unusual each example is, (n,)."""

    @abstractmethod
    def shares(self, encoded: Encoded) -> np.ndarray:
        """Return the share of each feature in each score: (n, D), >= 0, rows that sum to 1."""

    def neighbours(self, encoded: Encoded) -> np.ndarray | None:
        """Return the nearest usual examples (n, k, D), if the score compares with any."""
        return None

    def state(self) -> Fitted:
        """Return what was fitted: arrays and numbers by name."""
        return {name: v for name, v in vars(self).items() if name.endswith("_")}

    def restore(self, state: Fitted) -> Self:
        """Take over what another instance had fitted."""
        for name, value in state.items():
            setattr(self, name, value)
        return self


def logarithm(values: np.ndarray) -> np.ndarray:
    """Return logarithms of values >= 0; of 0 that of a very small number."""
    return np.log(np.maximum(values, 0) + TINY)


def normalised(parts: np.ndarray) -> np.ndarray:
    """Return rows (n, D) >= 0 divided by their sums; a row of zeros becomes equal shares."""
    total = parts.sum(axis=1, keepdims=True)
    equal = np.full_like(parts, 1 / parts.shape[1])
    return np.where(total > 0, parts / np.where(total > 0, total, 1), equal)
