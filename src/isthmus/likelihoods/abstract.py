"""What every likelihood does."""

from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar, Self

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from isthmus.activations import Link
from isthmus.records import Context
from isthmus.specifications import Spec

Limit = float | np.ndarray
"""The same for every feature, or (D,), one for each."""

SLACK = 1e-5
"""Share of an entry by which it may miss its domain: what scaling in single precision rounds."""


class AbstractLikelihood(Spec):
    """What every likelihood does."""

    normal: ClassVar[bool] = False
    """Whether it is a normal density of scaled examples, none of whose entries is missing."""

    @property
    def kind(self) -> str:
        """The name of this kind of likelihood, in small letters."""
        return type(self).__name__.lower()

    @property
    def squared_error(self) -> bool:
        """Whether it charges squared errors in the units of the scaled examples."""
        return False

    @property
    def models_counts(self) -> bool:
        """Whether entries are counts, which automatic scaling leaves as they are."""
        low, high = self.domain()
        return bool(np.all(np.isfinite(low) & ~np.isfinite(high)))

    @property
    def unscaled_columns(self) -> np.ndarray | None:
        """Which columns (D,) automatic scaling leaves as they are; None where all are alike."""
        return None

    def chosen(self, choose: "Callable[[str], AbstractLikelihood | str]") -> "AbstractLikelihood":
        """Return this likelihood with a member that is given by name replaced by ``choose(name)``.

        Here unchanged: it has none.
        """
        return self

    def resolved(self, x: np.ndarray) -> "AbstractLikelihood":
        """Return this likelihood with what it takes from the data decided: itself.

        Parameters
        ----------
        x : (n, D)
            Training examples in their own units; missing entries are NaN.
        """
        return self

    @abstractmethod
    def create(self, features: int) -> "AbstractLikelihood":
        """Return this likelihood with its parameters at their start; itself where it has none."""

    def __call__(self, x_hat: Float[Array, "K B D"], x: Float[Array, "B D"]) -> Float[Array, "K B"]:
        """Return the negative log likelihood, nats an example."""
        return self.costs(x_hat, x).sum(-1)

    @abstractmethod
    def costs(self, x_hat: Float[Array, "K B D"], x: Float[Array, "B D"]) -> Float[Array, "K B D"]:
        """Return the negative log likelihood, nats a feature."""

    def charge(
        self, x_hat: Float[Array, "K B D"], x: Float[Array, "B D"], context: Context
    ) -> tuple[Float[Array, "K B"], Self]:
        """Return what a step of training is charged, and this likelihood with its statistics moved.

        That is the negative log likelihood and itself, but for one that is fitted to each batch.
        """
        return self(x_hat, x), self

    @abstractmethod
    def mean(self, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return the mean that the raw output stands for, in the units of ``x``."""

    def seen(self, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return scaled examples, none missing, as the encoder sees them: as they are."""
        return x

    def rebuilt(self, x_hat: Float[Array, "B D"], x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return the mean for the examples ``x``: `mean`, unless it depends on a row's size."""
        return self.mean(x_hat)

    @property
    def starts_at_zero(self) -> bool:
        """Whether raw outputs start at zero, because others may cost arbitrarily much."""
        return False

    @property
    @abstractmethod
    def link(self) -> Link | None:
        """The activation that turns a mean into (nearly) the raw output that stands for it.

        Names with their columns, where it is not the same for every feature; None for none.
        """

    def floor(self, x: Float[Array, "B D"]) -> Float[Array, " B"]:
        """Return the least cost that any output can have on ``x``, nats an example."""
        return self.floors(x).sum(-1)

    @abstractmethod
    def floors(self, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return the least cost that any output can have on ``x``, nats a feature."""

    @abstractmethod
    def sample(self, key: PRNGKeyArray, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Draw an example from the likelihood."""

    @abstractmethod
    def domain(self) -> tuple[Limit, Limit]:
        """Return the least and the greatest value that an entry of ``x`` may have."""

    def supports(self, x: Float[Array, "B D"]) -> Bool[Array, " B"]:
        """Return whether the likelihood has mass or density at each example.

        It has none where an observed entry lies outside `domain`, to within rounding: the log
        likelihood there is minus infinity, whatever the formula gives.

        Examples
        --------
        >>> from isthmus.likelihoods import Bernoulli
        >>> Bernoulli().supports(jnp.array([[0.0, 1.0], [0.5, 3.0]])).tolist()
        [True, False]
        """
        low, high = self.domain()
        slack = SLACK * jnp.maximum(1.0, jnp.abs(jnp.where(jnp.isfinite(x), x, 0.0)))
        return ~((x < low - slack) | (x > high + slack)).any(-1)

    @property
    def masked(self) -> bool:
        """Whether entries of ``x`` may be missing, that is, NaN."""
        return False
