"""Values in [0, 1]: bits, and grey levels as they are."""

from typing import Self

import jax
import jax.numpy as jnp
from jax.scipy.special import xlogy
from jaxtyping import Array, Float, PRNGKeyArray

from isthmus.likelihoods.abstract import AbstractLikelihood

SMALL = 0.5
"""Logits below this are taken by their series, whose next term is below single precision."""

NEWTON_STEPS = 8
"""Enough for any mean: the function whose root is sought is nearly straight."""

EDGE = 1e-15
"""Nearer to 0 or 1 than this, a grey level has no greatest density."""


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

    def costs(self, x_hat: Float[Array, "K B D"], x: Float[Array, "B D"]) -> Float[Array, "K B D"]:
        """Return the cross-entropy from logits."""
        return jax.nn.softplus(x_hat) - x * x_hat

    def mean(self, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return the probabilities."""
        return jax.nn.sigmoid(x_hat)

    @property
    def link(self) -> str:
        """The logit."""
        return "clipped_logit"

    def floors(self, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return the entropy of the grey levels; MNIST's test set has 45.5 nats an image."""
        return -(xlogy(x, x) + xlogy(1 - x, 1 - x))

    def sample(self, key: PRNGKeyArray, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return bits."""
        return jax.random.bernoulli(key, self.mean(x_hat)).astype(x_hat.dtype)

    def domain(self) -> tuple[float, float]:
        """Return 0 and 1."""
        return 0.0, 1.0


class ContinuousBernoulli(AbstractLikelihood):
    r"""Grey levels in [0, 1] with a density that integrates to one.

    .. math:: p(x) \propto \lambda^x (1 - \lambda)^{1 - x}, \quad
        \mathrm{cost} = \sum_j \log \frac{e^{\hat x_j} - 1}{\hat x_j} - x_j \hat x_j,
        \quad \hat x = \mathrm{logit}(\lambda)

    whose mean is :math:`1 / (1 - e^{-\hat x}) - 1 / \hat x`, not :math:`\lambda`. Near
    :math:`\lambda = 1/2` both are taken by their series in the logit.

    References
    ----------
    Loaiza-Ganem and Cunningham, The continuous Bernoulli, NeurIPS 2019, equations 6 to 8, written
    in the logit here.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> x = jnp.array([[0.2, 0.7]])
    >>> float(ContinuousBernoulli()(jnp.zeros((1, 1, 2)), x)[0, 0])  # the uniform density
    0.0
    """

    def create(self, features: int) -> Self:
        """Return itself."""
        return self

    def costs(self, x_hat: Float[Array, "K B D"], x: Float[Array, "B D"]) -> Float[Array, "K B D"]:
        """Return the negative log density from logits."""
        return _negative_log_density(x_hat, x)

    def mean(self, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return the means, in (0, 1)."""
        return _mean_of_logit(x_hat)

    @property
    def link(self) -> str:
        """The logit: on the mean's side of a half, and nearer to it than the mean."""
        return "clipped_logit"

    def floors(self, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return the cost of outputs whose mean is ``x``; 0 and 1 have no least one: -inf."""
        logits = _logit_of_mean(x)
        edge = jnp.minimum(x, 1 - x) < EDGE
        return jnp.where(edge, -jnp.inf, _negative_log_density(logits, x))

    def sample(self, key: PRNGKeyArray, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return values in [0, 1], by inversion of the distribution function."""
        u = jax.random.uniform(key, x_hat.shape, x_hat.dtype)
        size = jnp.abs(x_hat)
        safe = jnp.where(size < 1e-4, 1.0, size)
        from_edge = -jnp.log1p(u * jnp.expm1(-safe)) / safe  # a truncated exponential's
        drawn = jnp.where(size < 1e-4, u, jnp.clip(from_edge, 0.0, 1.0))
        return jnp.where(x_hat > 0, 1 - drawn, drawn)

    def domain(self) -> tuple[float, float]:
        """Return 0 and 1."""
        return 0.0, 1.0


def _negative_log_density(logit: Array, x: Array) -> Array:
    """Return log((e^a - 1) / a) - a x for a logit a."""
    size = jnp.abs(logit)
    small = size < SMALL
    safe = jnp.where(small, 1.0, size)
    # Measured from the edge where the density is greatest: no difference of large numbers.
    exact = jnp.log(-jnp.expm1(-safe) / safe) + safe * jnp.where(logit > 0, 1 - x, x)
    near = jnp.where(small, logit, 0.0)
    return jnp.where(small, near * (0.5 - x) + near**2 / 24 - near**4 / 2880, exact)


def _mean_of_logit(logit: Array) -> Array:
    """Return 1 / (1 - e^-a) - 1 / a for a logit a."""
    size = jnp.abs(logit)
    small = size < SMALL
    safe = jnp.where(small, 1.0, size)
    upper = -1 / jnp.expm1(-safe) - 1 / safe
    near = jnp.where(small, logit, 0.0)
    series = 0.5 + near / 12 - near**3 / 720 + near**5 / 30240
    return jnp.where(small, series, jnp.where(logit > 0, upper, 1 - upper))


def _logit_of_mean(mean: Array) -> Array:
    """Return the logit whose mean is given, in (0, 1), by Newton's steps on the mean's inverse."""
    least = jnp.clip(jnp.minimum(mean, 1 - mean), EDGE, 0.5)

    def lower_mean(size: Array) -> Array:  # of the logit -size
        small = size < SMALL
        safe = jnp.where(small, 1.0, size)
        exact = 1 / safe + jnp.exp(-safe) / jnp.expm1(-safe)
        return jnp.where(small, _mean_of_logit(-size), exact)

    def step(_: Array, size: Array) -> Array:
        value, slope = jax.jvp(lower_mean, (size,), (jnp.ones_like(size),))
        return jnp.maximum(size + value / slope * (1 - value / least), 0.0)

    size = jax.lax.fori_loop(0, NEWTON_STEPS, step, 6 - 12 * least)
    return jnp.where(mean < 0.5, -size, size)
