"""Normal posteriors under a standard normal prior: diagonal, and with full covariance."""

import math
from typing import ClassVar, Self

import jax
import jax.numpy as jnp
import numpy as np

from isthmus.latents.abstract import AbstractLatent
from isthmus.typing import Array, Context, Draw, Float, PRNGKeyArray


class Gaussian(AbstractLatent):
    r"""A diagonal normal posterior and a standard normal prior.

    h = (mean, log variance), z = mean + exp(log variance / 2) e, and

    .. math:: KL = \tfrac12 \sum_j (\mu_j^2 + \sigma_j^2 - 1 - \log \sigma_j^2)

    in closed form, nats an example.

    References
    ----------
    Kingma and Welling, Auto-encoding variational Bayes, ICLR 2014, appendix B.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> Gaussian().code(jnp.array([[1.0, 2.0, 0.0, 0.0]])).tolist()
    [[1.0, 2.0]]
    """

    stochastic: ClassVar[bool] = True

    def create(self, latent_dim: int, rng: np.random.Generator) -> Self:
        """Return itself."""
        return self

    def width(self, latent_dim: int) -> int:
        """Return 2d: a mean and a log variance each."""
        return 2 * latent_dim

    def __call__(
        self, h: Float[Array, "B width"], context: Context, draws: int
    ) -> tuple[Draw, Self]:
        """Return reparametrised draws, their log ratios and the closed-form divergence."""
        mean, log_variance = jnp.split(h, 2, axis=-1)
        noise = jax.random.normal(context.key, (draws, *mean.shape), h.dtype)
        z = mean + jnp.exp(log_variance / 2) * noise
        kl = (mean**2 + jnp.exp(log_variance) - 1 - log_variance) / 2
        return Draw(
            z=z,
            log_ratio=((z**2 - noise**2 - log_variance) / 2).sum(-1),
            kl=kl.sum(-1),
            cost=jnp.zeros(h.shape[0], h.dtype),
            statistics={"mean": mean, "log_variance": log_variance, "kl_per_dimension": kl},
        ), self

    def code(self, h: Float[Array, "B width"]) -> Float[Array, "B d"]:
        """Return the posterior mean."""
        return h[:, : h.shape[1] // 2]

    def sample_prior(self, key: PRNGKeyArray, n: int, latent_dim: int) -> Float[Array, "n d"]:
        """Return standard normal codes."""
        return jax.random.normal(key, (n, latent_dim))


class FullGaussian(AbstractLatent):
    r"""A normal posterior with full covariance and a standard normal prior.

    h = (mean, 2 log diagonal, strictly lower entries row by row), which make the Cholesky factor L
    of the covariance; z = mean + L e, and

    .. math:: KL = \tfrac12 (\lVert \mu \rVert^2 + \lVert L \rVert_F^2 - d) - \sum_j \log L_{jj}

    in closed form, nats an example. With the lower entries at zero this is `Gaussian`. The
    divergence is no sum over dimensions, so there is none for each.

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

    def create(self, latent_dim: int, rng: np.random.Generator) -> Self:
        """Return itself."""
        return self

    def width(self, latent_dim: int) -> int:
        """Return d (d + 3) / 2: a mean and a triangle."""
        return latent_dim * (latent_dim + 3) // 2

    def __call__(
        self, h: Float[Array, "B width"], context: Context, draws: int
    ) -> tuple[Draw, Self]:
        """Return reparametrised draws, their log ratios and the closed-form divergence."""
        mean = self.code(h)
        d = mean.shape[1]
        log_diagonal = h[:, d : 2 * d] / 2
        rows, columns = np.tril_indices(d, -1)
        cholesky = jnp.zeros((len(h), d, d), h.dtype).at[:, rows, columns].set(h[:, 2 * d :])
        cholesky += jnp.exp(log_diagonal)[:, :, None] * jnp.eye(d, dtype=h.dtype)
        noise = jax.random.normal(context.key, (draws, *mean.shape), h.dtype)
        z = mean + jnp.einsum("bij,kbj->kbi", cholesky, noise)
        log_determinant = log_diagonal.sum(-1)
        squares = (mean**2).sum(-1) + (cholesky**2).sum((-2, -1))
        return Draw(
            z=z,
            log_ratio=((z**2 - noise**2) / 2).sum(-1) - log_determinant,
            kl=(squares - d) / 2 - log_determinant,
            cost=jnp.zeros(h.shape[0], h.dtype),
            statistics={"mean": mean, "cholesky": cholesky},
        ), self

    def code(self, h: Float[Array, "B width"]) -> Float[Array, "B d"]:
        """Return the posterior mean."""
        d = (math.isqrt(9 + 8 * h.shape[1]) - 3) // 2  # the root of width(d) = h.shape[1]
        return h[:, :d]

    def sample_prior(self, key: PRNGKeyArray, n: int, latent_dim: int) -> Float[Array, "n d"]:
        """Return standard normal codes."""
        return jax.random.normal(key, (n, latent_dim))
