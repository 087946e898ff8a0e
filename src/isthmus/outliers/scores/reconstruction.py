"""Squared residuals, each feature by its own spread."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from isthmus.outliers.encoded import Encoded
from isthmus.outliers.robust import robust_scale
from isthmus.outliers.scores.abstract import AbstractScore, logarithm, normalised


@dataclass(eq=False, repr=False)
class Reconstruction(AbstractScore):
    r"""Squared residuals, each divided by its feature's robust spread: :math:`\sum_j r_j^2/s_j^2`.

    Without the division features that are hard to reconstruct drown the others.

    Examples
    --------
    >>> residuals = np.random.default_rng(0).normal(size=(500, 2)) * [1.0, 10.0]
    >>> encoded = Encoded(residuals, residuals[:, :1], residuals, residuals)
    >>> score = Reconstruction().fit(encoded)
    >>> odd = np.array([[3.0, 0.0]])
    >>> score.shares(Encoded(odd, odd[:, :1], odd, odd)).round(3).tolist()
    [[1.0, 0.0]]
    """

    def fit(self, encoded: Encoded) -> Self:
        """Learn the features' spreads."""
        self.spread_ = robust_scale(encoded.residuals)
        return self

    def score(self, encoded: Encoded) -> np.ndarray:
        """Return the logarithm (n,) of the sum of normalised squared residuals."""
        return logarithm(self._squares(encoded).sum(axis=1))

    def shares(self, encoded: Encoded) -> np.ndarray:
        """Return each feature's share (n, D) of the sum."""
        return normalised(self._squares(encoded))

    def _squares(self, encoded: Encoded) -> np.ndarray:
        return (encoded.residuals.astype(np.float64) / self.spread_) ** 2
