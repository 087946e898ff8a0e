"""Codes in a hyperbolic space, in which trees embed with little distortion."""

from typing import ClassVar, Self

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from isthmus.checks import check_scale
from isthmus.latents.abstract import AbstractLatent
from isthmus.latents.bounded import bounded
from isthmus.latents.hyperbolic import exponential, log_wrapped_normal, logarithm
from isthmus.records import Context, Draw
from isthmus.specifications import Number


class PoincareBall(AbstractLatent):
    r"""Wrapped normal codes in the Poincaré ball of curvature -c; prior: one around the origin.

    h = (v, log variances): the centre is :math:`\mu = \exp_0(v)`, at distance |v| from the origin,
    and a draw :math:`z = \exp_\mu(s \epsilon)` with standard normal :math:`\epsilon`. In the ball's
    own volume

    .. math:: \log q(z) = \log N(u; 0, \mathrm{diag}\, s^2) - (d - 1)
        \log \frac{\sinh(\sqrt c |u|)}{\sqrt c |u|}, \quad u = \log_\mu z

    and alike for the prior. There is no closed divergence: it is the mean of log q - log p over the
    draws. Codes are coordinates in the ball, of norm below :math:`1 / \sqrt c`; the code of an
    example is the centre.

    Parameters
    ----------
    curvature
        c > 0. For small ones the ball is flat, and codes normal.
    prior_scale
        Standard deviation of the prior in every direction, > 0.

    References
    ----------
    Mathieu et al., Continuous hierarchical representations with Poincaré variational auto-encoders,
    NeurIPS 2019, section 3 (wrapped normal); their gyroplane layer after the code is left out.
    Nagano et al., A wrapped normal distribution on hyperbolic space for gradient-based learning,
    ICML 2019.

    Examples
    --------
    >>> z = PoincareBall().code(jnp.array([[1.0986123, 0.0, 0.0, 0.0]]))  # log 3 from the origin
    >>> z.round(3).tolist()
    [[0.5, 0.0]]
    """

    stochastic: ClassVar[bool] = True
    curvature: Number = 1.0
    prior_scale: Number = 1.0

    def __check_init__(self) -> None:
        for name in ("curvature", "prior_scale"):
            owner = "latent PoincareBall"
            check_scale(owner, name, getattr(self, name))

    def create(self, latent_dim: int, rng: np.random.Generator) -> Self:
        """Return itself."""
        return self

    def width(self, latent_dim: int) -> int:
        """Return 2 d: a tangent vector at the origin, and log variances."""
        return 2 * latent_dim

    def __call__(
        self, h: Float[Array, "B width"], context: Context, draws: int
    ) -> tuple[Draw, Self]:
        """Return reparametrised draws, their log ratios and the mean of these."""
        d = h.shape[1] // 2
        centre, scale = self.code(h), jnp.exp(bounded(h[:, d:]) / 2)
        u = scale * jax.random.normal(context.key, (draws, len(h), d), h.dtype)
        z = exponential(jnp.broadcast_to(centre, u.shape), u, self.curvature)
        log_q = log_wrapped_normal(u, jnp.broadcast_to(scale, u.shape), self.curvature)
        log_ratio = log_q - self.log_prior(z)
        return Draw(
            z=z,
            log_ratio=log_ratio,
            kl=log_ratio.mean(0),
            cost=jnp.zeros(len(h), h.dtype),
            statistics={"mean": centre, "scale": scale},
        ), self

    def code(self, h: Float[Array, "B width"]) -> Float[Array, "B d"]:
        """Return the centre."""
        v = h[:, : h.shape[1] // 2]
        return exponential(jnp.zeros_like(v), v, self.curvature)

    def log_prior(self, z: Float[Array, "*shape d"]) -> Float[Array, "*shape"]:
        """Return log p(z) in the ball's own volume, nats."""
        v = logarithm(jnp.zeros_like(z), z, self.curvature)
        scale = jnp.full(z.shape, self.prior_scale, z.dtype)
        return log_wrapped_normal(v, scale, self.curvature)

    def sample_prior(self, key: PRNGKeyArray, n: int, latent_dim: int) -> Float[Array, "n d"]:
        """Return codes around the origin."""
        v = self.prior_scale * jax.random.normal(key, (n, latent_dim))
        return exponential(jnp.zeros_like(v), v, self.curvature)
