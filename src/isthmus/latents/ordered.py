"""Codes whose first entries matter most."""

from typing import ClassVar, Self

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from isthmus.checks import check_between
from isthmus.latents.abstract import AbstractLatent
from isthmus.latents.rounding import deterministic_draw
from isthmus.records import Context, Draw
from isthmus.specifications import Number


class NestedDropout(AbstractLatent):
    r"""A plain code that is cut off at a random place while training, so that its order matters.

    .. math:: z_j = h_j \, [j \le b], \quad p(b) \propto \rho^{\,b}, \quad b = 1, \dots, d

    with a place b of its own for every example and draw. The first entries are there nearly
    always and learn to say most; after training the whole code is given, and its first b entries
    with zeros behind them are the code of size b, for every b. A linear autoencoder finds the
    principal directions, in order.

    Parameters
    ----------
    ratio
        rho, in (0, 1]: the ratio of the probabilities of b + 1 and of b; 1 makes all equal.

    References
    ----------
    Rippel, Gelbart and Adams, Learning ordered representations with nested dropout, ICML 2014,
    section 2 (the geometric distribution, there without an end; its ratio is not given there as a
    default). The sweep that freezes converged entries is left out.

    Examples
    --------
    >>> jnp.exp(NestedDropout(ratio=0.5).log_probabilities(2)).tolist()  # 2/3, 1/3
    [0.666..., 0.333...]
    """

    stochastic: ClassVar[bool] = False
    ratio: Number = 0.9

    def __check_init__(self) -> None:
        check_between("latent NestedDropout", "ratio", self.ratio, 0, 1, open_low=True)

    def create(self, latent_dim: int, rng: np.random.Generator) -> Self:
        """Return itself."""
        return self

    def width(self, latent_dim: int) -> int:
        """Return d."""
        return latent_dim

    def log_probabilities(self, latent_dim: int) -> Float[Array, " d"]:
        """Return log p(b) for b = 1, ..., d."""
        return jax.nn.log_softmax(jnp.arange(1.0, latent_dim + 1) * jnp.log(self.ratio))

    def __call__(
        self, h: Float[Array, "B width"], context: Context, draws: int
    ) -> tuple[Draw, Self]:
        """Return the codes, in training each cut off ``draws`` times, at no cost."""
        whole = deterministic_draw(h, draws, 0.0, jnp.zeros(len(h), h.dtype), {})
        if not context.training:
            return whole, self
        d = h.shape[1]
        last = jax.random.categorical(
            context.key, self.log_probabilities(d), shape=(draws, len(h), 1)
        )
        z = jnp.where(jnp.arange(d) <= last, h, 0)
        return Draw(z, whole.log_ratio, whole.kl, whole.cost, whole.statistics), self

    def code(self, h: Float[Array, "B width"]) -> Float[Array, "B d"]:
        """Return h, whole."""
        return h

    def sample_prior(self, key: PRNGKeyArray, n: int, latent_dim: int) -> None:
        """Return None: a plain code has no prior."""
