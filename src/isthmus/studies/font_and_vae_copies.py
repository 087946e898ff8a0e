"""A corruption of one's own: a few fixed noisy copies of every example."""

from functools import reduce

import jax
import jax.numpy as jnp

import isthmus


class FixedCopies(isthmus.corruption.AbstractCorruption):
    """Show one of a few noisy copies, chosen at random, of which each is always the same.

    The bits of an example seed its copies' noise, so none has to be stored.

    Parameters
    ----------
    copies
        How many of each example.
    scale
        Standard deviation of the noise before it is cut at one half.
    seed
        Of the noise.
    """

    copies: int = 5
    scale: float = 0.2
    seed: int = 0

    def __call__(self, key: jax.Array, x: jax.Array) -> jax.Array:
        """Return a copy of each row of ``x``, bits (B, D)."""
        which = jax.random.randint(key, (len(x),), 0, jnp.int32(self.copies))
        noise = jax.vmap(self._noise)(x, which)
        return (x + self.scale * noise > 0.5).astype(x.dtype)

    def _noise(self, row: jax.Array, which: jax.Array) -> jax.Array:
        name = (which, *jnp.packbits(row > 0.5))
        key = reduce(jax.random.fold_in, name, jax.random.key(jnp.int32(self.seed)))
        return jax.random.normal(key, row.shape, row.dtype)
