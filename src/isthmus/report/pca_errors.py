"""Errors of the PCA baseline, summed up block by block."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from isthmus.evaluation.pca import PCABaseline
from isthmus.evaluation.reconstruction import blocks


@dataclass(frozen=True)
class PCAErrors:
    """Errors of PCA on a part.

    Attributes
    ----------
    mse, mse_input : float
        Squared error per value, in the scaled space and in the data's own units.
    variance : float
        Squared distance per value from the mean of the training set, scaled.
    columns : ndarray of shape (D,)
        Squared error per column, scaled.
    """

    mse: float
    mse_input: float
    variance: float
    columns: np.ndarray


class PCAErrorSums:
    """Sums of PCA's errors. Missing values are the mean for PCA, and left out of every sum.

    Parameters
    ----------
    features : int
        D.
    """

    def __init__(self, features: int) -> None:
        self._errors, self._counts = np.zeros(features), np.zeros(features)
        self._variance = self._input_error = 0.0

    def add(
        self,
        examples: np.ndarray,
        scaled: np.ndarray,
        pca: PCABaseline,
        unscale: Callable[[np.ndarray], np.ndarray],
    ) -> None:
        """Take in examples (b, ...), which are ``scaled`` (b, D) in the space of PCA."""
        for rows in blocks(len(scaled)):
            self._add(examples[rows], scaled[rows], pca, unscale)

    def _add(
        self,
        examples: np.ndarray,
        scaled: np.ndarray,
        pca: PCABaseline,
        unscale: Callable[[np.ndarray], np.ndarray],
    ) -> None:
        back = pca.reconstruct(scaled, len(pca.components))
        original = np.asarray(examples, np.float64).reshape(len(scaled), -1)
        restored = np.asarray(unscale(back), np.float64).reshape(original.shape)
        known = ~np.isnan(original)
        self._counts += known.sum(axis=0)
        self._errors += _squares(scaled, back, known).sum(axis=0)
        self._variance += float(_squares(scaled, pca.mean, known).sum())
        self._input_error += float(_squares(original, restored, known).sum())

    def errors(self) -> PCAErrors | None:
        """Return the means of all examples so far; None before the first."""
        known = self._counts.sum()
        if known == 0:
            return None
        return PCAErrors(
            mse=float(self._errors.sum() / known),
            mse_input=self._input_error / known,
            variance=self._variance / known,
            columns=self._errors / np.maximum(self._counts, 1),
        )


def _squares(left: np.ndarray, right: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return squared differences, zero where a value is missing."""
    return np.square(left - right, dtype=np.float64, where=known, out=np.zeros(known.shape))
