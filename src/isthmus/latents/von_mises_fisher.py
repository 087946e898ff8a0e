"""Codes on a sphere, spread like a normal distribution's."""

from functools import partial
from typing import Self

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from isthmus.latents.spherical import AbstractSpherical, reflect, unit
from isthmus.records import Context, Draw

SHIFT = 10
"""Orders above the wanted one at which Debye's expansion is evaluated."""

TRIES = 1000
"""Proposals after which rejection gives up; two of three are accepted at the least."""

REACH = 12.0
"""Standard deviations over which the gradient of a draw is integrated."""

NODES, NODE_WEIGHTS = (a.astype(np.float32) for a in np.polynomial.legendre.leggauss(40))


class VonMisesFisher(AbstractSpherical):
    r"""A posterior around a direction on the unit sphere in d dimensions; prior: uniform there.

    h = (direction, concentration): the one is normalised to mu, one plus the softplus of the other
    is kappa. The density is :math:`q(z) \propto \exp(\kappa \mu^T z)`; with
    :math:`L(\kappa) = \log I_v(\kappa) - v \log \kappa`, :math:`v = d/2 - 1`,

    .. math:: KL = \kappa A(\kappa) - L(\kappa) + L(0), \quad
              A(\kappa) = L'(\kappa) = \frac{I_{v+1}(\kappa)}{I_v(\kappa)} = E[\mu^T z]

    in closed form, nats an example. A draw's cosine with mu is made by rejection and has the exact
    gradient of its quantile, by implicit differentiation; the rest of it is uniform. The code of an
    example is mu.

    Raises
    ------
    SettingError
        When the encoder is built, if d is below 2.

    References
    ----------
    Davidson et al., Hyperspherical variational auto-encoders, UAI 2018; the concentration as in
    their program. There the gradient of a draw is that of the accepted proposal with a correction.
    Wood, Simulation of the von Mises Fisher distribution, Communications in Statistics 1994
    (rejection). Figurnov, Mohamed and Mnih, Implicit reparameterization gradients, NeurIPS 2018.

    Examples
    --------
    >>> VonMisesFisher().width(3)
    4
    >>> VonMisesFisher().code(jnp.array([[3.0, 4.0, 0.0]])).round(3).tolist()
    [[0.6..., 0.8...]]
    """

    def __call__(
        self, h: Float[Array, "B width"], context: Context, draws: int
    ) -> tuple[Draw, Self]:
        """Return reparametrised draws, their log ratios and the closed-form divergence."""
        mean, kappa = self.code(h), 1 + jax.nn.softplus(h[:, -1])
        d = mean.shape[1]
        slope_key, rest_key = jax.random.split(context.key)
        y = draw_artanh_cosine(d, slope_key, jnp.broadcast_to(kappa, (draws, len(h))))
        rest = unit(jax.random.normal(rest_key, (draws, len(h), d - 1), h.dtype))
        around_first = jnp.concatenate(
            [jnp.tanh(y)[..., None], rest / jnp.cosh(y)[..., None]], axis=-1
        )
        below, short = log_bessel(d / 2 - 1, kappa)
        at_zero, _ = log_bessel(d / 2 - 1, jnp.zeros((), h.dtype))
        gap = at_zero - below
        return Draw(
            z=reflect(around_first, mean),
            log_ratio=gap - kappa * shortfall(y),
            kl=gap - short,
            cost=jnp.zeros(len(h), h.dtype),
            statistics={"mean": mean, "kappa": kappa},
        ), self


def log_bessel(
    order: float, x: Float[Array, "*shape"]
) -> tuple[Float[Array, "*shape"], Float[Array, "*shape"]]:
    r"""Return what a von Mises-Fisher density needs of the modified Bessel function I of order v.

    The pair :math:`\log I_v(x) - v \log x - x` and :math:`x (1 - I_{v+1}(x) / I_v(x))`, smooth in
    x >= 0 and without cancellation where x is large. Debye's expansion gives both at an order that
    is greater by `SHIFT`, where it is accurate for every x, and the recurrence
    :math:`I_{m-1} - I_{m+1} = 2 m I_m / x`, stable downwards, brings them to the order wanted.

    Parameters
    ----------
    order
        v >= 0.
    x
        x >= 0.

    References
    ----------
    NIST Digital Library of Mathematical Functions, 10.41.3 (the expansion) and 10.29.1.

    Examples
    --------
    >>> from scipy.special import ive
    >>> bool(abs(log_bessel(0.0, jnp.array(5.0))[0] - np.log(ive(0.0, 5.0))) < 1e-5)
    True
    """
    top = partial(_debye, order + SHIFT)
    value, slope = jax.jvp(top, (x,), (jnp.ones_like(x),))
    short = -x * slope
    for m in np.arange(SHIFT, 0, -1) + order:
        ratio = 1 / (2 * m + x - short)  # of I_m to x I_{m-1}
        value, short = value - jnp.log(ratio), x * (2 * m - short) * ratio
    return value, short


