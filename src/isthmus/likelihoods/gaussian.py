"""Normal noise, of a fixed scale or of one that is learned."""

from dataclasses import replace
from typing import ClassVar, Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array, Float, PRNGKeyArray

from isthmus.activations import activation
from isthmus.checks import check_between, check_scale
from isthmus.likelihoods.abstract import AbstractLikelihood
from isthmus.records import Context
from isthmus.specifications import Fixed, Number

LEAST_SCALE = float(np.exp(-6))
"""A learned scale stays above this by default, so that a perfect fit has a finite likelihood."""


class Gaussian(AbstractLikelihood):
    r"""Normal noise of one fixed scale: squared error.

    .. math:: \frac{\lVert x - f(\hat x) \rVert^2}{2 s^2} + \frac{D}{2} \log(2 \pi s^2)

    Parameters
    ----------
    scale
        Standard deviation s, in scaled units, > 0.
    output
        Output activation f of the decoder, ``"sigmoid"`` for instance.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> x = jnp.zeros((1, 2))
    >>> float(Gaussian()(x[None], x)[0, 0])  # log(2 pi), the constant of two features
    1.8378...
    """

    normal: ClassVar[bool] = True
    scale: Number = 1.0
    output: str = eqx.field(static=True, default="identity")

    def __check_init__(self) -> None:
        check_scale("likelihood Gaussian", "scale", self.scale)
        activation(self.output)

    @property
    def squared_error(self) -> bool:
        """True: it charges squared errors in the units of the scaled examples."""
        return True

    def create(self, features: int) -> Self:
        """Return itself."""
        return self

    def __call__(self, x_hat: Float[Array, "K B D"], x: Float[Array, "B D"]) -> Float[Array, "K B"]:
        """Return half the squared error over the variance, with the normal constant."""
        squares = ((x - self.mean(x_hat)) ** 2).sum(-1)  # summed first: less is done an entry
        return squares / (2 * self.scale**2) + x.shape[-1] * self._constant()

    def costs(self, x_hat: Float[Array, "K B D"], x: Float[Array, "B D"]) -> Float[Array, "K B D"]:
        """Return what `__call__` sums: nats a feature."""
        return (x - self.mean(x_hat)) ** 2 / (2 * self.scale**2) + self._constant()

    def mean(self, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return the activated output."""
        return activation(self.output)(x_hat)

    @property
    def link(self) -> str:
        """The identity, or the logit of a logistic output."""
        return _link_of(self.output)

    def floors(self, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return the cost of a perfect output: the normal constant alone."""
        return jnp.full(x.shape, self._constant())

    def sample(self, key: PRNGKeyArray, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return the mean with noise of the fixed scale."""
        return self.mean(x_hat) + self.scale * jax.random.normal(key, x_hat.shape)

    def domain(self) -> tuple[float, float]:
        """Return the real line."""
        return -np.inf, np.inf

    def _constant(self) -> Array:
        return jnp.log(2 * jnp.pi * jnp.asarray(self.scale) ** 2) / 2


class LearnedGaussian(AbstractLikelihood):
    r"""Normal noise whose scale is a parameter, one for all features or one for each.

    .. math:: \sum_j \frac{(x_j - f(\hat x_j))^2}{2 s_j^2} + \frac12 \log(2 \pi s_j^2),
        \quad \log s = \log l + \mathrm{softplus}(a - \log l)

    with a the parameter and l the least scale. The best scale is the root mean square error, so the
    divergence of a drawn code is weighed against the reconstruction as the data, and no setting,
    have it.

    Parameters
    ----------
    scale
        Scale s at the start, in scaled units, > ``least_scale``.
    per_feature
        Whether every feature has a scale of its own.
    output
        Output activation f of the decoder, ``"sigmoid"`` for instance.
    least_scale
        Scale l that s stays above, > 0. A deterministic code that can make one feature exact gains
        log(1 / l) nats by it at most; with a small l it spends itself on that feature.
    raw_scale : (1,) or (D,), or None before `create`
        a.

    References
    ----------
    Rybkin, Daniilidis and Levine, Simple and effective VAE training with calibrated decoders, ICML
    2021, section 3.1 (shared scale), with the bound on log s of their implementation. Their optimal
    scale of section 3.2, which this one converges to, is `OptimalGaussian`.

    Examples
    --------
    >>> LearnedGaussian().create(features=3).log_scale.tolist()
    [0.0]
    """

    normal: ClassVar[bool] = True
    scale: Number = 1.0
    per_feature: bool = eqx.field(static=True, default=False)
    output: str = eqx.field(static=True, default="identity")
    least_scale: Number = LEAST_SCALE
    raw_scale: Float[Array, " scales"] | None = None

    def __check_init__(self) -> None:
        owner = "likelihood LearnedGaussian"
        check_scale(owner, "least_scale", self.least_scale)
        if not isinstance(self.least_scale, jax.Array):  # of a traced one nothing is known
            check_scale(owner, "scale", self.scale, above=float(self.least_scale))
        activation(self.output)

    def create(self, features: int) -> Self:
        """Return this likelihood with its scale a parameter."""
        least = np.log(float(self.least_scale))
        above = np.log(float(self.scale)) - least
        raw = above + np.log(-np.expm1(-above)) + least  # the inverse of the softplus
        scales = np.full(features if self.per_feature else 1, raw, np.float32)
        return replace(self, raw_scale=jnp.asarray(scales))

    @property
    def log_scale(self) -> Float[Array, " scales"]:
        """The logarithm of the scale as it stands, (1,) or (D,)."""
        if self.raw_scale is None:
            return jnp.log(jnp.asarray(self.scale, jnp.float32))[None]
        least = jnp.log(jnp.asarray(self.least_scale, jnp.float32))
        return least + jax.nn.softplus(self.raw_scale - least)

    def costs(self, x_hat: Float[Array, "K B D"], x: Float[Array, "B D"]) -> Float[Array, "K B D"]:
        """Return half the squared error over the variance, with the normal constant."""
        squares = (x - self.mean(x_hat)) ** 2 * jnp.exp(-2 * self.log_scale)
        return squares / 2 + self._constant()

    def mean(self, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return the activated output."""
        return activation(self.output)(x_hat)

    @property
    def link(self) -> str:
        """The identity, or the logit of a logistic output."""
        return _link_of(self.output)

    def floors(self, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return the cost of a perfect output at the scale as it stands: the constant alone."""
        return jnp.broadcast_to(self._constant(), x.shape)

    def sample(self, key: PRNGKeyArray, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return the mean with noise of the scale as it stands."""
        return self.mean(x_hat) + jnp.exp(self.log_scale) * jax.random.normal(key, x_hat.shape)

    def domain(self) -> tuple[float, float]:
        """Return the real line."""
        return -np.inf, np.inf

    def _constant(self) -> Float[Array, " scales"]:
        return self.log_scale + jnp.log(2 * jnp.pi) / 2


class OptimalGaussian(AbstractLikelihood):
    r"""Normal noise whose scale is, in every batch, the best one: the root mean square error.

    .. math:: s^2 = \frac{1}{K D \sum_b w_b} \sum_{k,b,j} w_b (x_{bj} - f(\hat x_{kbj}))^2

    in training, with w the weights of the examples, so that the mean cost over batch and draws is
    :math:`\frac{D}{2} (\log 2 \pi s^2 + 1)`. No gradient flows through s: at the optimum it would
    be zero. After training, and for a held-out part, s is that of a running mean of the squared
    error, which does not depend on the examples at hand: the density is normalised.

    Parameters
    ----------
    scale
        Scale s before the first batch, in scaled units, > 0.
    decay
        Share, in [0, 1], of the running mean that a batch leaves in place. Batches count by their
        weights, and the first sets the mean.
    output
        Output activation f of the decoder, ``"sigmoid"`` for instance.
    variance, counts : ()
        The running mean of the squared error of an entry, and of the examples in a batch; made by
        `create`.

    References
    ----------
    Rybkin, Daniilidis and Levine, Simple and effective VAE training with calibrated decoders, ICML
    2021, section 3.2. There the test set too has the scale of its own batch. s is cut off at
    exp(-6) here, where their implementation bends log s smoothly towards -6.

    Examples
    --------
    >>> likelihood = OptimalGaussian().create(features=2)
    >>> context = Context(jax.random.key(0), jnp.ones(2), jnp.zeros(()))
    >>> x_hat, x = jnp.zeros((1, 2, 2)), jnp.array([[0.1, 0.3], [0.3, 0.1]])
    >>> cost, moved = likelihood.charge(x_hat, x, context)
    >>> round(float(moved.variance.value), 4)
    0.05
    """

    normal: ClassVar[bool] = True
    scale: Number = 1.0
    decay: Number = 0.99
    output: str = eqx.field(static=True, default="identity")
    variance: Fixed | None = None
    counts: Fixed | None = None

    def __check_init__(self) -> None:
        owner = "likelihood OptimalGaussian"
        check_scale(owner, "scale", self.scale)
        check_between(owner, "decay", self.decay, 0, 1)
        activation(self.output)

    def create(self, features: int) -> Self:
        """Return this likelihood before its first batch."""
        return self._with(np.float32(self.scale) ** 2, np.float32(0))

    @property
    def noise(self) -> Gaussian:
        """The normal noise of the scale as it stands."""
        if self.variance is None:
            return Gaussian(self.scale, self.output)
        return Gaussian(jnp.sqrt(self.variance.value), self.output)

    def costs(self, x_hat: Float[Array, "K B D"], x: Float[Array, "B D"]) -> Float[Array, "K B D"]:
        """Return the cost at the scale as it stands."""
        return self.noise.costs(x_hat, x)

    def charge(
        self, x_hat: Float[Array, "K B D"], x: Float[Array, "B D"], context: Context
    ) -> tuple[Float[Array, "K B"], Self]:
        """Return the cost at the batch's best scale, and this likelihood with its mean moved."""
        if not context.training:
            return self(x_hat, x), self
        assert self.variance is not None
        assert self.counts is not None
        count = context.weights.sum()
        squares = ((x - self.mean(jax.lax.stop_gradient(x_hat))) ** 2).mean((0, 2))
        error = (context.weights * squares).sum() / count
        best = jnp.maximum(error, LEAST_SCALE**2)
        counts = self.decay * self.counts.value + (1 - self.decay) * count
        share = (1 - self.decay) * count / jnp.maximum(counts, 1e-30)  # 1 for the first batch
        variance = (1 - share) * self.variance.value + share * best
        cost = Gaussian(jnp.sqrt(best), self.output)(x_hat, x)
        return cost, self._with(variance, counts)

    def mean(self, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return the activated output."""
        return activation(self.output)(x_hat)

    @property
    def link(self) -> str:
        """The identity, or the logit of a logistic output."""
        return _link_of(self.output)

    def floors(self, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return the cost of a perfect output at the scale as it stands: the constant alone."""
        return self.noise.floors(x)

    def sample(self, key: PRNGKeyArray, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return the mean with noise of the scale as it stands."""
        return self.noise.sample(key, x_hat)

    def domain(self) -> tuple[float, float]:
        """Return the real line."""
        return -np.inf, np.inf

    def _with(self, variance: ArrayLike, counts: ArrayLike) -> Self:
        statistics = (Fixed(jnp.asarray(one)) for one in (variance, counts))
        return type(self)(self.scale, self.decay, self.output, *statistics)


def _link_of(output: str) -> str:
    """Return the link that belongs to an output activation."""
    return "clipped_logit" if output == "sigmoid" else "identity"
