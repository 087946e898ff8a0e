"""Corruptions that add noise to single entries."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from isthmus.checks import check_between
from isthmus.corruption.abstract import AbstractCorruption
from isthmus.errors import SettingError
from isthmus.specifications import Number


class Gaussian(AbstractCorruption):
    """Add independent normal noise: x + scale * e, e ~ N(0, 1).

    Parameters
    ----------
    scale
        Standard deviation of the noise, in scaled units, >= 0.

    References
    ----------
    Vincent et al., Stacked denoising autoencoders, JMLR 2010, section 3.3.

    Examples
    --------
    >>> import jax, jax.numpy as jnp
    >>> Gaussian(0.0)(jax.random.key(0), jnp.ones((1, 2))).tolist()
    [[1.0, 1.0]]
    """

    scale: Number = 0.2

    def __check_init__(self) -> None:
        check_between("corruption Gaussian", "scale", self.scale, 0, float("inf"))

    def __call__(self, key: PRNGKeyArray, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return ``x`` with noise added."""
        return x + self.scale * jax.random.normal(key, x.shape, x.dtype)


class Masking(AbstractCorruption):
    """Set each entry to zero with a probability.

    Parameters
    ----------
    probability
        Chance that an entry is masked, in [0, 1].

    References
    ----------
    Vincent et al., Stacked denoising autoencoders, JMLR 2010, section 3.3.

    Examples
    --------
    >>> import jax, jax.numpy as jnp
    >>> Masking(1.0)(jax.random.key(0), jnp.ones((1, 2))).tolist()
    [[0.0, 0.0]]
    """

    probability: Number = 0.25

    def __check_init__(self) -> None:
        check_between("corruption Masking", "probability", self.probability, 0, 1)

    def __call__(self, key: PRNGKeyArray, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return ``x`` with entries masked."""
        return jnp.where(jax.random.uniform(key, x.shape) < self.probability, 0, x)


class SaltAndPepper(AbstractCorruption):
    """Set each entry, with a probability, to the batch's least or greatest value, evenly.

    Parameters
    ----------
    probability
        Chance that an entry is hit, in [0, 1].

    References
    ----------
    Vincent et al., Stacked denoising autoencoders, JMLR 2010, section 3.3.

    Examples
    --------
    >>> import jax, jax.numpy as jnp
    >>> x = jnp.array([[0.0, 0.5, 1.0]])
    >>> set(SaltAndPepper(1.0)(jax.random.key(0), x)[0].tolist()) <= {0.0, 1.0}
    True
    """

    probability: Number = 0.1

    def __check_init__(self) -> None:
        check_between("corruption SaltAndPepper", "probability", self.probability, 0, 1)

    def __call__(self, key: PRNGKeyArray, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return ``x`` with entries pushed to the ends of its range."""
        u = jax.random.uniform(key, x.shape)
        pepper, salt = u < self.probability / 2, u >= 1 - self.probability / 2
        return jnp.where(pepper, x.min(), jnp.where(salt, x.max(), x))


class BitFlips(AbstractCorruption):
    """Flip exactly ``count`` entries of every example, x -> 1 - x, chosen without replacement.

    Parameters
    ----------
    count
        How many entries, >= 0; a count above the number of features flips them all.

    Examples
    --------
    >>> import jax, jax.numpy as jnp
    >>> BitFlips(3)(jax.random.key(0), jnp.zeros((2, 35))).sum(axis=1).tolist()
    [3.0, 3.0]
    """

    count: Number = 1

    def __check_init__(self) -> None:
        check_between("corruption BitFlips", "count", self.count, 0, float("inf"))
        if not isinstance(self.count, Array) and float(self.count) % 1 != 0:
            raise SettingError(
                f"corruption BitFlips: count is {self.count!r}; it must be a whole number."
            )

    def __call__(self, key: PRNGKeyArray, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return ``x`` with ``count`` entries flipped in each row."""
        order = jax.random.uniform(key, x.shape).argsort(axis=1)
        rank = order.argsort(axis=1)
        return jnp.where(rank < self.count, 1 - x, x)


class BinarisedGaussian(AbstractCorruption):
    """Add normal noise, then cut at one half: 1[x + scale * e > 0.5].

    Parameters
    ----------
    scale
        Standard deviation of the noise before the cut, >= 0.

    Examples
    --------
    >>> import jax, jax.numpy as jnp
    >>> BinarisedGaussian(0.0)(jax.random.key(0), jnp.array([[0.2, 0.9]])).tolist()
    [[0.0, 1.0]]
    """

    scale: Number = 0.2

    def __check_init__(self) -> None:
        check_between("corruption BinarisedGaussian", "scale", self.scale, 0, float("inf"))

    def __call__(self, key: PRNGKeyArray, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return noisy bits."""
        noisy = x + self.scale * jax.random.normal(key, x.shape, x.dtype)
        return (noisy > 0.5).astype(x.dtype)
