"""What every sampler does."""

from abc import ABCMeta, abstractmethod
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_array


class AbstractSampler(BaseEstimator, metaclass=ABCMeta):
    """A distribution fitted to codes, in the manner of scikit-learn."""

    @abstractmethod
    def fit(self, codes: Any, latent: Any = None) -> Self:
        """Fit the distribution.

        Parameters
        ----------
        codes : (n, d)
            Codes of examples, n >= 2.
        latent : isthmus.latents.AbstractLatent, optional
            The member, fitted, whose codes they are; only `Prior` looks at it.

        Returns
        -------
        self
        """

    @abstractmethod
    def sample(self, n: int = 1, random_state: Any = None) -> np.ndarray:
        """Draw codes.

        Parameters
        ----------
        n
            How many, >= 1.
        random_state
            As everywhere in scikit-learn.

        Returns
        -------
        ndarray (n, d)
        """


def check_codes(codes: Any) -> np.ndarray:
    """Return codes as a table of numbers of at least two rows."""
    return check_array(codes, dtype="float64", ensure_min_samples=2, input_name="codes")
