"""The plain code."""

from typing import ClassVar, Self

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from isthmus.activations import activation
from isthmus.latents.abstract import AbstractLatent
from isthmus.records import Context, Draw


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

    @property
    def free(self) -> bool:
        """Whether there is no activation."""
        return self.activation == "identity"

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
