"""What codes that are rounded have in common."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from isthmus.records import Draw


def straight_through(
    rounded: Float[Array, "*shape"], smooth: Float[Array, "*shape"]
) -> Float[Array, "*shape"]:
    """Return ``rounded``, to the last bit, with the gradient of ``smooth``.

    Examples
    --------
    >>> jax.grad(lambda h: straight_through(jnp.round(h), 3 * h))(0.7)
    Array(3., dtype=float32, weak_type=True)
    """
    return jax.lax.stop_gradient(rounded) + (smooth - jax.lax.stop_gradient(smooth))


def deterministic_draw(
    z: Float[Array, "B d"],
    draws: int,
    rate: float,
    cost: Float[Array, " B"],
    statistics: dict[str, Array],
) -> Draw:
    """Return the draws of a posterior that has one code only, ``rate`` nats from its prior."""
    return Draw(
        z=jnp.broadcast_to(z, (draws, *z.shape)),
        log_ratio=jnp.full((draws, len(z)), rate, z.dtype),
        kl=jnp.full(len(z), rate, z.dtype),
        cost=cost,
        statistics=statistics,
    )