def _debye(order: float, x: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """Return log I - v log x - x of a great order v, by the expansion's first four terms."""
    t = jnp.sqrt(order**2 + x**2)
    p = (order / t) ** 2
    first = (3 - 5 * p) / (24 * t)
    second = (81 - 462 * p + 385 * p**2) / (1152 * t**2)
    third = (30375 - 369603 * p + 765765 * p**2 - 425425 * p**3) / (414720 * t**3)
    series = jnp.log1p(first + second + third)
    return order**2 / (t + x) - order * jnp.log(order + t) - jnp.log(2 * jnp.pi * t) / 2 + series


def shortfall(y: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """Return 1 - tanh y, to the last digits where y is large."""
    return 2 * jax.nn.sigmoid(-2 * y)


@partial(jax.custom_jvp, nondiff_argnums=(0,))
@partial(jax.jit, static_argnums=0)
def draw_artanh_cosine(
    d: int, key: PRNGKeyArray, kappa: Float[Array, "*shape"]
) -> Float[Array, "*shape"]:
    r"""Draw y, of which tanh y is the cosine of a von Mises-Fisher draw with its mean direction.

    In y the density is proportional to :math:`\exp(\kappa \tanh y) / \cosh^{d-1} y`, about as wide
    for every kappa. Its derivative in kappa is that of the quantile, :math:`-F_\kappa(y) / F_y(y)`.

    Examples
    --------
    >>> draw_artanh_cosine(3, jax.random.key(0), jnp.full(4, 5.0)).shape
    (4,)
    """
    b = (d - 1) / (2 * kappa + jnp.sqrt(4 * kappa**2 + (d - 1) ** 2))
    centre, rest = (1 - b) / (1 + b), 2 * b / (1 + b)  # Wood's x_0, and 1 - x_0
    offset = kappa * rest - (d - 1) * jnp.log(rest * (1 + centre))

    def propose(state: tuple[Array, Array, Array, Array]) -> tuple[Array, Array, Array, Array]:
        i, key, y, done = state
        key, normal_key, uniform_key = jax.random.split(key, 3)
        uniform = jax.random.normal(normal_key, (*kappa.shape, d), kappa.dtype)
        across = jnp.maximum(jnp.linalg.norm(uniform[..., 1:], axis=-1), 1e-20)
        proposal = jnp.arcsinh(uniform[..., 0] / across) - jnp.log(b) / 2  # b = 1 where uniform
        short = shortfall(proposal)
        log_ratio = offset - kappa * short + (d - 1) * jnp.log(rest + centre * short)
        accepted = jnp.log(jax.random.uniform(uniform_key, kappa.shape, kappa.dtype)) <= log_ratio
        return i + 1, key, jnp.where(done, y, proposal), done | accepted

    def unfinished(state: tuple[Array, Array, Array, Array]) -> Bool[Array, ""]:
        return (state[0] < TRIES) & ~state[3].all()

    nothing = (jnp.zeros((), jnp.int32), key, jnp.zeros_like(kappa), jnp.zeros(kappa.shape, bool))
    return jax.lax.while_loop(unfinished, propose, nothing)[2]


@draw_artanh_cosine.defjvp
def _implicit(
    d: int, primals: tuple[PRNGKeyArray, Array], tangents: tuple[object, Array]
) -> tuple[Array, Array]:
    y = draw_artanh_cosine(d, *primals)
    slope = quantile_slope(d, y, primals[1]).astype(y.dtype)
    return y, slope * tangents[1]


def quantile_slope(
    d: int, y: Float[Array, "*shape"], kappa: Float[Array, "*shape"]
) -> Float[Array, "*shape"]:
    r"""Return the derivative in kappa of the quantile at y.

    .. math:: -\int_{-\infty}^y (\tanh u - A) \frac{p(u)}{p(y)} du
              = \int_y^\infty (\tanh u - A) \frac{p(u)}{p(y)} du

    the one below the mode, the other above it, by Gauss-Legendre over `REACH` standard deviations.
    """
    half = (d - 1) / 2
    mode = kappa / (half + jnp.sqrt(half**2 + kappa**2))
    width = 1 / jnp.sqrt(2 * (1 - mode**2) * (half + kappa * mode))
    side = jnp.where(y < jnp.arctanh(mode), -1.0, 1.0)
    length = (REACH * width)[..., None]
    u = y[..., None] + side[..., None] * length * (NODES + 1) / 2
    short = shortfall(u)
    log_density = -kappa[..., None] * (short - shortfall(y)[..., None]) - (d - 1) * (
        _log_cosh(u) - _log_cosh(y)[..., None]
    )
    mean_short = log_bessel(d / 2 - 1, kappa)[1] / kappa
    integrand = (mean_short[..., None] - short) * jnp.exp(log_density)
    return side * (integrand * NODE_WEIGHTS * length / 2).sum(-1)


def _log_cosh(y: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    return jnp.logaddexp(y, -y) - np.log(2)
