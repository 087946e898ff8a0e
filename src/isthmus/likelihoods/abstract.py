"""What every likelihood does."""

from abc import abstractmethod
from typing import Self

from isthmus.typing import Array, Context, Float, PRNGKeyArray, Spec


class AbstractLikelihood(Spec):
    """What every likelihood does."""

    @abstractmethod
    def create(self, features: int) -> "AbstractLikelihood":
        """Return this likelihood with its parameters at their start; itself where it has none."""

    @abstractmethod
    def __call__(self, x_hat: Float[Array, "K B D"], x: Float[Array, "B D"]) -> Float[Array, "K B"]:
        """Return the negative log likelihood, nats an example."""

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

    @property
    @abstractmethod
    def link(self) -> str:
        """The activation that turns a mean into (nearly) the raw output that stands for it."""

    @abstractmethod
    def floor(self, x: Float[Array, "B D"]) -> Float[Array, " B"]:
        """Return the least cost that any output can have on ``x``, nats an example."""

    @abstractmethod
    def sample(self, key: PRNGKeyArray, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Draw an example from the likelihood."""

    @abstractmethod
    def domain(self) -> tuple[float, float]:
        """Return the least and the greatest value that an entry of ``x`` may have."""
