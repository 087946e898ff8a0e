"""Latents: how the encoder's output becomes a code. Each holds its posterior and its prior.

A latent is called as ``latent(h, context, draws)`` with ``h`` (B, width) and returns
``(draw, latent)``: the codes, and the latent itself with whatever statistics it keeps updated.
"""

from abc import abstractmethod
from typing import ClassVar, Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from isthmus.activations import activation
from isthmus.typing import Array, Context, Draw, Float, PRNGKeyArray, Spec


class AbstractLatent(Spec):
    """What every latent does."""

    stochastic: ClassVar[bool]
    """Whether a code is drawn, which decides what ``"auto"`` means for likelihood and start."""

    @abstractmethod
    def create(self, latent_dim: int, rng: np.random.Generator) -> "AbstractLatent":
        """Return this latent with its parameters drawn; itself where it has none."""

    @abstractmethod
    def width(self, latent_dim: int) -> int:
        """Return how many outputs the encoder needs for a code of ``latent_dim``."""

    @abstractmethod
    def __call__(
        self, h: Float[Array, "B width"], context: Context, draws: int
    ) -> tuple[Draw, Self]:
        """Return ``draws`` codes for every row of ``h``."""

    @abstractmethod
    def code(self, h: Float[Array, "B width"]) -> Float[Array, "B d"]:
        """Return the code that stands for an example: the posterior's mean."""

    @abstractmethod
    def sample_prior(
        self, key: PRNGKeyArray, n: int, latent_dim: int
    ) -> Float[Array, "n d"] | None:
        """Return codes from the prior, or None where there is none."""


class Deterministic(AbstractLatent):
    """The plain code: z = f(h).

    Parameters
    ----------
    activation
        Output activation f of the code; ``"identity"`` leaves it free.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> Deterministic(activation="relu").code(jnp.array([[-1.0, 2.0]])).tolist()
    [[0.0, 2.0]]
    """

    stochastic: ClassVar[bool] = False
    activation: str = eqx.field(static=True, default="identity")

    def __check_init__(self) -> None:
        activation(self.activation)

    def create(self, latent_dim: int, rng: np.random.Generator) -> Self:
        """Return itself."""
        return self

    def width(self, latent_dim: int) -> int:
        """Return d."""
        return latent_dim

    def __call__(
        self, h: Float[Array, "B width"], context: Context, draws: int
    ) -> tuple[Draw, Self]:
        """Return the same code ``draws`` times, at no cost."""
        z = self.code(h)
        zero = jnp.zeros(h.shape[0], h.dtype)
        return Draw(
            z=jnp.broadcast_to(z, (draws, *z.shape)),
            log_ratio=jnp.broadcast_to(zero, (draws, h.shape[0])),
            kl=zero,
            cost=zero,
            statistics={},
        ), self

    def code(self, h: Float[Array, "B width"]) -> Float[Array, "B d"]:
        """Return f(h)."""
        return activation(self.activation)(h)

    def sample_prior(self, key: PRNGKeyArray, n: int, latent_dim: int) -> None:
        """Return None: a plain code has no prior."""


class Gaussian(AbstractLatent):
    r"""A diagonal normal posterior and a standard normal prior.

    h = (mean, log variance), z = mean + exp(log variance / 2) e, and

    .. math:: KL = \tfrac12 \sum_j (\mu_j^2 + \sigma_j^2 - 1 - \log \sigma_j^2)

    in closed form, nats an example.

    References
    ----------
    Kingma and Welling, Auto-encoding variational Bayes, ICLR 2014, appendix B.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> Gaussian().code(jnp.array([[1.0, 2.0, 0.0, 0.0]])).tolist()
    [[1.0, 2.0]]
    """

    stochastic: ClassVar[bool] = True

    def create(self, latent_dim: int, rng: np.random.Generator) -> Self:
        """Return itself."""
        return self

    def width(self, latent_dim: int) -> int:
        """Return 2d: a mean and a log variance each."""
        return 2 * latent_dim

    def __call__(
        self, h: Float[Array, "B width"], context: Context, draws: int
    ) -> tuple[Draw, Self]:
        """Return reparametrised draws, their log ratios and the closed-form divergence."""
        mean, log_variance = jnp.split(h, 2, axis=-1)
        noise = jax.random.normal(context.key, (draws, *mean.shape), h.dtype)
        z = mean + jnp.exp(log_variance / 2) * noise
        kl = (mean**2 + jnp.exp(log_variance) - 1 - log_variance) / 2
        return Draw(
            z=z,
            log_ratio=((z**2 - noise**2 - log_variance) / 2).sum(-1),
            kl=kl.sum(-1),
            cost=jnp.zeros(h.shape[0], h.dtype),
            statistics={"mean": mean, "log_variance": log_variance, "kl_per_dimension": kl},
        ), self

    def code(self, h: Float[Array, "B width"]) -> Float[Array, "B d"]:
        """Return the posterior mean."""
        return h[:, : h.shape[1] // 2]

    def sample_prior(self, key: PRNGKeyArray, n: int, latent_dim: int) -> Float[Array, "n d"]:
        """Return standard normal codes."""
        return jax.random.normal(key, (n, latent_dim))


MEMBERS: dict[str, type[AbstractLatent]] = {
    "deterministic": Deterministic,
    "gaussian": Gaussian,
}
"""The latents by the names that settings and the command line use."""
