"""Examples with missing entries: only what is observed is charged."""

from collections.abc import Callable
from dataclasses import replace
from typing import Self

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from isthmus.activations import Link
from isthmus.errors import SettingError
from isthmus.likelihoods.abstract import AbstractLikelihood, Limit
from isthmus.likelihoods.columns import Columns
from isthmus.likelihoods.gaussian import OptimalGaussian


class Masked(AbstractLikelihood):
    r"""Another likelihood, of the observed entries alone; missing ones are NaN.

    .. math:: -\log p(x | \hat x) = \sum_{j \text{ observed}} -\log p(x_j | \hat x_j)

    which is the likelihood of what is observed if entries are missing at random and are independent
    given the code. The encoder sees a missing entry as zero in the scaled space, the mean of a
    standardised column, and the scaling is that of the observed entries.

    Parameters
    ----------
    likelihood
        Of the observed entries: a member, or its name; ``"auto"`` goes by the scaling and the
        latent, as everywhere.

    Raises
    ------
    SettingError
        If the likelihood is fitted to each batch (`OptimalGaussian`), or masked already.

    References
    ----------
    Nazabal, Olmos, Ghahramani and Valera, Handling incomplete heterogeneous data using VAEs,
    Pattern Recognition 2020; Mattei and Frellsen, MIWAE: deep generative modelling and imputation
    of incomplete data sets, ICML 2019. Both feed zeros to the encoder.

    Examples
    --------
    >>> from isthmus.likelihoods import Laplace
    >>> x = jnp.array([[jnp.nan, 1.0]])
    >>> float(Masked(Laplace(0.5))(jnp.zeros((1, 1, 2)), x)[0, 0])
    2.0
    """

    likelihood: AbstractLikelihood | str = "auto"

    def __check_init__(self) -> None:
        inner = self.likelihood
        members = inner.likelihoods if isinstance(inner, Columns) else (inner,)
        if any(isinstance(one, OptimalGaussian) for one in members):
            raise SettingError(
                "likelihood Masked: OptimalGaussian is fitted to whole batches, and knows no "
                "missing entries: take LearnedGaussian."
            )
        if isinstance(inner, Masked) or not isinstance(inner, AbstractLikelihood | str):
            raise SettingError(
                f"likelihood Masked: likelihood is {inner!r}; it must be a name or another member "
                "of isthmus.likelihoods."
            )

    @property
    def inner(self) -> AbstractLikelihood:
        """The likelihood of the observed entries, once it is chosen."""
        assert isinstance(self.likelihood, AbstractLikelihood)
        return self.likelihood

    @property
    def kind(self) -> str:
        """That of the inner likelihood, or the name that it has been given by."""
        inner = self.likelihood
        return inner.replace("_", "") if isinstance(inner, str) else inner.kind

    @property
    def squared_error(self) -> bool:
        """Whether the inner likelihood does."""
        return self.inner.squared_error

    @property
    def models_counts(self) -> bool:
        """Whether those of the inner likelihood are, once it is chosen."""
        return not isinstance(self.likelihood, str) and self.likelihood.models_counts

    @property
    def unscaled_columns(self) -> np.ndarray | None:
        """Those of the inner likelihood, once it is chosen."""
        return None if isinstance(self.likelihood, str) else self.likelihood.unscaled_columns

    def chosen(self, choose: Callable[[str], AbstractLikelihood | str]) -> Self:
        """Return this likelihood with the inner one chosen, where only its name is known."""
        inner = self.likelihood
        return replace(self, likelihood=choose(inner)) if isinstance(inner, str) else self

    def resolved(self, x: np.ndarray) -> Self:
        """Return this likelihood with the inner one resolved, once it is chosen."""
        inner = self.likelihood
        return self if isinstance(inner, str) else replace(self, likelihood=inner.resolved(x))

    def create(self, features: int) -> Self:
        """Return this likelihood with the parameters of the inner one."""
        return replace(self, likelihood=self.inner.create(features))

    def costs(self, x_hat: Float[Array, "K B D"], x: Float[Array, "B D"]) -> Float[Array, "K B D"]:
        """Return the costs, zero where an entry is missing."""
        observed, known = _known(x)
        return jnp.where(observed, self.inner.costs(x_hat, known), 0.0)

    def mean(self, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return the mean of every entry, observed or not."""
        return self.inner.mean(x_hat)

    def seen(self, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return what the encoder sees of the inner likelihood's entries."""
        return self.inner.seen(x)

    def rebuilt(self, x_hat: Float[Array, "B D"], x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return the mean of every entry, for rows whose observed part is known."""
        return self.inner.rebuilt(x_hat, _known(x)[1])

    @property
    def starts_at_zero(self) -> bool:
        """Whether the inner likelihood's raw outputs do."""
        return self.inner.starts_at_zero

    @property
    def link(self) -> Link | None:
        """That of the inner likelihood."""
        return self.inner.link

    def floors(self, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return the least costs, zero where an entry is missing."""
        observed, known = _known(x)
        return jnp.where(observed, self.inner.floors(known), 0.0)

    def sample(self, key: PRNGKeyArray, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Draw whole examples."""
        return self.inner.sample(key, x_hat)

    def domain(self) -> tuple[Limit, Limit]:
        """Return that of the inner likelihood, for observed entries."""
        return self.inner.domain()

    @property
    def masked(self) -> bool:
        """Yes."""
        return True


def _known(x: Float[Array, "B D"]) -> tuple[Bool[Array, "B D"], Float[Array, "B D"]]:
    """Return what is observed, and the entries with zeros, which no domain excludes, elsewhere."""
    missing = jnp.isnan(x)
    return ~missing, jnp.where(missing, 0.0, x)
