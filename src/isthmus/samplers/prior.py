"""Codes from the prior of the latent."""

from dataclasses import dataclass
from typing import Self

import jax
import numpy as np
from jaxtyping import Array
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from isthmus.annotations import RandomState
from isthmus.errors import SettingError
from isthmus.latents import AbstractLatent
from isthmus.samplers.abstract import AbstractSampler, check_codes


@dataclass(eq=False, repr=False)
class Prior(AbstractSampler):
    """The prior of the latent, which the codes only tell the size of.

    Examples
    --------
    >>> from isthmus.latents import Gaussian
    >>> Prior().fit(np.zeros((2, 3)), Gaussian()).sample(5, random_state=0).shape
    (5, 3)
    """

    def fit(self, codes: ArrayLike, latent: AbstractLatent | None = None) -> Self:
        """Take the prior of ``latent``.

        Raises
        ------
        SettingError
            If there is none.
        """
        self.latent_dim_ = check_codes(codes).shape[1]
        if not isinstance(latent, AbstractLatent) or self._drawn(latent, 1, 0) is None:
            raise SettingError(
                f"The latent is {type(latent).__name__}, which has no prior to sample from: take "
                "another sampler, 'normal' or 'mixture' for instance."
            )
        self.latent_ = latent
        return self

    def sample(self, n: int = 1, random_state: RandomState = None) -> np.ndarray:
        """Draw codes (n, d) from the prior."""
        check_is_fitted(self)
        seed = check_random_state(random_state).randint(2**31 - 1)
        return np.asarray(self._drawn(self.latent_, n, seed), np.float64)

    def _drawn(self, latent: AbstractLatent, n: int, seed: int) -> Array | None:
        return latent.sample_prior(jax.random.key(seed), n, self.latent_dim_)
