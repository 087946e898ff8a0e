"""Where the code lies: a distance, a density, and the distance of code and residual together."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from isthmus import samplers
from isthmus.checks import check_between
from isthmus.errors import SettingError
from isthmus.estimators.stored import copy_of
from isthmus.outliers.encoded import Encoded
from isthmus.outliers.robust import Scatter, robust_scale, robust_scatter
from isthmus.outliers.scores.abstract import AbstractScore, Fitted, logarithm, normalised
from isthmus.samplers.abstract import HasDensity
from isthmus.specifications import member_of


@dataclass(eq=False, repr=False)
class CodeDistance(AbstractScore):
    """Squared Mahalanobis distance of the code from the centre of the codes, both robust.

    Parameters
    ----------
    trimmed
        Share of the examples, the farthest, that location and scatter do without, in [0, 0.5].
    """

    trimmed: float = 0.1

    def fit(self, encoded: Encoded) -> Self:
        """Learn centre and scatter of the codes."""
        check_between("score CodeDistance", "trimmed", self.trimmed, 0, 0.5)
        self.centre_, self.precision_ = robust_scatter(encoded.codes, self.trimmed)
        self.reconstruction_ = np.median(encoded.reconstructions, axis=0)
        self.spread_ = robust_scale(encoded.reconstructions)
        return self

    def score(self, encoded: Encoded) -> np.ndarray:
        """Return logarithms (n,) of squared distances."""
        scatter = Scatter(self.centre_, self.precision_)
        return logarithm(scatter.squared_distances(encoded.codes))

    def shares(self, encoded: Encoded) -> np.ndarray:
        """Return each feature's share (n, D): how far its reconstruction is from the median."""
        return _moved(encoded, self.reconstruction_, self.spread_)


@dataclass(eq=False, repr=False)
class CodeDensity(AbstractScore):
    """How thin the codes are about a code: the density by a sampler, below that of the densest.

    Parameters
    ----------
    sampler
        A member of `isthmus.samplers` that has ``score_samples``, or its name. Not kept in a
        model file.
    """

    sampler: str | samplers.AbstractSampler = "kernel_density"

    def fit(self, encoded: Encoded) -> Self:
        """Fit the sampler to the codes."""
        made = member_of(
            "sampler", self.sampler, samplers.MEMBERS, samplers.AbstractSampler, "isthmus.samplers"
        )
        if not isinstance(made, HasDensity):
            raise SettingError(
                f"sampler {type(made).__name__} has no density: take samplers.Normal(), "
                "samplers.GaussianMixture() or samplers.KernelDensity()."
            )
        self.sampler_ = copy_of(made).fit(encoded.codes)
        self.densest_ = float(self.sampler_.score_samples(encoded.codes).max())
        self.reconstruction_ = np.median(encoded.reconstructions, axis=0)
        self.spread_ = robust_scale(encoded.reconstructions)
        return self

    def score(self, encoded: Encoded) -> np.ndarray:
        """Return the logarithm (n,) of nats below the densest example of the fit."""
        density = np.asarray(self.sampler_.score_samples(encoded.codes))
        return logarithm(np.logaddexp(0.0, self.densest_ - density))

    def shares(self, encoded: Encoded) -> np.ndarray:
        """Return each feature's share (n, D): how far its reconstruction is from the median."""
        return _moved(encoded, self.reconstruction_, self.spread_)

    def state(self) -> Fitted:
        """Refuse: a sampler has no place in a model file."""
        raise SettingError(
            "score CodeDensity holds a sampler, which a model file cannot: take CodeDistance, or "
            "keep this detector with joblib.dump instead."
        )


@dataclass(eq=False, repr=False)
class Together(AbstractScore):
    """Squared Mahalanobis distance of code and residual together, robust.

    Parameters
    ----------
    trimmed
        As of `CodeDistance`.
    """

    trimmed: float = 0.1

    def fit(self, encoded: Encoded) -> Self:
        """Learn centre and scatter of codes joined with residuals, each by its own spread."""
        check_between("score Together", "trimmed", self.trimmed, 0, 0.5)
        both = np.hstack([encoded.codes, encoded.residuals])
        self.spread_ = robust_scale(both)
        self.centre_, self.precision_ = robust_scatter(both / self.spread_, self.trimmed)
        self.reconstruction_ = np.median(encoded.reconstructions, axis=0)
        return self

    def score(self, encoded: Encoded) -> np.ndarray:
        """Return logarithms (n,) of squared distances."""
        both = np.hstack([encoded.codes, encoded.residuals]) / self.spread_
        return logarithm(Scatter(self.centre_, self.precision_).squared_distances(both))

    def shares(self, encoded: Encoded) -> np.ndarray:
        """Return each feature's share (n, D): that of its residual, and the code's by decoding."""
        d = encoded.codes.shape[1]
        both = np.hstack([encoded.codes, encoded.residuals]) / self.spread_ - self.centre_
        terms = both * (both @ self.precision_)
        residual = np.maximum(terms[:, d:], 0)
        code = np.maximum(terms[:, :d].sum(axis=1, keepdims=True), 0)
        moved = _moved(encoded, self.reconstruction_, np.ones_like(self.spread_[d:]))
        return normalised(residual + moved * code)


def _moved(encoded: Encoded, usual: np.ndarray, spread: np.ndarray) -> np.ndarray:
    return normalised(((encoded.reconstructions - usual).astype(np.float64) / spread) ** 2)
