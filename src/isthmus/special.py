"""Parts of the logarithm of the gamma function that stay exact where large terms cancel."""

import jax.numpy as jnp
import numpy as np
from jax.scipy.special import digamma, gammaln
from jaxtyping import Array

HALF_LOG_2_PI = float(np.log(2 * np.pi) / 2)

ASYMPTOTIC = 8.0
"""From here on three terms of Stirling's series are exact in single precision."""

SMALL = 0.1
"""Below this size log(1 + u) - u is a sum of powers."""


def stirling(z: Array) -> Array:
    r"""Return :math:`S(z) = \log \Gamma(z) - (z - 1/2) \log z + z - \tfrac12 \log 2\pi`, z > 0.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> [round(float(stirling(jnp.asarray(z))), 4) for z in (1.0, 100.0)]
    [0.0811, 0.0008]
    """
    large = jnp.maximum(z, ASYMPTOTIC)
    series = (1 / 12 - (1 / 360 - 1 / 1260 / large**2) / large**2) / large
    small = jnp.minimum(z, ASYMPTOTIC)
    direct = gammaln(small) - (small - 0.5) * jnp.log(small) + small - HALF_LOG_2_PI
    return jnp.where(z < ASYMPTOTIC, direct, series)


def count_constant(x: Array) -> Array:
    r"""Return :math:`c(x) = \log x! - x \log x + x`, the cost of a count at the rate x."""
    some = jnp.maximum(x, 1e-3)
    return jnp.where(x > 0, jnp.log(some) / 2 + HALF_LOG_2_PI + stirling(some), 0.0)


def log1p_excess(u: Array) -> Array:
    """Return log(1 + u) - u for u > -1, exact for small u."""
    near = jnp.clip(u, -SMALL, SMALL)
    series = jnp.zeros_like(near)
    for power in range(9, 1, -1):  # to u^9 / 9, below 1e-10
        series = (series + (-1) ** (power + 1) / power) * near
    far = jnp.where(jnp.abs(u) < SMALL, SMALL, u)
    return jnp.where(jnp.abs(u) < SMALL, series * near, jnp.log1p(far) - far)


def excess(
    log_rate: Array, x: Array, log_part: Array | None = None, part: Array | None = None
) -> Array:
    r"""Return :math:`\phi(\mu; x) = x \log(\mu / x) - \mu + x`, at most 0 and 0 at :math:`\mu = x`.

    Minus that is the cost of a count x at the rate mu, less that at the rate x.

    Parameters
    ----------
    log_rate
        log mu.
    x
        x >= 0.
    log_part, part
        Where mu and x have a large part in common, the logarithm of the rest of mu, and the rest
        of x: their difference is then exact.
    """
    rate = jnp.exp(log_rate)
    apart = rate - x if log_part is None or part is None else jnp.exp(log_part) - part
    some = jnp.maximum(x, 1e-3)
    u = apart / some
    near = some * log1p_excess(jnp.clip(u, -0.5, 1.0))
    far = some * (log_rate - jnp.log(some)) - apart
    phi = jnp.where((u > -0.5) & (u < 1.0), near, far)
    return jnp.where(x > 0, phi, -rate)


def log_gamma_rise(a: Array, b: Array | float) -> Array:
    r"""Return :math:`\log \Gamma(a + b) - \log \Gamma(a)`, a, b > 0, exact for large a.

    Examples
    --------
    >>> round(float(log_gamma_rise(jnp.asarray(1e6), 1.0)), 4)  # log a
    13.8155
    """
    return b * jnp.log(a) + (a + b - 0.5) * jnp.log1p(b / a) - b + stirling(a + b) - stirling(a)


def digamma_rise(a: Array, b: Array | float) -> Array:
    r"""Return :math:`\psi(a + b) - \psi(a)`, a, b > 0, exact for large a.

    Examples
    --------
    >>> round(1e6 * float(digamma_rise(jnp.asarray(1e6), 1.0)), 4)  # 1 / a
    1.0
    """
    large = jnp.maximum(a, ASYMPTOTIC)
    more = large + b
    squares = b * (large + more) / (12 * large**2 * more**2)
    fourths = (1 / large**4 - 1 / more**4) / 120
    series = jnp.log1p(b / large) + b / (2 * large * more) + squares - fourths
    small = jnp.minimum(a, ASYMPTOTIC)
    return jnp.where(a < ASYMPTOTIC, digamma(small + b) - digamma(small), series)
