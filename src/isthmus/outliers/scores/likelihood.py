"""How unlikely the autoencoder itself finds an example."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from isthmus.outliers.encoded import IMPORTANCE, LIKELIHOOD, Encoded
from isthmus.outliers.scores.abstract import AbstractScore, logarithm, normalised


@dataclass(eq=False, repr=False)
class Likelihood(AbstractScore):
    """Negative log likelihood at the code, less the least that any reconstruction could have.

    The least is the example's own entropy under a Bernoulli likelihood, by which grey pixels cost
    something however well they are reconstructed; it says nothing about how unusual they are. The
    divergence of the posterior from the prior counts too, where there is one. Nats.
    """

    reads = frozenset({LIKELIHOOD})

    def fit(self, encoded: Encoded) -> Self:
        """Learn where the scores of usual examples begin."""
        self.least_ = float(min(0.0, np.min(_field(encoded, LIKELIHOOD))))
        return self

    def score(self, encoded: Encoded) -> np.ndarray:
        """Return the logarithm (n,) of nats above the least."""
        return logarithm(_field(encoded, LIKELIHOOD) - self.least_)

    def shares(self, encoded: Encoded) -> np.ndarray:
        """Return each feature's share (n, D) of the squared residuals."""
        return normalised(encoded.residuals.astype(np.float64) ** 2)


@dataclass(eq=False, repr=False)
class ImportanceWeighted(AbstractScore):
    """Log likelihood with the code integrated out, below that of the likeliest example; nats.

    For autoencoders with a stochastic code; `isthmus.Autoencoder.log_likelihood` says how.
    """

    reads = frozenset({IMPORTANCE})

    def fit(self, encoded: Encoded) -> Self:
        """Learn the log likelihood of the likeliest examples."""
        self.likeliest_ = float(np.max(_field(encoded, IMPORTANCE)))
        return self

    def score(self, encoded: Encoded) -> np.ndarray:
        """Return the logarithm (n,) of nats below the likeliest."""
        return logarithm(np.logaddexp(0.0, self.likeliest_ - _field(encoded, IMPORTANCE)))

    def shares(self, encoded: Encoded) -> np.ndarray:
        """Return each feature's share (n, D) of the squared residuals."""
        return normalised(encoded.residuals.astype(np.float64) ** 2)


def _field(encoded: Encoded, name: str) -> np.ndarray:
    values = getattr(encoded, name)
    assert values is not None, f"the examples were encoded without {name}"
    return values
