"""Likelihoods: what the decoder's output says about an example, in nats.

A likelihood is called as ``likelihood(x_hat, x)`` with ``x_hat`` (K, B, D), the decoder's raw
output, and ``x`` (B, D); it returns the negative log likelihood (K, B), summed over features.
"""

from abc import abstractmethod
from typing import Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import xlogy

from isthmus.activations import activation
from isthmus.typing import Array, Float, Number, PRNGKeyArray, Spec, check_between


class AbstractLikelihood(Spec):
    """What every likelihood does."""

    @abstractmethod
    def create(self, features: int) -> "AbstractLikelihood":
        """Return this likelihood with its parameters at their start; itself where it has none."""

    @abstractmethod
    def __call__(self, x_hat: Float[Array, "K B D"], x: Float[Array, "B D"]) -> Float[Array, "K B"]:
        """Return the negative log likelihood, nats an example."""

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


class Gaussian(AbstractLikelihood):
    r"""Normal noise of one fixed scale: squared error.

    .. math:: \frac{\lVert x - f(\hat x) \rVert^2}{2 s^2} + \frac{D}{2} \log(2 \pi s^2)

    Parameters
    ----------
    scale
        Standard deviation s, in scaled units, > 0.
    output
        Output activation f of the decoder, ``"sigmoid"`` for instance.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> x = jnp.zeros((1, 2))
    >>> float(Gaussian()(x[None], x)[0, 0])  # log(2 pi), the constant of two features
    1.8378...
    """

    scale: Number = 1.0
    output: str = eqx.field(static=True, default="identity")

    def __check_init__(self) -> None:
        check_between("likelihood Gaussian", "scale", self.scale, 0, np.inf, open_low=True)
        activation(self.output)

    def create(self, features: int) -> Self:
        """Return itself."""
        return self

    def __call__(self, x_hat: Float[Array, "K B D"], x: Float[Array, "B D"]) -> Float[Array, "K B"]:
        """Return half the squared error over the variance, with the normal constant."""
        squares = ((x - self.mean(x_hat)) ** 2).sum(-1)
        return squares / (2 * self.scale**2) + self._constant(x.shape[-1])

    def mean(self, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return the activated output."""
        return activation(self.output)(x_hat)

    @property
    def link(self) -> str:
        """The identity, or the logit of a logistic output."""
        return "clipped_logit" if self.output == "sigmoid" else "identity"

    def floor(self, x: Float[Array, "B D"]) -> Float[Array, " B"]:
        """Return the cost of a perfect output: the normal constant alone."""
        return jnp.full(x.shape[0], self._constant(x.shape[-1]))

    def sample(self, key: PRNGKeyArray, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return the mean with noise of the fixed scale."""
        return self.mean(x_hat) + self.scale * jax.random.normal(key, x_hat.shape)

    def domain(self) -> tuple[float, float]:
        """Return the real line."""
        return -np.inf, np.inf

    def _constant(self, features: int) -> Array:
        return features / 2 * jnp.log(2 * jnp.pi * jnp.asarray(self.scale) ** 2)


class Bernoulli(AbstractLikelihood):
    r"""Bits, or grey levels in [0, 1] read as their probabilities: binary cross-entropy.

    .. math:: \sum_j \mathrm{softplus}(\hat x_j) - x_j \hat x_j, \quad \hat x \text{ logits}

    On grey levels the least possible cost is not zero but their entropy: see `floor`.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> x = jnp.array([[0.0, 1.0]])
    >>> float(Bernoulli()(jnp.zeros((1, 1, 2)), x)[0, 0])  # 2 log 2
    1.3862...
    """

    def create(self, features: int) -> Self:
        """Return itself."""
        return self

    def __call__(self, x_hat: Float[Array, "K B D"], x: Float[Array, "B D"]) -> Float[Array, "K B"]:
        """Return the cross-entropy from logits."""
        return (jax.nn.softplus(x_hat) - x * x_hat).sum(-1)

    def mean(self, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return the probabilities."""
        return jax.nn.sigmoid(x_hat)

    @property
    def link(self) -> str:
        """The logit."""
        return "clipped_logit"

    def floor(self, x: Float[Array, "B D"]) -> Float[Array, " B"]:
        """Return the entropy of the grey levels; MNIST's test set has 45.5 nats an image."""
        return -(xlogy(x, x) + xlogy(1 - x, 1 - x)).sum(-1)

    def sample(self, key: PRNGKeyArray, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return bits."""
        return jax.random.bernoulli(key, self.mean(x_hat)).astype(x_hat.dtype)

    def domain(self) -> tuple[float, float]:
        """Return 0 and 1."""
        return 0.0, 1.0


class Laplace(AbstractLikelihood):
    r"""Double-exponential noise of one fixed scale: absolute error.

    .. math:: \frac{\lVert x - \hat x \rVert_1}{b} + D \log(2 b)

    Parameters
    ----------
    scale
        Scale b, in scaled units, > 0; the standard deviation is b times the root of two.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> x = jnp.array([[1.0, -1.0]])
    >>> float(Laplace(0.5)(jnp.zeros((1, 1, 2)), x)[0, 0])
    4.0
    """

    scale: Number = 1.0

    def __check_init__(self) -> None:
        check_between("likelihood Laplace", "scale", self.scale, 0, np.inf, open_low=True)

    def create(self, features: int) -> Self:
        """Return itself."""
        return self

    def __call__(self, x_hat: Float[Array, "K B D"], x: Float[Array, "B D"]) -> Float[Array, "K B"]:
        """Return the absolute error over the scale, with the constant."""
        return jnp.abs(x - x_hat).sum(-1) / self.scale + self._constant(x.shape[-1])

    def mean(self, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return the output itself."""
        return x_hat

    @property
    def link(self) -> str:
        """The identity."""
        return "identity"

    def floor(self, x: Float[Array, "B D"]) -> Float[Array, " B"]:
        """Return the cost of a perfect output: the constant alone."""
        return jnp.full(x.shape[0], self._constant(x.shape[-1]))

    def sample(self, key: PRNGKeyArray, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return the mean with double-exponential noise."""
        return x_hat + self.scale * jax.random.laplace(key, x_hat.shape)

    def domain(self) -> tuple[float, float]:
        """Return the real line."""
        return -np.inf, np.inf

    def _constant(self, features: int) -> Array:
        return features * jnp.log(2 * jnp.asarray(self.scale))


MEMBERS: dict[str, type[AbstractLikelihood]] = {
    "gaussian": Gaussian,
    "bernoulli": Bernoulli,
    "laplace": Laplace,
}
"""The likelihoods by the names that settings and the command line use."""
