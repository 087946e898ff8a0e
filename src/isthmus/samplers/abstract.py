"""What every sampler does."""

from abc import ABCMeta, abstractmethod
from typing import ClassVar, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils import check_array

from isthmus.annotations import RandomState
from isthmus.errors import DataError, SettingError
from isthmus.estimators.stored import StoredAsNumPy
from isthmus.latents import AbstractLatent, is_discrete


class AbstractSampler(StoredAsNumPy, BaseEstimator, metaclass=ABCMeta):
    """A distribution fitted to codes, in the manner of scikit-learn."""

    reads: ClassVar[str] = "codes"
    """What it is fitted to: ``"codes"``, or the ``"symbols"`` of those of finitely many values."""

    @abstractmethod
    def fit(self, codes: ArrayLike, latent: AbstractLatent | None = None) -> Self:
        """Fit the distribution.

        Parameters
        ----------
        codes : (n, d)
            Codes of examples, n >= 2.
        latent : isthmus.latents.AbstractLatent, optional
            The member, fitted, whose codes they are.

        Returns
        -------
        self
        """

    @abstractmethod
    def sample(self, n: int = 1, random_state: RandomState = None) -> np.ndarray:
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


@runtime_checkable
class HasDensity(Protocol):
    """A sampler whose codes have a density."""

    def score_samples(self, codes: ArrayLike, /) -> np.ndarray:
        """Return the log density (n,) of codes (n, d), nats."""
        ...


def check_codes(codes: ArrayLike, latent: AbstractLatent | None = None) -> np.ndarray:
    """Return codes as a table of numbers of at least two rows.

    Raises
    ------
    SettingError
        If there is a latent and its codes are of finitely many values, which have no density.
    DataError
        If there is one code, or none.
    """
    if is_discrete(latent):
        raise SettingError(
            f"The codes of latent {type(latent).__name__} are of finitely many values, and this "
            "sampler models a continuum: take 'autoregressive' or 'prior'."
        )
    rows: np.ndarray = check_array(codes, dtype="float64", ensure_min_samples=0, input_name="codes")
    if len(rows) < 2:
        raise DataError(
            f"A sampler is fitted to 2 codes at least, and found {len(rows)}: give more examples."
        )
    return rows
