"""Log variances that neither overflow nor vanish."""

import jax.numpy as jnp
from jaxtyping import Array

FREE = 10.0
"""Log variances up to this size are what the network says: deviations from 0.007 to 150."""

ROOM = 10.0
"""How far beyond they can go, smoothly."""


def bounded(log_variance: Array) -> Array:
    r"""Return log variances within (-20, 20): themselves up to 10, then bent towards the limit.

    .. math:: \mathrm{sign}(v) \left(10 + 10 \tanh \frac{|v| - 10}{10}\right), \quad |v| > 10

    The slope is continuous, so a network that has gone too far finds its way back.

    Examples
    --------
    >>> bounded(jnp.array([3.0, -10.0, 1000.0])).tolist()
    [3.0, -10.0, 20.0]
    """
    beyond = jnp.maximum(jnp.abs(log_variance) - FREE, 0.0)
    far = jnp.sign(log_variance) * (FREE + ROOM * jnp.tanh(beyond / ROOM))
    return jnp.where(beyond > 0, far, log_variance)
