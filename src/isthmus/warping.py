"""Images under affine maps, interpolated linearly."""

import jax.numpy as jnp
from jaxtyping import Array, Float


def warp(
    image: Float[Array, "H W C"], linear: Float[Array, "2 2"], offset: Float[Array, "2"]
) -> Float[Array, "H W C"]:
    """Return an image whose pixel at p, from the centre, is that of the original at A p + b.

    What lies outside of the original is zero.

    Parameters
    ----------
    image
        To warp.
    linear
        A, of (row, column).
    offset
        b, in pixels.

    Examples
    --------
    >>> image = jnp.arange(9.0).reshape(3, 3, 1)
    >>> turned = warp(image, jnp.array([[0.0, 1.0], [-1.0, 0.0]]), jnp.zeros(2))
    >>> turned[:, :, 0].astype(int).tolist()
    [[2, 5, 8], [1, 4, 7], [0, 3, 6]]
    """
    height, width, _ = image.shape
    centre = jnp.array([(height - 1) / 2, (width - 1) / 2])
    grid = jnp.stack(jnp.meshgrid(jnp.arange(height), jnp.arange(width), indexing="ij"), -1)
    places = jnp.einsum("ij,hwj->hwi", linear, grid - centre) + offset + centre
    low = jnp.floor(places).astype(int)
    share = places - low
    total = jnp.zeros_like(image)
    for down in (0, 1):
        for right in (0, 1):
            row, column = low[..., 0] + down, low[..., 1] + right
            inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
            weight = jnp.abs(1 - down - share[..., 0]) * jnp.abs(1 - right - share[..., 1])
            pixels = image[row.clip(0, height - 1), column.clip(0, width - 1)]
            total += jnp.where(inside, weight, 0.0)[..., None] * pixels
    return total
