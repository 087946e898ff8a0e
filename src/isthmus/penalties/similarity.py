"""Structural similarity of images, over several scales."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Self

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from isthmus.checks import check_between, check_scale, check_whole
from isthmus.errors import SettingError
from isthmus.penalties.abstract import AbstractPenalty
from isthmus.records import Pass
from isthmus.specifications import Number

WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Exponents of the scales, the finest first."""

WINDOW, WINDOW_SCALE = 11, 1.5
"""Pixels of the normal window's sides, and its standard deviation in pixels."""

STABLE = (0.01, 0.03)
"""Shares of the range whose squares keep the quotients of means and of variances finite."""


class StructuralSimilarity(AbstractPenalty):
    r"""One minus the multi-scale structural similarity of an image and its reconstruction.

    .. math:: w (1 - \mathrm{MS\text{-}SSIM}(x, \hat x)), \quad
        \mathrm{MS\text{-}SSIM} = l_M^{\beta_M} \prod_{j=1}^M c_j^{\beta_j}

    with, at scale j, the mean over pixels and channels of
    :math:`c = (2 \sigma_{xy} + C_2) / (\sigma_x^2 + \sigma_y^2 + C_2)` (contrast and structure),
    and, at the last, that of c times :math:`l = (2 \mu_x \mu_y + C_1) / (\mu_x^2 + \mu_y^2 + C_1)`
    (luminance): means, variances and the covariance are those under a normal window of 11 pixels.
    Every scale halves the sides of the one before; the last row or column of an odd side is taken
    twice, as TensorFlow's ``ssim_multiscale`` does. The average over the draws.

    Parameters
    ----------
    weight
        w >= 0.
    scales
        M at most, from 1 to 5; scales whose sides are smaller than the window are left out, and
        the exponents of the others add up to one.
    span
        Range of the scaled pixels, > 0: 1 for those in [0, 1].
    image_shape : (H, W, C)
        Made by `create`.

    Raises
    ------
    SettingError
        When the model is built, if the examples are no images, or there is no decoder.

    References
    ----------
    Wang, Simoncelli and Bovik, Multiscale structural similarity for image quality assessment,
    Asilomar 2003, equation 7; Snell et al., Learning to generate images with perceptual similarity
    metrics, ICIP 2017. In images smaller than the window, it has their size, and a scale's mean
    that is not positive counts as nothing.

    Examples
    --------
    >>> StructuralSimilarity(10.0, scales=1).scales
    1
    """

    weight: Number = 100.0
    scales: int = eqx.field(static=True, default=5)
    span: Number = 1.0
    image_shape: tuple[int, int, int] | None = eqx.field(static=True, default=None)

    def __check_init__(self) -> None:
        owner = "penalty StructuralSimilarity"
        check_between(owner, "weight", self.weight, 0, np.inf)
        check_whole(owner, "scales", self.scales, 1)
        check_between(owner, "scales", self.scales, 1, len(WEIGHTS))
        check_scale(owner, "span", self.span)

    def create(
        self,
        features: int,
        latent_dim: int,
        rng: np.random.Generator,
        image_shape: tuple[int, int, int] | None = None,
    ) -> Self:
        """Return this penalty for images of that shape."""
        if image_shape is None:
            raise SettingError(
                "penalty StructuralSimilarity compares images, and the examples are flat: give "
                "images, or image_shape=(height, width)."
            )
        return replace(self, image_shape=tuple(image_shape))

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the weighted dissimilarity."""
        if p.x_hat is None or self.image_shape is None:
            raise SettingError(
                "penalty StructuralSimilarity compares reconstructions, and there are none: it "
                "needs a decoder."
            )
        back = p.model.likelihood.mean(p.x_hat)
        x = jnp.where(jnp.isnan(p.x), back, p.x)  # a missing pixel is as it is reconstructed
        images = [one.reshape(*one.shape[:2], *self.image_shape) for one in (x, back)]
        similarity = multiscale_similarity(*images, scales=self.scales, span=self.span)
        return self.weight * (1 - similarity).mean(0)


def multiscale_similarity(
    x: Float[Array, "*shape H W C"],
    y: Float[Array, "*shape H W C"],
    *,
    scales: int = 5,
    span: Number = 1.0,
) -> Float[Array, "*shape"]:
    """Return the multi-scale structural similarity, in [0, 1], of images whose range is ``span``.

    Examples
    --------
    >>> x = jnp.ones((16, 16, 1)) * jnp.linspace(0, 1, 16)[:, None]
    >>> float(multiscale_similarity(x, x)), bool(multiscale_similarity(x, 1 - x) < 0.1)
    (1.0, True)
    """
    parts = [p.mean((-3, -2, -1)) for p in _parts(x, y, scales, span)]
    exponents = np.array(WEIGHTS[: len(parts)]) / sum(WEIGHTS[: len(parts)])
    # kept from zero, where a root's slope is infinite
    logs = [e * jnp.log(jnp.maximum(p, 1e-6)) for p, e in zip(parts, exponents, strict=True)]
    return jnp.exp(jnp.stack(logs).sum(0))


def structural_similarity(
    x: Float[Array, "*shape H W C"], y: Float[Array, "*shape H W C"], *, span: Number = 1.0
) -> Float[Array, "*shape"]:
    """Return the structural similarity at one scale, in [-1, 1] for images that are not negative.

    Examples
    --------
    >>> x = jnp.ones((16, 16, 1)) * jnp.linspace(0, 1, 16)[:, None]
    >>> float(structural_similarity(x, x))
    1.0
    """
    luminance, structure = _luminance_and_structure(x, y, span)
    return (luminance * structure).mean((-3, -2, -1))


def _parts(x: Array, y: Array, scales: int, span: Number) -> Iterator[Array]:
    """Yield, scale after scale, what the mean is taken of."""
    for left in range(scales - 1, -1, -1):
        luminance, structure = _luminance_and_structure(x, y, span)
        small = -(-min(x.shape[-3:-1]) // 2) < WINDOW
        if small or not left:
            yield luminance * structure
            return
        yield structure
        x, y = _halved(x), _halved(y)


def _luminance_and_structure(x: Array, y: Array, span: Number) -> tuple[Array, Array]:
    """Return l and c wherever the window fits, (..., H', W', C)."""
    small, large = ((share * span) ** 2 for share in STABLE)
    windows = [_window_matrix(side) for side in x.shape[-3:-1]]

    def mean(image: Array) -> Array:
        return jnp.einsum("ph,...hwc,qw->...pqc", windows[0], image, windows[1])

    mean_x, mean_y = mean(x), mean(y)
    # of what is left of the global mean: variances without cancellation
    centre = (x.mean((-3, -2), keepdims=True) + y.mean((-3, -2), keepdims=True)) / 2
    u, v = x - centre, y - centre
    mean_u, mean_v = mean(u), mean(v)
    variance_x, variance_y = mean(u**2) - mean_u**2, mean(v**2) - mean_v**2
    covariance = mean(u * v) - mean_u * mean_v
    luminance = (2 * mean_x * mean_y + small) / (mean_x**2 + mean_y**2 + small)
    structure = (2 * covariance + large) / (variance_x + variance_y + large)
    return luminance, structure


def _window_matrix(side: int) -> np.ndarray:
    """Return the matrix (places, side) that takes a row of pixels to its means under the window."""
    width = min(WINDOW, side)
    offsets = np.arange(width) - (width - 1) / 2
    window = np.exp(-(offsets**2) / (2 * WINDOW_SCALE**2))
    rows = [np.pad(window / window.sum(), (i, side - width - i)) for i in range(side - width + 1)]
    return np.stack(rows).astype(np.float32)


def _halved(image: Array) -> Array:
    """Return an image of half the sides: means of two by two pixels, an odd last one twice."""
    h, w = (-(-side // 2) for side in image.shape[-3:-1])
    odd = [(0, side % 2) for side in image.shape[-3:-1]]
    even = jnp.pad(image, [*((0, 0),) * (image.ndim - 3), *odd, (0, 0)], mode="edge")
    return even.reshape(*image.shape[:-3], h, 2, w, 2, image.shape[-1]).mean((-4, -2))
