"""Corruptions: what is done to an example before the encoder sees it.

A corruption is called as ``corruption(key, x)`` with ``x`` (B, D) in scaled units and returns the
same shape. Two are composed with ``+``: ``Gaussian(0.1) + Masking(0.2)`` adds noise, then masks.
"""

from abc import abstractmethod
from dataclasses import replace

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from isthmus.checks import check_between
from isthmus.errors import SettingError
from isthmus.specifications import Number, Spec


class AbstractCorruption(Spec):
    """What every corruption does."""

    @abstractmethod
    def __call__(self, key: PRNGKeyArray, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return a corrupted copy of ``x``."""

    def create(self, image_shape: tuple[int, int, int] | None) -> "AbstractCorruption":
        """Return this corruption for examples of that shape; itself where it needs none."""
        return self

    def __add__(self, other: "AbstractCorruption") -> "Composed":
        """Apply this corruption, then ``other``."""
        return Composed(self, other)


class Composed(AbstractCorruption):
    """One corruption after another.

    Examples
    --------
    >>> import jax, jax.numpy as jnp
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

    def create(self, image_shape: tuple[int, int, int] | None) -> "Composed":
        """Return both for examples of that shape."""
        return Composed(self.first.create(image_shape), self.second.create(image_shape))


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


class Shift(AbstractCorruption):
    r"""Move each image by a random distance, up to some pixels down and to the right, or back.

    Both distances are uniform in [-pixels, pixels]. Between pixels the image is interpolated
    linearly, and what comes in at the border is zero, which is the background of scaled pixels.

    Parameters
    ----------
    pixels
        Greatest distance in each direction, in pixels, >= 0.
    image_shape : (H, W, C)
        Set by `create`.

    Raises
    ------
    SettingError
        When the model is built, if the examples are not images.

    Examples
    --------
    >>> import jax, jax.numpy as jnp
    >>> spot = jnp.zeros((1, 5, 5, 1)).at[0, 2, 2].set(1.0).reshape(1, 25)
    >>> moved = Shift(1.0).create((5, 5, 1))(jax.random.key(0), spot)
    >>> round(float(moved.sum()), 4)  # spread over four pixels
    1.0
    """

    pixels: Number = 1.0
    image_shape: tuple[int, int, int] | None = eqx.field(static=True, default=None)

    def __check_init__(self) -> None:
        check_between("corruption Shift", "pixels", self.pixels, 0, float("inf"))

    def create(self, image_shape: tuple[int, int, int] | None) -> "Shift":
        """Return this shift for images of that shape."""
        if image_shape is None:
            raise SettingError(
                "corruption Shift moves images, and the examples are flat: give images, or "
                "image_shape=(height, width)."
            )
        return replace(self, image_shape=tuple(image_shape))

    def __call__(self, key: PRNGKeyArray, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return ``x`` with each image moved."""
        assert self.image_shape is not None, "a shift is created before it is called"
        height, width, _ = self.image_shape
        drawn = jax.random.uniform(key, (2, len(x)), minval=-1.0, maxval=1.0)
        down, right = self.pixels * drawn
        images = x.reshape(len(x), *self.image_shape)
        rows = jnp.einsum("bih,bhwc->biwc", _moving(down, height), images)
        moved = jnp.einsum("bjw,biwc->bijc", _moving(right, width), rows)
        return moved.reshape(x.shape)


def _moving(distance: Float[Array, " B"], side: int) -> Float[Array, "B side side"]:
    """Return the matrices that move a row of pixels by a distance, interpolated linearly."""
    places = jnp.arange(side)
    sources = places[:, None] - distance[:, None, None]
    return jnp.maximum(0.0, 1.0 - jnp.abs(sources - places))


MEMBERS: dict[str, type[AbstractCorruption]] = {
    "gaussian": Gaussian,
    "masking": Masking,
    "salt_and_pepper": SaltAndPepper,
    "bit_flips": BitFlips,
    "binarised_gaussian": BinarisedGaussian,
    "shift": Shift,
}
"""The corruptions by the names that settings and the command line use."""
