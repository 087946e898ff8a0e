"""Counts: Poisson, and negative binomial where they vary more than that."""

from dataclasses import replace
from typing import Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import gammaln
from jaxtyping import Array, Float, PRNGKeyArray

from isthmus.checks import check_scale
from isthmus.likelihoods.abstract import AbstractLikelihood
from isthmus.special import count_constant, excess, stirling
from isthmus.specifications import Fixed, Number

STRAIGHT = 10.0
"""Raw outputs are log rates up to here, a factor of 22,026; beyond it the rate follows the tangent,
which stays finite."""

LEAST_SPREAD = 0.1
"""Least standard deviation of log(1 + x): a constant column has none."""

LEAST_MEAN = 1e-3
"""Least mean of a column that raw outputs are measured from: a column of zeros has no logarithm."""

NEARLY_POISSON = 1e3
"""From this dispersion on the cost is computed as a deviation from Poisson's."""

GREATEST_RATE = 1e9
"""Counts are drawn from at most this rate, so that they fit 32 bits."""


LEAST_COUNT = 1e-3
"""What is not zero counts as this at least: counts are whole, and its logarithm stays finite."""


class AbstractCounts(AbstractLikelihood):
    r"""What likelihoods of counts share: a rate for each raw output.

    Counts are modelled as they are: with ``scaling="none"``. In a fit, `resolved` takes from the
    data what keeps training finite whatever the size of the counts. Raw outputs are log rates
    relative to that of the column's mean, in standard deviations of :math:`\log(1 + x)`, so that a
    network that starts at zero starts there. The encoder sees :math:`\log(1 + x)`, standardised, in
    place of counts whose size spans many decades.

    With ``sized`` the rate of a row is a multiple of its size, its total over the columns: what the
    code describes are the proportions, as in models of single cells. The log likelihood is then
    that of a row given its size, and what is generated has the typical size.

    Parameters
    ----------
    sized
        Whether rates are multiples of the row's total.
    base : (D,)
        Log mean of every column; None without data, where raw outputs are log rates themselves.
    centre, spread : (D,)
        Mean and standard deviation of log(1 + x).
    typical
        Median of the rows' totals.
    """

    sized: eqx.AbstractVar[bool]
    base: eqx.AbstractVar[Fixed | None]
    centre: eqx.AbstractVar[Fixed | None]
    spread: eqx.AbstractVar[Fixed | None]
    typical: eqx.AbstractVar[Number]

    def resolved(self, x: np.ndarray) -> Self:
        """Return this likelihood with what it knows of columns and rows."""
        x = x.astype(np.float64)
        totals = np.nansum(x, axis=1)
        typical = max(float(np.median(totals[totals > 0])) if (totals > 0).any() else 1.0, 1.0)
        sizes = np.maximum(totals, 1)[:, None] / typical if self.sized else 1.0
        logs = np.log1p(np.maximum(x, 0) / sizes)
        means = np.maximum(np.nan_to_num(np.nanmean(x, axis=0)), LEAST_MEAN)
        spread = np.maximum(np.nan_to_num(np.nanstd(logs, axis=0)), LEAST_SPREAD)
        fixed = (np.log(means), np.nan_to_num(np.nanmean(logs, axis=0)), spread)
        base, centre, spread = (Fixed(jnp.asarray(one, jnp.float32)) for one in fixed)
        return replace(self, base=base, centre=centre, spread=spread, typical=typical)

    def seen(self, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return log(1 + x), standardised; the counts themselves without data."""
        if self.centre is None or self.spread is None:
            return x
        logs = jnp.log1p(jnp.maximum(x, 0) / jnp.exp(self._log_size(x)))
        return (logs - self.centre.value) / self.spread.value

    def mean(self, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return the rates, of rows of typical size."""
        return jnp.exp(self._log_rate(x_hat))

    def rebuilt(self, x_hat: Float[Array, "B D"], x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return the rates of rows of the size of ``x``."""
        return jnp.exp(self._log_rate(x_hat) + self._log_size(x))

    @property
    def link(self) -> str:
        """The logarithm; none where raw outputs are standardised logarithms, as inputs are."""
        return "clipped_log" if self.base is None else "identity"

    @property
    def starts_at_zero(self) -> bool:
        """Where raw outputs are relative to the means: a rate far below a count costs its size."""
        return self.base is not None

    def domain(self) -> tuple[float, float]:
        """Return 0 and infinity."""
        return 0.0, np.inf

    def _log_rate(self, raw: Array) -> Array:
        """Return the log rate of a raw output, beyond `STRAIGHT` that of the rate's tangent."""
        relative = raw if self.spread is None else raw * self.spread.value
        near = jnp.minimum(relative, STRAIGHT)
        log_rate = near + jnp.log1p(relative - near)
        return log_rate if self.base is None else log_rate + self.base.value

    def _log_size(self, x: Float[Array, "B D"]) -> Float[Array, "B _"]:
        """Return the log size of rows over the typical one; 0 where sizes are not given."""
        if not self.sized:
            return jnp.zeros((len(x), 1), x.dtype)
        return jnp.log(jnp.maximum(x.sum(-1, keepdims=True), 1) / self.typical)


class Poisson(AbstractCounts):
    r"""Counts whose variance is their mean; the raw output is the log rate.

    .. math:: \sum_j e^{\hat x_j} - x_j \hat x_j + \log \Gamma(x_j + 1)

    Fitted to data, raw outputs are relative to the columns' means: see `AbstractCounts`. Above 10 a
    raw output goes on along the tangent, rate :math:`e^{10} (\hat x - 9)`, so that none overflows.

    Parameters
    ----------
    sized, base, centre, spread, typical
        As for `AbstractCounts`; all but the first are taken from the data.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> x = jnp.array([[0.0, 1.0]])
    >>> round(float(Poisson()(jnp.zeros((1, 1, 2)), x)[0, 0]), 5)  # both at rate 1
    2.0
    """

    sized: bool = eqx.field(static=True, default=False)
    base: Fixed | None = None
    centre: Fixed | None = None
    spread: Fixed | None = None
    typical: Number = 1.0

    def create(self, features: int) -> Self:
        """Return itself."""
        return self

    def costs(self, x_hat: Float[Array, "K B D"], x: Float[Array, "B D"]) -> Float[Array, "K B D"]:
        """Return the negative log mass from log rates."""
        log_rate = self._log_rate(x_hat) + self._log_size(x)
        return count_constant(x) - excess(log_rate, x)

    def floors(self, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return the cost of rates that are the counts themselves."""
        return count_constant(x)

    def sample(self, key: PRNGKeyArray, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return counts."""
        rates = jnp.minimum(self.mean(x_hat), GREATEST_RATE)
        return jax.random.poisson(key, rates, x_hat.shape).astype(x_hat.dtype)


class NegativeBinomial(AbstractCounts):
    r"""Counts that vary more than Poisson's; the raw output is the log mean.

    .. math:: -\log p(x) = -\log \frac{\Gamma(x + r)}{\Gamma(r) \Gamma(x + 1)}
        - r \log \frac{r}{r + \mu} - x \log \frac{\mu}{r + \mu}, \quad \mu = e^{\hat x}

    summed over features: a Poisson variable whose rate is gamma distributed, of variance
    :math:`\mu + \mu^2 / r`. Fitted to data, raw outputs are relative to the columns' means: see
    `AbstractCounts`. Large ones go on along the tangent, as for `Poisson`. The cost keeps single
    precision for any dispersion: large terms that cancel are cancelled before they are computed.

    Parameters
    ----------
    dispersion
        r > 0; the larger, the nearer to Poisson. Where it is learned, its start.
    learned
        Whether every feature learns a dispersion of its own.
    log_dispersion : (D,), or None before `create` and where it is fixed
        log r, the parameter.
    sized, base, centre, spread, typical
        As for `AbstractCounts`; all but the first are taken from the data.

    References
    ----------
    Lopez et al., Deep generative modeling for single-cell transcriptomics, Nature Methods 2018,
    equation of the gamma-Poisson mixture; there with zero inflation besides. `sized` is their
    observed library size.

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
    sized: bool = eqx.field(static=True, default=False)
    base: Fixed | None = None
    centre: Fixed | None = None
    spread: Fixed | None = None
    typical: Number = 1.0

    def __check_init__(self) -> None:
        check_scale("likelihood NegativeBinomial", "dispersion", self.dispersion)

    def create(self, features: int) -> Self:
        """Return this likelihood with its dispersions as parameters; itself where it is fixed."""
        if not self.learned:
            return self
        logs = np.full(features, np.log(float(self.dispersion)), np.float32)
        return replace(self, log_dispersion=jnp.asarray(logs))

    def costs(self, x_hat: Float[Array, "K B D"], x: Float[Array, "B D"]) -> Float[Array, "K B D"]:
        """Return the negative log mass from log means."""
        return self._cost(self._log_rate(x_hat) + self._log_size(x), x)

    def floors(self, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return the cost of means that are the counts, at the dispersion as it stands."""
        log_mean = jnp.log(jnp.maximum(x, LEAST_COUNT))
        return jnp.where(x > 0, self._cost(log_mean, x), 0.0)

    def sample(self, key: PRNGKeyArray, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return counts: Poisson at rates from the gamma distribution."""
        rate_key, count_key = jax.random.split(key)
        r = jnp.exp(self._log_r())
        rates = self.mean(x_hat) / r * jax.random.gamma(rate_key, r, x_hat.shape, x_hat.dtype)
        rates = jnp.minimum(rates, GREATEST_RATE)
        return jax.random.poisson(count_key, rates, x_hat.shape).astype(x_hat.dtype)

    def _cost(self, log_mean: Array, x: Float[Array, "B D"]) -> Array:
        """Return the negative log mass: of 0, r log(1 + mu / r), and of others as below."""
        log_r = self._log_r()
        some = jnp.maximum(x, LEAST_COUNT)  # of 0 the other branch is taken
        strongly = _overdispersed_cost(log_mean, jnp.minimum(log_r, np.log(NEARLY_POISSON)), some)
        nearly = _nearly_poisson_cost(log_mean, jnp.maximum(log_r, np.log(NEARLY_POISSON)), some)
        cost = jnp.where(log_r < np.log(NEARLY_POISSON), strongly, nearly)
        return jnp.where(x > 0, cost, jnp.exp(log_r) * jax.nn.softplus(log_mean - log_r))

    def _log_r(self) -> Float[Array, " _"]:
        """Return log r, (D,) where it is learned and (1,) where it is not."""
        if self.log_dispersion is None:
            return jnp.log(jnp.asarray(self.dispersion, jnp.float32))[None]
        return jnp.clip(self.log_dispersion, -20.0, 20.0)


def _overdispersed_cost(log_mean: Array, log_r: Array, x: Array) -> Array:
    r"""Return the negative log mass, exact in single precision for r of moderate size.

    .. math:: r \log(1 + \mu / r) + x \log(1 + r / \mu) + \log \Gamma(r) - (r - 1) \log x
        - (x + r - \tfrac12) \log(1 + r / x) + r + S(x) - S(x + r)

    with S the remainder of Stirling's formula: the logarithms of large factorials are gone.
    """
    r, odds = jnp.exp(log_r), log_mean - log_r
    ratio = (r - 1) * jnp.log(x) + (x + r - 0.5) * jnp.log1p(r / x) - r
    factorials = ratio + stirling(x + r) - stirling(x) - gammaln(r)
    return r * jax.nn.softplus(odds) + x * jax.nn.softplus(-odds) - factorials


def _nearly_poisson_cost(log_mean: Array, log_r: Array, x: Array) -> Array:
    r"""Return the negative log mass, exact in single precision for large r.

    .. math:: \phi(\mu + r; x + r) - \phi(\mu; x) + c(x) + \tfrac12 \log(1 + x / r)
        + S(r) - S(x + r)

    with :math:`\phi` as in `excess`, c in `count_constant`, and S the remainder of Stirling's
    formula: terms of the size of r are cancelled before they are computed.
    """
    r = jnp.exp(log_r)
    remainder = jnp.log1p(x / r) / 2 + stirling(r) - stirling(x + r)
    joint = excess(jnp.logaddexp(log_mean, log_r), x + r, log_mean, x)
    return joint - excess(log_mean, x) + count_constant(x) + remainder
