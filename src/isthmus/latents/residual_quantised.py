"""Codes from several codebooks, each for what the former left over."""

from typing import Any, ClassVar, Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from isthmus.checks import check_whole
from isthmus.errors import SettingError
from isthmus.latents.discrete import AbstractDiscrete
from isthmus.latents.rounding import straight_through
from isthmus.latents.vector_quantised import VectorQuantised, VectorQuantisedEMA
from isthmus.records import Context, Draw


class ResidualVectorQuantised(AbstractDiscrete):
    r"""A sum of vectors, each the nearest to what is left of the encoder's output; prior: uniform.

    .. math:: r_1 = h, \quad e_s = Q_s(r_s), \quad r_{s+1} = r_s - \mathrm{sg}[e_s], \quad
              z = \sum_s e_s

    with a quantiser Q of its own at every stage s, and the gradient of h for z. Each stage charges
    what its quantiser charges for its residual, so that every partial sum is committed to h. The
    posterior is deterministic, and the divergence from the uniform prior the stages' sum, nats:
    size ** S codes from S codebooks of that size. With one stage this is the quantiser itself.

    Parameters
    ----------
    stages
        S >= 1.
    quantiser
        What every stage is, `VectorQuantised` or `VectorQuantisedEMA`.
    members
        The stages, first to last, made by `create`.

    Raises
    ------
    SettingError
        If the quantiser has no codebook.

    References
    ----------
    Zeghidour et al., SoundStream, 2021, section III-C; Lee et al., Autoregressive image generation
    using residual quantization, CVPR 2022, section 3.1 (the commitment of every partial sum; there
    the stages share one codebook, here each has its own, as in SoundStream).

    Examples
    --------
    >>> latent = ResidualVectorQuantised(stages=2, quantiser=VectorQuantised(size=4))
    >>> len(latent.create(2, np.random.default_rng(0)).members)
    2
    """

    stochastic: ClassVar[bool] = False
    stages: int = eqx.field(static=True, default=4)
    quantiser: AbstractDiscrete = VectorQuantisedEMA(size=256)
    members: tuple[AbstractDiscrete, ...] | None = None

    def __check_init__(self) -> None:
        check_whole("latent ResidualVectorQuantised", "stages", self.stages, 1)
        if not isinstance(self.quantiser, VectorQuantised | VectorQuantisedEMA):
            raise SettingError(
                "latent ResidualVectorQuantised: quantiser is "
                f"{type(self.quantiser).__name__}; it must be VectorQuantised or "
                "VectorQuantisedEMA."
            )

    def create(self, latent_dim: int, rng: np.random.Generator) -> "ResidualVectorQuantised":
        """Return this latent with every stage's codebook drawn."""
        members: Any = tuple(self.quantiser.create(latent_dim, rng) for _ in range(self.stages))
        return type(self)(self.stages, self.quantiser, members)

    def width(self, latent_dim: int) -> int:
        """Return d."""
        return self.quantiser.width(latent_dim)

    def __call__(
        self, h: Float[Array, "B width"], context: Context, draws: int
    ) -> tuple[Draw, Self]:
        """Return the sums, ``draws`` times, what the stages charge, and the stages moved."""
        assert self.members is not None
        residual, moved = h, []
        parts: list[Draw] = []
        for i, stage in enumerate(self.members):
            step = context.with_key(jax.random.fold_in(context.key, i))
            draw, stage = stage(residual, step, draws)
            residual = residual - jax.lax.stop_gradient(draw.z[0])
            parts.append(draw)
            moved.append(stage)
        z = straight_through(jnp.stack([part.z[0] for part in parts]).sum(0), h)
        return Draw(
            z=jnp.broadcast_to(z, (draws, *z.shape)),
            log_ratio=jnp.stack([part.log_ratio for part in parts]).sum(0),
            kl=jnp.stack([part.kl for part in parts]).sum(0),
            cost=jnp.stack([part.cost for part in parts]).sum(0),
            statistics={"index": jnp.stack([p.statistics["index"] for p in parts], axis=1)},
        ), type(self)(self.stages, self.quantiser, tuple(moved))

    def code(self, h: Float[Array, "B width"]) -> Float[Array, "B d"]:
        """Return the sums."""
        assert self.members is not None
        residual, total = h, jnp.zeros_like(h)
        for stage in self.members:
            chosen = jax.lax.stop_gradient(stage.code(residual))
            residual, total = residual - chosen, total + chosen
        return straight_through(total, h)

    def sample_prior(self, key: PRNGKeyArray, n: int, latent_dim: int) -> Float[Array, "n d"]:
        """Return sums of vectors of the codebooks, each as likely as another."""
        assert self.members is not None
        keys = jax.random.split(key, self.stages)
        total = jnp.zeros((n, latent_dim))
        for member, key in zip(self.members, keys, strict=True):
            drawn = member.sample_prior(key, n, latent_dim)
            assert drawn is not None
            total += drawn
        return total

    def alphabet(self, count: int) -> tuple[int, ...]:
        """Return the size of the codebooks, for each part of each stage."""
        return self.quantiser.alphabet(count)

    def symbols(self, draw: Draw) -> Int[Array, "B T"]:
        """Return the indices of the vectors, stage after stage."""
        index = draw.statistics["index"]
        return index.reshape(len(index), -1)

    def from_symbols(self, symbols: Int[Array, "n T"]) -> Float[Array, "n d"]:
        """Return the sums of the stages' vectors."""
        assert self.members is not None
        each = jnp.split(symbols, self.stages, axis=1)
        pairs = zip(self.members, each, strict=True)
        return jnp.stack([member.from_symbols(part) for member, part in pairs]).sum(0)
