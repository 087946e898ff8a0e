"""Codes on a sphere, spread by a power of the cosine."""

from typing import Self

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import gammaln
from jaxtyping import Array, Float

from isthmus.latents.spherical import AbstractSpherical, reflect, unit
from isthmus.records import Context, Draw
from isthmus.special import digamma_rise, log_gamma_rise

EDGE, NEAREST = 1e-6, 1e-12
"""Least shares of the way to the far and to the near pole at which a draw lies."""


class PowerSpherical(AbstractSpherical):
    r"""A posterior around a direction on the unit sphere in d dimensions; prior: uniform there.

    h = (direction, concentration): the one is normalised to mu, the softplus of the other is
    kappa. The density is :math:`q(z) = (1 + \mu^T z)^\kappa / N`; with
    :math:`b = (d - 1) / 2` and :math:`a = b + \kappa`

    .. math:: KL = \kappa (\log 2 + \psi(a) - \psi(a + b)) - \log N + \log |S^{d-1}|, \quad
              \log N = (a + b) \log 2 + b \log \pi + \log\Gamma(a) - \log\Gamma(a + b)

    in closed form, nats an example. A draw is reparametrised: its cosine with mu is 2Z - 1 with Z a
    beta variable of a and b, the rest of it is uniform. The code of an example is mu.

    References
    ----------
    De Cao and Aziz, The power spherical distribution, 2020, section 2. It stands for the von
    Mises-Fisher posterior of Davidson et al., Hyperspherical variational auto-encoders, UAI 2018,
    whose draws, made by rejection, have a reparametrised gradient only up to a correction.

    Examples
    --------
    >>> PowerSpherical().width(2)
    3
    >>> PowerSpherical().code(jnp.array([[3.0, 4.0, 0.0]])).round(3).tolist()
    [[0.6..., 0.8...]]
    """

    def __call__(
        self, h: Float[Array, "B width"], context: Context, draws: int
    ) -> tuple[Draw, Self]:
        """Return reparametrised draws, their log ratios and the closed-form divergence."""
        mean, kappa = self.code(h), jax.nn.softplus(h[:, -1])
        d = mean.shape[1]
        b = (d - 1) / 2
        a = b + kappa
        beta_key, rest_key = jax.random.split(context.key)
        away = jax.random.beta(beta_key, b, a, (draws, len(h)))  # 1 - Z, small for a large kappa
        away = jnp.clip(away, NEAREST, 1 - EDGE)  # the root below has no gradient at the ends
        rest = unit(jax.random.normal(rest_key, (draws, len(h), d - 1), h.dtype))
        cosine, sine = 1 - 2 * away, 2 * jnp.sqrt(away * (1 - away))
        around_first = jnp.concatenate([cosine[..., None], sine[..., None] * rest], axis=-1)
        log_area = np.log(2) + d / 2 * np.log(np.pi) - gammaln(d / 2)
        # the uniform density over N / 2^kappa, whose large parts have cancelled
        gap = log_area - b * np.log(4 * np.pi) + log_gamma_rise(a, b)
        return Draw(
            z=reflect(around_first, mean),
            log_ratio=kappa * jnp.log1p(-away) + gap,
            kl=gap - kappa * digamma_rise(a, b),
            cost=jnp.zeros(len(h), h.dtype),
            statistics={"mean": mean, "kappa": kappa},
        ), self
