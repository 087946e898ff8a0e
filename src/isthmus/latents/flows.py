"""Posteriors beyond the normal: a draw of one, pushed through invertible maps."""

from abc import abstractmethod
from dataclasses import replace
from typing import ClassVar, Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from isthmus.checks import check_whole
from isthmus.latents.abstract import AbstractLatent
from isthmus.latents.bounded import bounded
from isthmus.latents.masked import MADE, check_hidden
from isthmus.latents.priors import AbstractPrior, StandardNormal, as_prior
from isthmus.records import Context, Draw
from isthmus.specifications import Spec, member_of

OPEN = 2.0
"""Where the gates of inverse autoregressive flows start: sigmoid(2) of a code passes."""

IDENTITY = float(np.log(np.e - 1))
"""The x at which softplus(x) = 1."""

LEAST = 1e-12
"""A determinant below it counts as it: rounding can make one zero."""


class AbstractFlow(Spec):
    """An invertible map of codes, with its log-determinant."""

    @abstractmethod
    def create(self, latent_dim: int, rng: np.random.Generator) -> "AbstractFlow":
        """Return this flow with its parameters drawn; itself where it has none."""

    @abstractmethod
    def width(self, latent_dim: int) -> int:
        """Return how many outputs of the encoder it takes for an example."""

    @abstractmethod
    def __call__(
        self, z: Float[Array, "K B d"], context: Float[Array, "B c"]
    ) -> tuple[Float[Array, "K B d"], Float[Array, "K B"]]:
        """Return where codes come to, and log |det dz'/dz| of the way."""


class Planar(AbstractFlow):
    r"""Planar maps, one after another, whose parameters come from the encoder.

    .. math:: z' = z + \hat u \tanh(w^T z + b), \quad
              \log |\det| = \log (1 + (1 - \tanh^2(w^T z + b)) \, \hat u^T w)

    It is invertible if :math:`\hat u^T w > -1`, so

    .. math:: \hat u = u + (m(w^T u) - w^T u) \frac{w}{\lVert w \rVert^2}, \quad
              m(x) = \mathrm{softplus}(x + \log(e - 1)) - 1

    Each map takes 2 d + 1 outputs of the encoder, (u, w, b); with u = 0 it is the identity.

    Parameters
    ----------
    length
        Maps, >= 1.

    References
    ----------
    Rezende and Mohamed, Variational inference with normalizing flows, ICML 2015, equations 10 to 12
    and appendix A.1. There m has no shift, so that u = 0 is no identity and a small w moves codes
    far.

    Examples
    --------
    >>> flow = Planar(length=1)  # u = 0, w, b
    >>> flow(jnp.ones((1, 1, 2)), jnp.array([[0.0, 0.0, 1.0, 2.0, 0.5]]))[0].tolist()
    [[[1.0, 1.0]]]
    """

    length: int = eqx.field(static=True, default=10)

    def __check_init__(self) -> None:
        check_whole("flow Planar", "length", self.length, 1)

    def create(self, latent_dim: int, rng: np.random.Generator) -> Self:
        """Return itself."""
        return self

    def width(self, latent_dim: int) -> int:
        """Return 2 d + 1 a map."""
        return self.length * (2 * latent_dim + 1)

    def __call__(
        self, z: Float[Array, "K B d"], context: Float[Array, "B c"]
    ) -> tuple[Float[Array, "K B d"], Float[Array, "K B"]]:
        """Return where codes come to, and the log-determinant of the way."""
        d = z.shape[-1]

        def push(z: Array, parameters: Array) -> tuple[Array, Array]:
            u, w, b = jnp.split(parameters, [d, 2 * d], axis=-1)
            product = (u * w).sum(-1, keepdims=True)
            allowed = jax.nn.softplus(product + IDENTITY) - 1
            squares = jnp.maximum((w**2).sum(-1, keepdims=True), LEAST)
            slope = jnp.tanh((z * w).sum(-1, keepdims=True) + b)
            z = z + (u + (allowed - product) * w / squares) * slope
            determinant = 1 + (1 - slope**2) * allowed
            return z, jnp.log(jnp.maximum(determinant, LEAST))[..., 0]

        maps = jnp.moveaxis(context.reshape(len(context), self.length, -1), 1, 0)
        z, log_determinants = jax.lax.scan(push, z, maps)
        return z, log_determinants.sum(0)


