"""Codes from a normalising flow."""

from dataclasses import dataclass
from typing import Self

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from isthmus import latents
from isthmus.annotations import RandomState
from isthmus.latents import AbstractLatent
from isthmus.samplers.abstract import AbstractSampler, check_codes
from isthmus.samplers.learning import fit_density


@dataclass(eq=False, repr=False)
class MAF(AbstractSampler):
    """A masked autoregressive flow, of the codes brought to mean zero and variance one.

    Parameters
    ----------
    layers
        >= 1.
    hidden
        Widths of the hidden layers of each layer's network.
    epochs
        Maximum number of passes over the codes; ``"auto"`` makes about 20,000 steps.
    learning_rate
        > 0.
    random_state
        Decides the initial weights and the order of the codes.

    Attributes
    ----------
    flow_ : isthmus.latents.MAF
    mean_, scale_ : (d,)
        Of the codes; a scale is 1 where a dimension is constant.

    References
    ----------
    Papamakarios, Pavlakou and Murray, Masked autoregressive flow for density estimation, NIPS 2017.

    Examples
    --------
    >>> codes = np.random.default_rng(0).normal(size=(64, 2))
    >>> MAF(layers=2, hidden=(8,), epochs=1, random_state=0).fit(codes).sample(3, 0).shape
    (3, 2)
    """

    layers: int = 5
    hidden: tuple[int, ...] = (64,)
    epochs: int | str = "auto"
    learning_rate: float = 1e-3
    random_state: RandomState = None

    def fit(self, codes: ArrayLike, latent: AbstractLatent | None = None) -> Self:
        """Fit the flow by maximum likelihood.

        Raises
        ------
        SettingError
            If the codes are of finitely many values, which have no density.
        """
        flow = latents.MAF(self.layers, self.hidden)
        codes = check_codes(codes, latent)
        self.mean_ = codes.mean(axis=0)
        scale = codes.std(axis=0)
        self.scale_ = np.where(scale > 0, scale, 1.0)
        seed = check_random_state(self.random_state).randint(2**31 - 1)
        self.flow_ = fit_density(
            flow.create(codes.shape[1], np.random.default_rng(seed)),
            (codes - self.mean_) / self.scale_,
            epochs=self.epochs,
            learning_rate=self.learning_rate,
            seed=seed,
        )
        return self

    def sample(self, n: int = 1, random_state: RandomState = None) -> np.ndarray:
        """Draw codes (n, d)."""
        check_is_fitted(self)
        key = jax.random.key(check_random_state(random_state).randint(2**31 - 1))
        drawn = self.flow_.sample(key, n, len(self.mean_))
        return np.asarray(drawn, np.float64) * self.scale_ + self.mean_

    def score_samples(self, codes: ArrayLike) -> np.ndarray:
        """Return the log density (n,) at codes, nats."""
        check_is_fitted(self)
        scaled = jnp.asarray((np.asarray(codes) - self.mean_) / self.scale_, jnp.float32)
        return np.asarray(self.flow_.log_density(scaled), np.float64) - np.log(self.scale_).sum()
