"""Codes from a second variational autoencoder."""

from dataclasses import dataclass
from typing import Self

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from isthmus.annotations import RandomState
from isthmus.errors import DataError, SettingError
from isthmus.estimators.autoencoder import Autoencoder
from isthmus.estimators.stored import copy_of
from isthmus.latents import AbstractLatent
from isthmus.likelihoods import LearnedGaussian
from isthmus.samplers.abstract import AbstractSampler, check_codes


@dataclass(eq=False, repr=False)
class TwoStage(AbstractSampler):
    """A second variational autoencoder, of the codes of the first.

    It brings the codes nearer to a normal distribution than one autoencoder can, and turns normal
    noise into codes: u from its prior, then z from its likelihood at u, noise included.

    Parameters
    ----------
    autoencoder : isthmus.Autoencoder, optional
        The second stage, unfitted. Without one: a code as large as the first's, dense networks, and
        a Gaussian likelihood of learned scale.
    random_state
        Decides the fit of the second stage where ``autoencoder`` is not given.

    Attributes
    ----------
    autoencoder_ : isthmus.Autoencoder
        The second stage, fitted.

    References
    ----------
    Dai and Wipf, Diagnosing and enhancing VAE models, ICLR 2019, section 4. There the networks have
    three layers of 1,024 units.

    Examples
    --------
    >>> codes = np.random.default_rng(0).normal(size=(64, 2))
    >>> second = Autoencoder(2, latent="gaussian", hidden=(8,), epochs=1, random_state=0)
    >>> TwoStage(second).fit(codes).sample(3, random_state=0).shape
    (3, 2)
    """

    autoencoder: Autoencoder | None = None
    random_state: RandomState = None

    def fit(self, codes: ArrayLike, latent: AbstractLatent | None = None) -> Self:
        """Fit the second stage.

        Raises
        ------
        SettingError
            If the second stage is no autoencoder.
        DataError
            If the codes have one dimension only.
        """
        if not isinstance(self.autoencoder, Autoencoder | None):
            raise SettingError(
                f"sampler TwoStage: autoencoder is {self.autoencoder!r}; it must be an unfitted "
                "isthmus.Autoencoder, or left out."
            )
        codes = check_codes(codes, latent)
        if codes.shape[1] < 2:
            raise DataError(
                "The codes have one dimension, and a second autoencoder needs at least two: take "
                "another sampler, 'mixture' for instance."
            )
        second = self.autoencoder or Autoencoder(
            codes.shape[1],
            latent="gaussian",
            likelihood=LearnedGaussian(),
            scaling="standard",
            random_state=self.random_state,
        )
        self.autoencoder_ = copy_of(second).fit(codes)
        return self

    def sample(self, n: int = 1, random_state: RandomState = None) -> np.ndarray:
        """Draw codes (n, d)."""
        check_is_fitted(self)
        random = check_random_state(random_state)
        u = self.autoencoder_.sample_codes(n, random)
        model, key = self.autoencoder_.model_, jax.random.key(random.randint(2**31 - 1))
        z = model.likelihood.sample(key, model.decode(jnp.asarray(u, jnp.float32)))
        return np.asarray(model.scaling.inverse(z), np.float64)
