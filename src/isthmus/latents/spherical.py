"""What codes on a sphere share: a direction and a concentration, and a uniform prior."""

from typing import ClassVar, Self

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from isthmus.errors import SettingError
from isthmus.latents.abstract import AbstractLatent


class AbstractSpherical(AbstractLatent):
    """A posterior around a direction on the unit sphere in d dimensions; prior: uniform there."""

    stochastic: ClassVar[bool] = True

    def create(self, latent_dim: int, rng: np.random.Generator) -> Self:
        """Return itself."""
        return self

    def width(self, latent_dim: int) -> int:
        """Return d + 1: a direction and a concentration.

        Raises
        ------
        SettingError
            If d is below 2.
        """
        if latent_dim < 2:
            raise SettingError(
                f"latent {type(self).__name__} needs a sphere, and latent_dim is {latent_dim}: "
                "take at least 2."
            )
        return latent_dim + 1

    def code(self, h: Float[Array, "B width"]) -> Float[Array, "B d"]:
        """Return the direction."""
        return unit(h[:, :-1])

    def sample_prior(self, key: PRNGKeyArray, n: int, latent_dim: int) -> Float[Array, "n d"]:
        """Return directions, each as likely as another."""
        return unit(jax.random.normal(key, (n, latent_dim)))


def unit(v: Float[Array, "*rest d"]) -> Float[Array, "*rest d"]:
    """Return vectors of length one in the same directions."""
    return v * jax.lax.rsqrt((v**2).sum(-1, keepdims=True) + 1e-20)


def reflect(y: Float[Array, "K B d"], mean: Float[Array, "B d"]) -> Float[Array, "K B d"]:
    """Return y after the reflection that takes the first axis to ``mean``."""
    normal = jnp.zeros_like(mean).at[:, 0].set(1) - mean
    length = jnp.maximum((normal**2).sum(-1, keepdims=True), 1e-12)
    return y - 2 * normal * (y * normal).sum(-1, keepdims=True) / length
