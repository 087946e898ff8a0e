"""Noise with heavy tails: absolute error, and squared error that turns into it."""

from typing import Self

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from isthmus.checks import check_scale
from isthmus.likelihoods.abstract import AbstractLikelihood
from isthmus.specifications import Number


class Laplace(AbstractLikelihood):
    r"""Double-exponential noise of one fixed scale: absolute error.

    .. math:: \frac{\lVert x - \hat x \rVert_1}{b} + D \log(2 b)

    Parameters
    ----------
    scale
        Scale b, in scaled units, > 0; the standard deviation is b times the root of two.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> x = jnp.array([[1.0, -1.0]])
    >>> float(Laplace(0.5)(jnp.zeros((1, 1, 2)), x)[0, 0])
    4.0
    """

    scale: Number = 1.0

    def __check_init__(self) -> None:
        check_scale("likelihood Laplace", "scale", self.scale)

    def create(self, features: int) -> Self:
        """Return itself."""
        return self

    def costs(self, x_hat: Float[Array, "K B D"], x: Float[Array, "B D"]) -> Float[Array, "K B D"]:
        """Return the absolute error over the scale, with the constant."""
        return jnp.abs(x - x_hat) / self.scale + self._constant()

    def mean(self, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return the output itself."""
        return x_hat

    @property
    def link(self) -> str:
        """The identity."""
        return "identity"

    def floors(self, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return the cost of a perfect output: the constant alone."""
        return jnp.full(x.shape, self._constant())

    def sample(self, key: PRNGKeyArray, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return the mean with double-exponential noise."""
        return x_hat + self.scale * jax.random.laplace(key, x_hat.shape)

    def domain(self) -> tuple[float, float]:
        """Return the real line."""
        return -np.inf, np.inf

    def _constant(self) -> Array:
        return jnp.log(2 * jnp.asarray(self.scale))


class Huber(AbstractLikelihood):
    r"""Normal noise with exponential tails: squared error near the mean, absolute error beyond.

    .. math:: \sum_j \rho\Big(\frac{x_j - \hat x_j}{s}\Big) + D \log(s Z), \quad
        \rho(u) = \begin{cases} u^2 / 2 & |u| \le c \\ c |u| - c^2 / 2 & |u| > c \end{cases}

    with :math:`Z = \sqrt{2 \pi}\, \mathrm{erf}(c / \sqrt 2) + (2 / c) e^{-c^2 / 2}`, so that the
    density integrates to one.

    Parameters
    ----------
    threshold
        c > 0, where the tails begin, in units of the scale; 1.345 keeps 95 % of the efficiency of
        the squared error when the noise is normal after all.
    scale
        s, in scaled units, > 0.

    References
    ----------
    Huber, Robust estimation of a location parameter, Annals of Mathematical Statistics, 1964,
    section 6: the least informative density, without its share of contamination.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> x = jnp.array([[0.0], [1.0], [3.0]])
    >>> cost = Huber(threshold=2.0)(jnp.zeros((1, 3, 1)), x)[0]
    >>> (cost - cost[0]).tolist()
    [0.0, 0.5, 4.0]
    """

    threshold: Number = 1.345
    scale: Number = 1.0

    def __check_init__(self) -> None:
        for name in ("threshold", "scale"):
            check_scale("likelihood Huber", name, getattr(self, name))

    def create(self, features: int) -> Self:
        """Return itself."""
        return self

    def costs(self, x_hat: Float[Array, "K B D"], x: Float[Array, "B D"]) -> Float[Array, "K B D"]:
        """Return Huber's function of the error, with the constant."""
        size = jnp.abs(x - x_hat) / self.scale
        near = jnp.minimum(size, self.threshold)
        return near * (size - near / 2) + self._constant()

    def mean(self, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return the output itself."""
        return x_hat

    @property
    def link(self) -> str:
        """The identity."""
        return "identity"

    def floors(self, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return the cost of a perfect output: the constant alone."""
        return jnp.full(x.shape, self._constant())

    def sample(self, key: PRNGKeyArray, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return the mean with noise from the core or from the tails, by their shares."""
        c = jnp.asarray(self.threshold, x_hat.dtype)
        which, core, tail, sign = jax.random.split(key, 4)
        near = jax.random.truncated_normal(core, -c, c, x_hat.shape, x_hat.dtype)
        far = c + jax.random.exponential(tail, x_hat.shape, x_hat.dtype) / c
        far = far * jax.random.rademacher(sign, x_hat.shape, x_hat.dtype)
        inner, outer = self._masses()
        is_core = jax.random.bernoulli(which, inner / (inner + outer), x_hat.shape)
        return x_hat + self.scale * jnp.where(is_core, near, far)

    def domain(self) -> tuple[float, float]:
        """Return the real line."""
        return -np.inf, np.inf

    def _masses(self) -> tuple[Float[Array, ""], Float[Array, ""]]:
        """Return the integrals of exp(-rho) over the core and over both tails; Z is their sum."""
        c = jnp.asarray(self.threshold, jnp.float32)
        inner = jnp.sqrt(2 * jnp.pi) * jax.scipy.special.erf(c / jnp.sqrt(2.0))
        return inner, 2 / c * jnp.exp(-(c**2) / 2)

    def _constant(self) -> Float[Array, ""]:
        return jnp.log(self.scale * sum(self._masses()))
