"""Counts: Poisson, and negative binomial where they vary more than that."""

from typing import Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import gammaln, xlogy
from jaxtyping import Array, Float, PRNGKeyArray

from isthmus.checks import check_between
from isthmus.likelihoods.abstract import AbstractLikelihood
from isthmus.specifications import Number

STRAIGHT = 10.0
"""Raw outputs are log rates up to here, a rate of 22,026; the tangent goes on, which is finite."""


class Poisson(AbstractLikelihood):
    r"""Counts whose variance is their mean; the raw output is the log rate.

    .. math:: \sum_j e^{\hat x_j} - x_j \hat x_j + \log \Gamma(x_j + 1)

    Counts are modelled as they are: with ``scaling="none"``. Above 10 a raw output goes on along
    the tangent, rate :math:`e^{10} (\hat x - 9)`, so that none overflows.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> x = jnp.array([[0.0, 1.0]])
    >>> float(Poisson()(jnp.zeros((1, 1, 2)), x)[0, 0])  # both at rate 1
    2.000...
    """

    def create(self, features: int) -> Self:
        """Return itself."""
        return self

    def costs(self, x_hat: Float[Array, "K B D"], x: Float[Array, "B D"]) -> Float[Array, "K B D"]:
        """Return the negative log mass from log rates."""
        return _rate(x_hat) - x * _log_rate(x_hat) + gammaln(x + 1)

    def mean(self, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return the rates."""
        return _rate(x_hat)

    @property
    def link(self) -> str:
        """The logarithm."""
        return "clipped_log"

    def floors(self, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return the cost of rates that are the counts themselves."""
        return x - xlogy(x, x) + gammaln(x + 1)

    def sample(self, key: PRNGKeyArray, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return counts."""
        return jax.random.poisson(key, self.mean(x_hat), x_hat.shape).astype(x_hat.dtype)

    def domain(self) -> tuple[float, float]:
        """Return 0 and infinity."""
        return 0.0, np.inf


class NegativeBinomial(AbstractLikelihood):
    r"""Counts that vary more than Poisson's; the raw output is the log mean.

    .. math:: -\log p(x) = -\log \frac{\Gamma(x + r)}{\Gamma(r) \Gamma(x + 1)}
        - r \log \frac{r}{r + \mu} - x \log \frac{\mu}{r + \mu}, \quad \mu = e^{\hat x}

    summed over features: a Poisson variable whose rate is gamma distributed, of variance
    :math:`\mu + \mu^2 / r`. Counts are modelled as they are: with ``scaling="none"``. Large raw
    outputs go on along the tangent, as for `Poisson`.

    Parameters
    ----------
    dispersion
        r > 0; the larger, the nearer to Poisson. Where it is learned, its start.
    learned
        Whether every feature learns a dispersion of its own.
    log_dispersion : (D,), or None before `create` and where it is fixed
        log r, the parameter.

    References
    ----------
    Lopez et al., Deep generative modeling for single-cell transcriptomics, Nature Methods 2018,
    equation of the gamma-Poisson mixture; there with a library size and zero inflation besides.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> x = jnp.zeros((1, 1))
    >>> float(NegativeBinomial(1.0)(jnp.zeros((1, 1, 1)), x)[0, 0])  # log 2: geometric, mean 1
    0.6931...
    """

    dispersion: Number = 1.0
    learned: bool = eqx.field(static=True, default=True)
    log_dispersion: Float[Array, " D"] | None = None

    def __check_init__(self) -> None:
        check_between(
            "likelihood NegativeBinomial", "dispersion", self.dispersion, 0, np.inf, open_low=True
        )

    def create(self, features: int) -> Self:
        """Return this likelihood with its dispersions as parameters; itself where it is fixed."""
        if not self.learned:
            return self
        logs = np.full(features, np.log(float(self.dispersion)), np.float32)
        return type(self)(self.dispersion, self.learned, jnp.asarray(logs))

    def costs(self, x_hat: Float[Array, "K B D"], x: Float[Array, "B D"]) -> Float[Array, "K B D"]:
        """Return the negative log mass from log means."""
        log_r = self._log_r()
        r, odds = jnp.exp(log_r), _log_rate(x_hat) - log_r  # log of mean over dispersion
        combinations = gammaln(x + r) - gammaln(r) - gammaln(x + 1)
        return r * jax.nn.softplus(odds) + x * jax.nn.softplus(-odds) - combinations

    def mean(self, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return the means."""
        return _rate(x_hat)

    @property
    def link(self) -> str:
        """The logarithm."""
        return "clipped_log"

    def floors(self, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return the cost of means that are the counts, at the dispersion as it stands."""
        r = jnp.exp(self._log_r())
        combinations = gammaln(x + r) - gammaln(r) - gammaln(x + 1)
        return r * jnp.log1p(x / r) + xlogy(x, x + r) - xlogy(x, x) - combinations

    def sample(self, key: PRNGKeyArray, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return counts: Poisson at rates from the gamma distribution."""
        rate_key, count_key = jax.random.split(key)
        r = jnp.exp(self._log_r())
        rates = self.mean(x_hat) / r * jax.random.gamma(rate_key, r, x_hat.shape, x_hat.dtype)
        return jax.random.poisson(count_key, rates, x_hat.shape).astype(x_hat.dtype)

    def domain(self) -> tuple[float, float]:
        """Return 0 and infinity."""
        return 0.0, np.inf

    def _log_r(self) -> Float[Array, " _"]:
        """Return log r, (D,) where it is learned and (1,) where it is not."""
        if self.log_dispersion is None:
            return jnp.log(jnp.asarray(self.dispersion, jnp.float32))[None]
        return self.log_dispersion


def _rate(raw: Array) -> Array:
    """Return e^a of a raw output a, beyond `STRAIGHT` its tangent."""
    near = jnp.minimum(raw, STRAIGHT)
    return jnp.exp(near) * (1 + raw - near)


def _log_rate(raw: Array) -> Array:
    """Return the logarithm of the rate: the raw output itself up to `STRAIGHT`."""
    near = jnp.minimum(raw, STRAIGHT)
    return near + jnp.log1p(raw - near)
