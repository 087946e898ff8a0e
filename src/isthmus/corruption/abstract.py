"""What every corruption does, and two of them in turn."""

from abc import abstractmethod

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from isthmus.specifications import Spec


class AbstractCorruption(Spec):
    """What every corruption does."""

    @abstractmethod
    def __call__(self, key: PRNGKeyArray, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return a corrupted copy of ``x``."""

    def create(self, image_shape: tuple[int, int, int] | None) -> "AbstractCorruption":
        """Return this corruption for examples of that shape; itself where it needs none."""
        return self

    def directions(self, x: Float[Array, "B D"]) -> Float[Array, "B r D"]:
        """Return how examples change along each of the ways in which this corruption moves them.

        Differences of ``x`` for a small step either way along each of r parameters, to first order
        the corrupted examples less ``x``. None, r = 0, where it is noise, which has no direction.
        """
        return jnp.zeros((len(x), 0, x.shape[1]))

    def __add__(self, other: "AbstractCorruption") -> "Composed":
        """Apply this corruption, then ``other``."""
        return Composed(self, other)


class Composed(AbstractCorruption):
    """One corruption after another.

    Examples
    --------
    >>> import jax, jax.numpy as jnp
    >>> from isthmus.corruption import Gaussian, Masking
    >>> both = Masking(1.0) + Gaussian(0.0)
    >>> float(both(jax.random.key(0), jnp.ones((2, 3))).sum())
    0.0
    """

    first: AbstractCorruption
    second: AbstractCorruption

    def __call__(self, key: PRNGKeyArray, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Apply ``first``, then ``second``, each with its own randomness."""
        first_key, second_key = jax.random.split(key)
        return self.second(second_key, self.first(first_key, x))

    def directions(self, x: Float[Array, "B D"]) -> Float[Array, "B r D"]:
        """Return the directions of both."""
        return jnp.concatenate([self.first.directions(x), self.second.directions(x)], axis=1)

    def create(self, image_shape: tuple[int, int, int] | None) -> "Composed":
        """Return both for examples of that shape."""
        return Composed(self.first.create(image_shape), self.second.create(image_shape))
