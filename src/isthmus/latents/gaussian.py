"""Normal posteriors under a prior of one's choice: diagonal, and with full covariance."""

import math
from dataclasses import replace
from typing import ClassVar, Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from isthmus.data.source import Examples
from isthmus.latents.abstract import AbstractLatent, Encode
from isthmus.latents.bounded import bounded
from isthmus.latents.priors import LOG_2_PI, AbstractPrior, StandardNormal, as_prior
from isthmus.records import Context, Draw


class Gaussian(AbstractLatent):
    r"""A diagonal normal posterior.

    h = (mean, log variance), z = mean + exp(log variance / 2) e, and under the standard normal
    prior

    .. math:: KL = \tfrac12 \sum_j (\mu_j^2 + \sigma_j^2 - 1 - \log \sigma_j^2)

    in closed form, nats an example. Under another prior it is the mean of the log ratio over the
    draws, and no sum over dimensions.

    Parameters
    ----------
    prior
        The prior, or its name.

    References
    ----------
    Kingma and Welling, Auto-encoding variational Bayes, ICLR 2014, appendix B.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> Gaussian().code(jnp.array([[1.0, 2.0, 0.0, 0.0]])).tolist()
    [[1.0, 2.0]]
    >>> Gaussian("mixture").prior.components
    10
    """

    stochastic: ClassVar[bool] = True
    prior: AbstractPrior = eqx.field(converter=as_prior, default=StandardNormal())

    def create(self, latent_dim: int, rng: np.random.Generator) -> Self:
        """Return this latent with its prior's parameters drawn."""
        return replace(self, prior=self.prior.create(latent_dim, rng))

    def started(self, examples: Examples, rng: np.random.Generator) -> Self:
        """Return this latent with its prior started from training examples."""
        return replace(self, prior=self.prior.started(examples, rng))

    def attach(self, encode: Encode) -> Self:
        """Return this latent with its prior attached to the posteriors of that encoder."""
        return replace(self, prior=self.prior.attach(lambda x: _halves(encode(x))))

    def width(self, latent_dim: int) -> int:
        """Return 2d: a mean and a log variance each."""
        return 2 * latent_dim

    def __call__(
        self, h: Float[Array, "B width"], context: Context, draws: int
    ) -> tuple[Draw, Self]:
        """Return reparametrised draws, their log ratios and the divergence."""
        mean, log_variance = _halves(h)
        noise = jax.random.normal(context.key, (draws, *mean.shape), h.dtype)
        z = mean + jnp.exp(log_variance / 2) * noise
        log_q = StandardNormal().log_density(noise) - log_variance.sum(-1) / 2
        log_ratio = log_q - self.prior.log_density(z)
        statistics = {"mean": mean, "log_variance": log_variance}
        expected = self.prior.cross_entropy(mean, jnp.exp(log_variance))
        if expected is None:
            kl = log_ratio.mean(0)
        else:
            statistics["kl_per_dimension"] = expected - (1 + LOG_2_PI + log_variance) / 2
            kl = statistics["kl_per_dimension"].sum(-1)
        cost = jnp.zeros(h.shape[0], h.dtype)
        return Draw(z, log_ratio, kl, cost, statistics), self

    def code(self, h: Float[Array, "B width"]) -> Float[Array, "B d"]:
        """Return the posterior mean."""
        return _halves(h)[0]

    def sample_prior(self, key: PRNGKeyArray, n: int, latent_dim: int) -> Float[Array, "n d"]:
        """Return codes from the prior."""
        return self.prior.sample(key, n, latent_dim)


class FullGaussian(AbstractLatent):
    r"""A normal posterior with full covariance.

    h = (mean, 2 log diagonal, strictly lower entries row by row), which make the Cholesky factor L
    of the covariance; z = mean + L e, and under the standard normal prior

    .. math:: KL = \tfrac12 (\lVert \mu \rVert^2 + \lVert L \rVert_F^2 - d) - \sum_j \log L_{jj}

    in closed form, nats an example; under another prior it is the mean of the log ratio over the
    draws. With the lower entries at zero this is `Gaussian`. The divergence is no sum over
    dimensions, so there is none for each.

    Parameters
    ----------
    prior
        The prior, or its name; not `VampPrior`, whose components are diagonal.

    References
    ----------
    Kingma and Welling, An introduction to variational autoencoders, 2019, section 2.5.1; there the
    encoder gives the entries of L themselves and a mask, here the diagonal is positive through an
    exponential.

    Examples
    --------
    >>> FullGaussian().width(3), FullGaussian().code(jnp.arange(9.0)[None]).tolist()
    (9, [[0.0, 1.0, 2.0]])
    """

    stochastic: ClassVar[bool] = True
    prior: AbstractPrior = eqx.field(converter=as_prior, default=StandardNormal())

    def create(self, latent_dim: int, rng: np.random.Generator) -> Self:
        """Return this latent with its prior's parameters drawn."""
        return replace(self, prior=self.prior.create(latent_dim, rng))

    def width(self, latent_dim: int) -> int:
        """Return d (d + 3) / 2: a mean and a triangle."""
        return latent_dim * (latent_dim + 3) // 2

    def __call__(
        self, h: Float[Array, "B width"], context: Context, draws: int
    ) -> tuple[Draw, Self]:
        """Return reparametrised draws, their log ratios and the divergence."""
        mean = self.code(h)
        d = mean.shape[1]
        log_diagonal = bounded(h[:, d : 2 * d]) / 2
        rows, columns = np.tril_indices(d, -1)
        cholesky = jnp.zeros((len(h), d, d), h.dtype).at[:, rows, columns].set(h[:, 2 * d :])
        cholesky += jnp.exp(log_diagonal)[:, :, None] * jnp.eye(d, dtype=h.dtype)
        noise = jax.random.normal(context.key, (draws, *mean.shape), h.dtype)
        z = mean + jnp.einsum("bij,kbj->kbi", cholesky, noise)
        log_determinant = log_diagonal.sum(-1)
        log_q = StandardNormal().log_density(noise) - log_determinant
        log_ratio = log_q - self.prior.log_density(z)
        expected = self.prior.cross_entropy(mean, (cholesky**2).sum(-1))
        entropy = d * (1 + LOG_2_PI) / 2 + log_determinant
        return Draw(
            z=z,
            log_ratio=log_ratio,
            kl=log_ratio.mean(0) if expected is None else expected.sum(-1) - entropy,
            cost=jnp.zeros(h.shape[0], h.dtype),
            statistics={"mean": mean, "cholesky": cholesky},
        ), self

    def code(self, h: Float[Array, "B width"]) -> Float[Array, "B d"]:
        """Return the posterior mean."""
        d = (math.isqrt(9 + 8 * h.shape[1]) - 3) // 2  # the root of width(d) = h.shape[1]
        return h[:, :d]

    def sample_prior(self, key: PRNGKeyArray, n: int, latent_dim: int) -> Float[Array, "n d"]:
        """Return codes from the prior."""
        return self.prior.sample(key, n, latent_dim)


def _halves(h: Float[Array, "B width"]) -> tuple[Float[Array, "B d"], Float[Array, "B d"]]:
    """Return means and log variances."""
    mean, log_variance = jnp.split(h, 2, axis=-1)
    return mean, bounded(log_variance)
