"""Corruptions that move the pixels of images a little, and so keep what the images show."""

from abc import abstractmethod
from dataclasses import replace
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from isthmus.checks import check_between
from isthmus.corruption.abstract import AbstractCorruption
from isthmus.errors import SettingError
from isthmus.specifications import Number
from isthmus.warping import warp

ImageShape = tuple[int, int, int]
"""Height, width and channels."""


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
    image_shape: ImageShape | None = eqx.field(static=True, default=None)

    def __check_init__(self) -> None:
        check_between("corruption Shift", "pixels", self.pixels, 0, float("inf"))

    def create(self, image_shape: ImageShape | None) -> "Shift":
        """Return this shift for images of that shape."""
        return replace(self, image_shape=_of_images("Shift", "moves", image_shape))

    def __call__(self, key: PRNGKeyArray, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return ``x`` with each image moved."""
        drawn = jax.random.uniform(key, (2, len(x)), minval=-1.0, maxval=1.0)
        return self._moved(x, *self.pixels * drawn)

    def directions(self, x: Float[Array, "B D"]) -> Float[Array, "B 2 D"]:
        """Return the differences along both directions."""
        far, none = jnp.full(len(x), self.pixels), jnp.zeros(len(x))
        down = self._moved(x, far, none) - self._moved(x, -far, none)
        right = self._moved(x, none, far) - self._moved(x, none, -far)
        return jnp.stack([down, right], axis=1) / 2

    def _moved(
        self, x: Float[Array, "B D"], down: Float[Array, " B"], right: Float[Array, " B"]
    ) -> Float[Array, "B D"]:
        """Return images moved by numbers of pixels."""
        assert self.image_shape is not None, "a shift is created before it is called"
        height, width, _ = self.image_shape
        images = x.reshape(len(x), *self.image_shape)
        rows = jnp.einsum("bih,bhwc->biwc", _moving(down, height), images)
        moved = jnp.einsum("bjw,biwc->bijc", _moving(right, width), rows)
        return moved.reshape(x.shape)


class AbstractWarp(AbstractCorruption):
    """Maps of images by random shares of their greatest amounts, each uniform in [-1, 1]."""

    image_shape: eqx.AbstractVar[ImageShape | None]
    amounts: ClassVar[int]

    @abstractmethod
    def warped(self, x: Float[Array, " D"], by: Float[Array, " r"]) -> Float[Array, " D"]:
        """Return an image under the map that shares ``by`` of the amounts give."""

    def __call__(self, key: PRNGKeyArray, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return ``x`` with each image under a map of its own."""
        drawn = jax.random.uniform(key, (len(x), self.amounts), minval=-1.0, maxval=1.0)
        return jax.vmap(self.warped)(x, drawn)

    def directions(self, x: Float[Array, "B D"]) -> Float[Array, "B r D"]:
        """Return the central differences along each amount."""
        steps = jnp.eye(self.amounts)

        def along(step: Float[Array, " r"]) -> Float[Array, "B D"]:
            there = jax.vmap(self.warped, in_axes=(0, None))(x, step)
            return (there - jax.vmap(self.warped, in_axes=(0, None))(x, -step)) / 2

        return jnp.stack([along(step) for step in steps], axis=1)


class Rotation(AbstractWarp):
    r"""Turn each image about its centre by a random angle, uniform in [-degrees, degrees].

    Between pixels the image is interpolated linearly; what comes in at the border is zero.

    Parameters
    ----------
    degrees
        Greatest angle, >= 0.
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
    >>> turned = Rotation(90.0).create((5, 5, 1))(jax.random.key(0), spot)
    >>> round(float(turned[0, 12]), 4)  # the centre stays
    1.0
    """

    degrees: Number = 10.0
    image_shape: ImageShape | None = eqx.field(static=True, default=None)
    amounts: ClassVar[int] = 1

    def __check_init__(self) -> None:
        check_between("corruption Rotation", "degrees", self.degrees, 0, 180)

    def create(self, image_shape: ImageShape | None) -> "Rotation":
        """Return this rotation for images of that shape."""
        return replace(self, image_shape=_of_images("Rotation", "turns", image_shape))

    def warped(self, x: Float[Array, " D"], by: Float[Array, " r"]) -> Float[Array, " D"]:
        """Return an image turned by a share of the greatest angle."""
        assert self.image_shape is not None, "a rotation is created before it is called"
        turning = _turning(jnp.deg2rad(self.degrees) * by[0])
        return warp(x.reshape(self.image_shape), turning, jnp.zeros(2)).reshape(x.shape)


class Affine(AbstractWarp):
    r"""Move, turn, stretch and slant each image a little, each by a random amount.

    The pixel at p, from the centre, becomes that of the original at
    :math:`R(\alpha) \, (I + E) \, p + b`: the angle, both shifts b and the three entries of the
    symmetric E are uniform in their ranges. Interpolated linearly; what comes in at the border is
    zero.

    Parameters
    ----------
    shift
        Greatest shift in each direction, as a share of the image's longer side, in [0, 1].
    degrees
        Greatest angle, in [0, 180].
    stretch
        Greatest entry of E, in [0, 1]: how far sides are stretched, and slanted.
    image_shape : (H, W, C)
        Set by `create`.

    References
    ----------
    Simard, LeCun and Denker, Efficient pattern recognition using a new transformation distance,
    NIPS 1993, section 3: the transformations that keep a digit's class, but for its thickness.

    Examples
    --------
    >>> import jax, jax.numpy as jnp
    >>> spot = jnp.zeros((1, 5, 5, 1)).at[0, 2, 2].set(1.0).reshape(1, 25)
    >>> warped = Affine(shift=0.0).create((5, 5, 1))(jax.random.key(0), spot)
    >>> round(float(warped[0, 12]), 4)  # the centre stays
    1.0
    """

    shift: Number = 0.04
    degrees: Number = 10.0
    stretch: Number = 0.1
    image_shape: ImageShape | None = eqx.field(static=True, default=None)
    amounts: ClassVar[int] = 6

    def __check_init__(self) -> None:
        check_between("corruption Affine", "shift", self.shift, 0, 1)
        check_between("corruption Affine", "degrees", self.degrees, 0, 180)
        check_between("corruption Affine", "stretch", self.stretch, 0, 1)

    def create(self, image_shape: ImageShape | None) -> "Affine":
        """Return these maps for images of that shape."""
        return replace(self, image_shape=_of_images("Affine", "warps", image_shape))

    def warped(self, x: Float[Array, " D"], by: Float[Array, " r"]) -> Float[Array, " D"]:
        """Return an image warped by shares of the greatest amounts."""
        assert self.image_shape is not None, "a map of images is created before it is called"
        offset = self.shift * max(self.image_shape[:2]) * by[:2]
        stretching = jnp.eye(2) + self.stretch * by[jnp.array([[3, 5], [5, 4]])]
        turning = _turning(jnp.deg2rad(self.degrees) * by[2])
        return warp(x.reshape(self.image_shape), turning @ stretching, offset).reshape(x.shape)


def _of_images(name: str, does: str, image_shape: ImageShape | None) -> ImageShape:
    """Return the shape of the images; raise `SettingError` if the examples are none."""
    if image_shape is None:
        raise SettingError(
            f"corruption {name} {does} images, and the examples are flat: give images, or "
            "image_shape=(height, width)."
        )
    height, width, channels = image_shape
    return height, width, channels


def _turning(angle: Float[Array, ""]) -> Float[Array, "2 2"]:
    """Return the matrix of a rotation by an angle, in radians."""
    cosine, sine = jnp.cos(angle), jnp.sin(angle)
    return jnp.array([[cosine, -sine], [sine, cosine]])


def _moving(distance: Float[Array, " B"], side: int) -> Float[Array, "B side side"]:
    """Return the matrices that move a row of pixels by a distance, interpolated linearly."""
    places = jnp.arange(side)
    sources = places[:, None] - distance[:, None, None]
    return jnp.maximum(0.0, 1.0 - jnp.abs(sources - places))