class InverseAutoregressive(AbstractFlow):
    r"""Gated steps whose shift and gate for a dimension depend on the dimensions before it.

    .. math:: z'_i = \sigma_i z_i + (1 - \sigma_i) m_i, \quad
              \log |\det| = \sum_i \log \sigma_i, \quad \sigma_i = \mathrm{sigmoid}(s_i + 2)

    with m and s from one `MADE` a step, at :math:`z_{<i}` and a context from the encoder. Each step
    takes the dimensions in the inverse order of the former. At the start m = s = 0.

    Parameters
    ----------
    steps
        >= 1.
    hidden
        Widths of the hidden layers of each network.
    context
        Outputs of the encoder that every network sees, >= 1.
    networks
        Made by `create`.

    References
    ----------
    Kingma et al., Improved variational inference with inverse autoregressive flow, NIPS 2016,
    algorithm 1. The sizes are not from the paper; the gate's start is its section 4's.

    Examples
    --------
    >>> flow = InverseAutoregressive(steps=2).create(3, np.random.default_rng(0))
    >>> flow(jnp.ones((1, 1, 3)), jnp.zeros((1, 16)))[0].round(3).tolist()  # of sigmoid(2) squared
    [[[0.77..., 0.77..., 0.77...]]]
    """

    steps: int = eqx.field(static=True, default=4)
    hidden: tuple[int, ...] = eqx.field(static=True, default=(64,))
    context: int = eqx.field(static=True, default=16)
    networks: tuple[MADE, ...] | None = None

    def __check_init__(self) -> None:
        check_whole("flow InverseAutoregressive", "steps", self.steps, 1)
        check_hidden("flow InverseAutoregressive", self.hidden)
        check_whole("flow InverseAutoregressive", "context", self.context, 1)

    def create(self, latent_dim: int, rng: np.random.Generator) -> "InverseAutoregressive":
        """Return this flow with its networks drawn."""
        networks = tuple(
            MADE.create(rng, latent_dim, hidden=self.hidden, heads=2, context=self.context)
            for _ in range(self.steps)
        )
        return replace(self, networks=networks)

    def width(self, latent_dim: int) -> int:
        """Return the size of the context."""
        return self.context

    def __call__(
        self, z: Float[Array, "K B d"], context: Float[Array, "B c"]
    ) -> tuple[Float[Array, "K B d"], Float[Array, "K B"]]:
        """Return where codes come to, and the log-determinant of the way."""
        assert self.networks is not None
        everywhere = jnp.broadcast_to(context, (*z.shape[:-1], context.shape[-1]))
        log_determinant = jnp.zeros(z.shape[:-1], z.dtype)
        for network in self.networks:
            shift, gate = network(z, everywhere)
            open_share = jax.nn.sigmoid(gate + OPEN)
            log_determinant += jax.nn.log_sigmoid(gate + OPEN).sum(-1)
            z = (open_share * z + (1 - open_share) * shift)[..., ::-1]
        return z, log_determinant


FLOWS: dict[str, type[AbstractFlow]] = {
    "planar": Planar,
    "inverse_autoregressive": InverseAutoregressive,
}
"""The flows by name."""


def as_flow(value: Spec | str) -> AbstractFlow:
    """Return the flow of that name, or the flow itself.

    Raises
    ------
    SettingError
        If there is none of that name, or the value is no flow.

    Examples
    --------
    >>> as_flow("planar").length
    10
    """
    return member_of("flow", value, FLOWS, AbstractFlow, "isthmus.latents")


class NormalisingFlow(AbstractLatent):
    r"""A diagonal normal posterior pushed through a flow f.

    h = (mean, log variance, what the flow takes), :math:`z_0 = \mu + \sigma e`,
    :math:`z = f(z_0)`, and

    .. math:: \log q(z|x) = \log N(z_0; \mu, \mathrm{diag} \, \sigma^2)
              - \log \left| \det \frac{\partial z}{\partial z_0} \right|

    The divergence is the mean of the log ratio over the draws, nats an example. The code of an
    example is :math:`f(\mu)`, where the flow takes the mean of the normal: not the posterior's own
    mean, which has no closed form.

    Parameters
    ----------
    flow
        The flow, or its name.
    prior
        The prior, or its name; not `VampPrior`, for the density of this posterior is known at its
        own draws alone.
    latent_dim
        Noted by `create`.

    References
    ----------
    Rezende and Mohamed, Variational inference with normalizing flows, ICML 2015, equations 13 to
    15.

    Examples
    --------
    >>> NormalisingFlow("planar").width(3)  # 6 for the normal, 10 maps of 7
    76
    """

    stochastic: ClassVar[bool] = True
    flow: AbstractFlow = eqx.field(converter=as_flow, default=Planar())
    prior: AbstractPrior = eqx.field(converter=as_prior, default=StandardNormal())
    latent_dim: int | None = eqx.field(static=True, default=None)

    def create(self, latent_dim: int, rng: np.random.Generator) -> Self:
        """Return this latent with the parameters of flow and prior drawn."""
        flow, prior = self.flow.create(latent_dim, rng), self.prior.create(latent_dim, rng)
        return type(self)(flow, prior, latent_dim)

    def width(self, latent_dim: int) -> int:
        """Return 2 d and what the flow takes."""
        return 2 * latent_dim + self.flow.width(latent_dim)

    def __call__(
        self, h: Float[Array, "B width"], context: Context, draws: int
    ) -> tuple[Draw, Self]:
        """Return draws pushed through the flow, their log ratios and the mean of these."""
        mean, log_variance, of_flow = self._parts(h)
        noise = jax.random.normal(context.key, (draws, *mean.shape), h.dtype)
        z, log_determinant = self.flow(mean + jnp.exp(log_variance / 2) * noise, of_flow)
        log_base = StandardNormal().log_density(noise) - log_variance.sum(-1) / 2
        log_ratio = log_base - log_determinant - self.prior.log_density(z)
        return Draw(
            z=z,
            log_ratio=log_ratio,
            kl=log_ratio.mean(0),
            cost=jnp.zeros(h.shape[0], h.dtype),
            statistics={"base_mean": mean, "base_log_variance": log_variance},
        ), self

    def code(self, h: Float[Array, "B width"]) -> Float[Array, "B d"]:
        """Return where the flow takes the normal's mean."""
        mean, _, of_flow = self._parts(h)
        return self.flow(mean[None], of_flow)[0][0]

    def sample_prior(self, key: PRNGKeyArray, n: int, latent_dim: int) -> Float[Array, "n d"]:
        """Return codes from the prior."""
        return self.prior.sample(key, n, latent_dim)

    def _parts(self, h: Array) -> tuple[Array, Array, Array]:
        """Return means, log variances, and what the flow takes."""
        assert self.latent_dim is not None
        mean, log_variance, of_flow = jnp.split(h, [self.latent_dim, 2 * self.latent_dim], axis=-1)
        return mean, bounded(log_variance), of_flow
