"""Densities fitted to codes: normal, a mixture of normals, kernels."""

from copy import copy
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import multivariate_normal
from sklearn import mixture, neighbors
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from isthmus.annotations import RandomState
from isthmus.checks import check_scale, check_whole
from isthmus.errors import DataError, SettingError, unknown
from isthmus.latents import AbstractLatent
from isthmus.samplers.abstract import AbstractSampler, check_codes

COVARIANCES = ("full", "tied", "diag", "spherical")
RULES = ("scott", "silverman")


@dataclass(eq=False, repr=False)
class Normal(AbstractSampler):
    """A normal distribution with the mean and covariance of the codes.

    Examples
    --------
    >>> codes = np.random.default_rng(0).normal([1.0, 2.0], [0.1, 0.2], size=(1000, 2))
    >>> Normal().fit(codes).mean_.round(1).tolist()
    [1.0, 2.0]
    """

    def fit(self, codes: ArrayLike, latent: AbstractLatent | None = None) -> Self:
        """Take mean and covariance."""
        codes = check_codes(codes, latent)
        self.mean_ = codes.mean(axis=0)
        self.covariance_ = np.atleast_2d(np.cov(codes.T))
        return self

    def sample(self, n: int = 1, random_state: RandomState = None) -> np.ndarray:
        """Draw codes (n, d)."""
        check_is_fitted(self)
        return check_random_state(random_state).multivariate_normal(self.mean_, self.covariance_, n)

    def score_samples(self, codes: ArrayLike) -> np.ndarray:
        """Return the log density (n,) at codes, nats."""
        check_is_fitted(self)
        normal = multivariate_normal(self.mean_, self.covariance_, allow_singular=True)  # pyright: ignore[reportArgumentType]
        return np.atleast_1d(normal.logpdf(codes))


@dataclass(eq=False, repr=False)
class GaussianMixture(AbstractSampler):
    """A mixture of normal distributions.

    Parameters
    ----------
    components
        How many, >= 1, and no more than there are different codes.
    covariance
        ``"full"``, ``"tied"``, ``"diag"`` or ``"spherical"``, as of
        `sklearn.mixture.GaussianMixture`.
    random_state
        Decides where the fit starts.

    Attributes
    ----------
    mixture_ : sklearn.mixture.GaussianMixture

    References
    ----------
    Ghosh et al., From variational to deterministic autoencoders, ICLR 2020: ten components.

    Examples
    --------
    >>> codes = np.random.default_rng(0).normal(size=(100, 1)) + np.repeat([[0], [9]], 50, axis=0)
    >>> fitted = GaussianMixture(2, random_state=0).fit(codes)
    >>> sorted(fitted.mixture_.means_.round().ravel().tolist())
    [0.0, 9.0]
    """

    components: int = 10
    covariance: str = "full"
    random_state: RandomState = None

    def fit(self, codes: ArrayLike, latent: AbstractLatent | None = None) -> Self:
        """Fit the mixture by expectation maximisation.

        Raises
        ------
        SettingError
            If there is no covariance of that name, or no such number of components.
        DataError
            If there are fewer different codes than components.
        """
        check_whole("sampler GaussianMixture", "components", self.components, 1)
        if self.covariance not in COVARIANCES:
            raise SettingError(unknown("covariance called", self.covariance, COVARIANCES))
        codes = check_codes(codes, latent)
        different = len(np.unique(codes, axis=0))
        if different < self.components:
            raise DataError(
                f"There are {different} different codes, too few for a mixture of "
                f"{self.components}: take fewer components, or more examples."
            )
        self.mixture_ = mixture.GaussianMixture(
            self.components,
            covariance_type=self.covariance,  # pyright: ignore[reportArgumentType]
            max_iter=500,
            random_state=self.random_state,
        ).fit(codes)
        return self

    def sample(self, n: int = 1, random_state: RandomState = None) -> np.ndarray:
        """Draw codes (n, d)."""
        check_is_fitted(self)
        random = check_random_state(random_state)
        drawing = copy(self.mixture_).set_params(random_state=random)
        return random.permutation(drawing.sample(n)[0])  # they come component by component

    def score_samples(self, codes: ArrayLike) -> np.ndarray:
        """Return the log density (n,) at codes, nats."""
        check_is_fitted(self)
        return self.mixture_.score_samples(codes)


@dataclass(eq=False, repr=False)
class KernelDensity(AbstractSampler):
    """A normal kernel on every code.

    The kernel has the standard deviations of the codes, dimension by dimension, times the
    bandwidth.

    Parameters
    ----------
    bandwidth
        A number > 0, or ``"scott"`` or ``"silverman"`` for a rule by n and d.

    Attributes
    ----------
    scale_ : (d,)
        Standard deviations; 1 where a dimension is constant.
    kernels_ : sklearn.neighbors.KernelDensity
        Of the codes divided by them.

    References
    ----------
    Scott, Multivariate density estimation, 1992; Silverman, Density estimation for statistics and
    data analysis, 1986.

    Examples
    --------
    >>> codes = np.linspace(0, 1, 500)[:, None]
    >>> np.exp(KernelDensity(0.1).fit(codes).score_samples([[0.5]])).round(1).tolist()
    [1.0]
    """

    bandwidth: float | str = "scott"

    def fit(self, codes: ArrayLike, latent: AbstractLatent | None = None) -> Self:
        """Keep the codes.

        Raises
        ------
        SettingError
            If the bandwidth is neither a number above zero nor a rule's name.
        """
        if not isinstance(self.bandwidth, str):
            check_scale("sampler KernelDensity", "bandwidth", self.bandwidth)
        elif self.bandwidth not in RULES:
            raise SettingError(unknown("bandwidth called", self.bandwidth, RULES))
        codes = check_codes(codes, latent)
        scale = codes.std(axis=0, ddof=1)
        self.scale_ = np.where(scale > 0, scale, 1.0)
        kernels = neighbors.KernelDensity(bandwidth=self.bandwidth)  # pyright: ignore[reportArgumentType]
        self.kernels_ = kernels.fit(codes / self.scale_)
        return self

    def sample(self, n: int = 1, random_state: RandomState = None) -> np.ndarray:
        """Draw codes (n, d)."""
        check_is_fitted(self)
        return self.kernels_.sample(n, check_random_state(random_state)) * self.scale_

    def score_samples(self, codes: ArrayLike) -> np.ndarray:
        """Return the log density (n,) at codes, nats."""
        check_is_fitted(self)
        return (
            self.kernels_.score_samples(np.asarray(codes) / self.scale_) - np.log(self.scale_).sum()
        )
