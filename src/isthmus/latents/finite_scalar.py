"""Finite scalar quantisation."""

from typing import ClassVar, Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from isthmus.checks import is_whole
from isthmus.errors import SettingError
from isthmus.latents.discrete import AbstractDiscrete
from isthmus.latents.rounding import deterministic_draw, straight_through
from isthmus.records import Context, Draw


class FiniteScalar(AbstractDiscrete):
    r"""Every dimension is one of a few evenly spaced levels in [-1, 1]; prior: uniform.

    With L levels and :math:`a = (L - 1) / 2`, the code is :math:`a \tanh h` rounded to the nearest
    of -a, -a + 1, ..., a, over a. There is no codebook and nothing to commit to. The posterior is
    deterministic, so the divergence from the uniform prior is the constant
    :math:`\sum_j \log L_j`, nats.

    Parameters
    ----------
    levels
        L >= 2: one number for all dimensions, or one for each.

    References
    ----------
    Mentzer et al., Finite scalar quantization: VQ-VAE made simple, ICLR 2024, section 3.1. There an
    even number of levels is shifted by half a step to contain zero, here the levels lie even about
    it; an odd number is the same.

    Examples
    --------
    >>> FiniteScalar(levels=(3, 2)).code(jnp.array([[0.1, 0.1], [-9.0, -9.0]])).tolist()
    [[0.0, 1.0], [-1.0, -1.0]]
    """

    stochastic: ClassVar[bool] = False
    levels: int | tuple[int, ...] = eqx.field(static=True, default=5)

    def __check_init__(self) -> None:
        each = self.levels if isinstance(self.levels, tuple) else (self.levels,)
        if not each or not all(is_whole(n, 2) for n in each):
            raise SettingError(
                f"latent FiniteScalar: levels is {self.levels!r}; it must be a whole number of at "
                "least 2, or a tuple with one for each dimension."
            )

    def create(self, latent_dim: int, rng: np.random.Generator) -> Self:
        """Return itself."""
        return self

    def width(self, latent_dim: int) -> int:
        """Return d."""
        if isinstance(self.levels, tuple) and len(self.levels) != latent_dim:
            raise SettingError(
                f"latent FiniteScalar has levels for {len(self.levels)} dimensions, and latent_dim "
                f"is {latent_dim}: give one number for all, or one for each."
            )
        return latent_dim

    def __call__(
        self, h: Float[Array, "B width"], context: Context, draws: int
    ) -> tuple[Draw, Self]:
        """Return the rounded codes, ``draws`` times."""
        rate = float(np.log(self._levels(h.shape[1])).sum())
        return deterministic_draw(self.code(h), draws, rate, jnp.zeros(len(h), h.dtype), {}), self

    def code(self, h: Float[Array, "B width"]) -> Float[Array, "B d"]:
        """Return the rounded codes."""
        half = (self._levels(h.shape[1]) - 1) / 2
        smooth = jnp.tanh(h)
        offset = half % 1  # half a step where the number of levels is even
        return straight_through((jnp.round(half * smooth - offset) + offset) / half, smooth)

    def sample_prior(self, key: PRNGKeyArray, n: int, latent_dim: int) -> Float[Array, "n d"]:
        """Return codes on the grid, each as likely as another."""
        levels = self._levels(latent_dim)
        index = jax.random.randint(key, (n, latent_dim), 0, levels.astype(np.int32))
        return self.from_symbols(index)

    def alphabet(self, count: int) -> tuple[int, ...]:
        """Return the levels of each dimension."""
        return tuple(int(n) for n in self._levels(count))

    def symbols(self, draw: Draw) -> Int[Array, "B T"]:
        """Return the number of each dimension's level, from the lowest."""
        half = (self._levels(draw.z.shape[-1]) - 1) / 2
        return jnp.round(draw.z[0] * half + half).astype(jnp.int32)

    def from_symbols(self, symbols: Int[Array, "n T"]) -> Float[Array, "n d"]:
        """Return the levels."""
        half = (self._levels(symbols.shape[1]) - 1) / 2
        return (symbols - half) / half

    def _levels(self, latent_dim: int) -> np.ndarray:
        return np.broadcast_to(np.asarray(self.levels, np.float32), latent_dim)
