"""Geometry of the Poincaré ball of curvature -c: the points of norm below 1 / sqrt(c).

Tangent vectors at a point are written in orthonormal units: the norm of one is the distance that
the exponential map goes along it.
"""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from isthmus.specifications import Number

EDGE = 1e-5
"""Points stay this far, relatively, from the boundary, where distances leave single precision."""

LEAST = 1e-12
"""Squared norms are kept above this, so that the norm of zero has a gradient."""

SMALL = 0.1
"""Below this sinh(x) / x is taken by its series, whose next term is below single precision."""


def norm(x: Float[Array, "*shape d"]) -> Float[Array, "*shape 1"]:
    """Return the Euclidean norm, from 1e-6 upwards."""
    return jnp.sqrt(jnp.maximum((x**2).sum(-1, keepdims=True), LEAST))


def within(x: Float[Array, "*shape d"], c: Number) -> Float[Array, "*shape d"]:
    """Return points with those too near to the boundary, or beyond it, drawn in."""
    most = (1 - EDGE) / jnp.sqrt(c)
    size = norm(x)
    return jnp.where(size > most, x * (most / size), x)


def add(
    x: Float[Array, "*shape d"], y: Float[Array, "*shape d"], c: Number
) -> Float[Array, "*shape d"]:
    r"""Return the Möbius sum, y moved by the translation that takes the origin to x.

    .. math:: x \oplus y = \frac{(1 + 2 c \langle x, y \rangle + c |y|^2) x + (1 - c |x|^2) y}
        {1 + 2 c \langle x, y \rangle + c^2 |x|^2 |y|^2}

    Examples
    --------
    >>> round(float(add(jnp.array([0.5]), jnp.array([0.5]), 1.0)[0]), 4)
    0.8
    """
    inner = (x * y).sum(-1, keepdims=True)
    xx, yy = (x**2).sum(-1, keepdims=True), (y**2).sum(-1, keepdims=True)
    numerator = (1 + 2 * c * inner + c * yy) * x + (1 - c * xx) * y
    return numerator / jnp.maximum(1 + 2 * c * inner + c**2 * xx * yy, LEAST)


def exponential(
    base: Float[Array, "*shape d"], v: Float[Array, "*shape d"], c: Number
) -> Float[Array, "*shape d"]:
    """Return the point at distance |v| from a base point, on the geodesic that leaves by v."""
    root, size = jnp.sqrt(c), norm(v)
    return within(add(base, jnp.tanh(root * size / 2) * v / (root * size), c), c)


def logarithm(
    base: Float[Array, "*shape d"], z: Float[Array, "*shape d"], c: Number
) -> Float[Array, "*shape d"]:
    """Return the tangent vector at a base point by which the exponential map reaches z."""
    apart = within(add(-base, z, c), c)
    root, size = jnp.sqrt(c), norm(apart)
    return 2 * jnp.arctanh(root * size) * apart / (root * size)


def distance(
    x: Float[Array, "*shape d"], y: Float[Array, "*shape d"], c: Number
) -> Float[Array, "*shape"]:
    """Return the length of the geodesic between two points.

    Examples
    --------
    >>> round(float(distance(jnp.zeros(2), jnp.array([0.5, 0.0]), 1.0)), 4)  # log 3
    1.0986
    """
    apart = norm(within(add(-x, y, c), c))[..., 0]
    return 2 * jnp.arctanh(jnp.sqrt(c) * apart) / jnp.sqrt(c)


def log_sinhc(x: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """Return log(sinh(x) / x) for x >= 0."""
    safe = jnp.maximum(x, SMALL)
    exact = safe + jnp.log1p(-jnp.exp(-2 * safe)) - jnp.log(2 * safe)
    near = jnp.minimum(x, SMALL)
    return jnp.where(x < SMALL, near**2 / 6 - near**4 / 180, exact)


def log_wrapped_normal(
    v: Float[Array, "*shape d"], scale: Float[Array, "*shape d"], c: Number
) -> Float[Array, "*shape"]:
    r"""Return the log density, in the ball's own volume, of a wrapped normal at exp(v).

    .. math:: \log N(v; 0, \mathrm{diag}\, s^2) - (d - 1) \log
        \frac{\sinh(\sqrt c |v|)}{\sqrt c |v|}

    Parameters
    ----------
    v
        The tangent vector at the centre that leads to the point.
    scale
        s > 0, in each direction.
    c
        Curvature, > 0.
    """
    normal = -((v / scale) ** 2 / 2 + jnp.log(scale) + np.log(2 * np.pi) / 2).sum(-1)
    stretched = log_sinhc(jnp.sqrt(c) * norm(v)[..., 0])
    return normal - (v.shape[-1] - 1) * stretched
