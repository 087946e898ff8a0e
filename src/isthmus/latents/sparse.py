"""Codes that are mostly zero by construction: the greatest entries of each example, or of a batch.

Both remember when each unit was last on, for `isthmus.penalties.AuxK`.
"""

from typing import ClassVar, Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from isthmus.checks import check_between, check_whole
from isthmus.errors import SettingError
from isthmus.latents.abstract import AbstractLatent
from isthmus.latents.rounding import deterministic_draw
from isthmus.records import Context, Draw
from isthmus.specifications import Fixed, Number


class TopK(AbstractLatent):
    """The k greatest entries of the encoder's output; every other one is zero.

    The gradient is that of the entries that are kept.

    Parameters
    ----------
    k
        Entries that are on for an example, from 1 to d. Of equal ones the first are.
    last_on : (d,)
        Epoch in which each unit was last on, made by `create`.

    Raises
    ------
    SettingError
        When the encoder is built, if k is above d.

    References
    ----------
    Makhzani and Frey, k-Sparse autoencoders, ICLR 2014, section 2.1 (linear codes, as here; there
    more than k are kept after training). Gao et al., Scaling and evaluating sparse autoencoders,
    2024, section 2.3.

    Examples
    --------
    >>> TopK(k=2).code(jnp.array([[0.3, -1.0, 0.1, 2.0]])).round(1).tolist()
    [[0.3..., 0.0, 0.0, 2.0]]
    """

    stochastic: ClassVar[bool] = False
    k: int = eqx.field(static=True, default=8)
    last_on: Fixed | None = None

    def __check_init__(self) -> None:
        check_whole("latent TopK", "k", self.k, 1)

    def create(self, latent_dim: int, rng: np.random.Generator) -> "TopK":
        """Return this latent with every unit on at the start."""
        return type(self)(self.k, Fixed(jnp.asarray(np.zeros(latent_dim, np.float32))))

    def width(self, latent_dim: int) -> int:
        """Return d."""
        return wide_enough("latent TopK", self.k, latent_dim)

    def __call__(
        self, h: Float[Array, "B width"], context: Context, draws: int
    ) -> tuple[Draw, Self]:
        """Return the codes, ``draws`` times, and this latent with its memory moved."""
        assert self.last_on is not None
        z = self.code(h)
        draw = deterministic_draw(z, draws, 0.0, jnp.zeros(len(h), h.dtype), {})
        if not context.training:
            return draw, self
        return draw, type(self)(self.k, Fixed(remember(self.last_on.value, z, context)))

    def code(self, h: Float[Array, "B width"]) -> Float[Array, "B d"]:
        """Return the k greatest entries of each row, zeros elsewhere."""
        values, places = jax.lax.top_k(h, self.k)
        return jnp.put_along_axis(jnp.zeros_like(h), places, values, axis=-1, inplace=False)

    def sample_prior(self, key: PRNGKeyArray, n: int, latent_dim: int) -> None:
        """Return None: a plain code has no prior."""


class BatchTopK(AbstractLatent):
    r"""The n k greatest entries of a batch of n examples; every other one is zero.

    An example that is hard to describe may have more than k, an easy one fewer. After training,
    where an example's code must not depend on its company, the entries of at least :math:`\theta`
    are kept, a running mean over batches of the least entry that was:

    .. math:: w \leftarrow \gamma w + 1 - \gamma, \quad
              \theta \leftarrow \theta + \tfrac{1 - \gamma}{w} (\min_{ij} z_{ij} - \theta)

    with the minimum over what is kept. Examples of weight zero have the code zero and count as
    none.

    Parameters
    ----------
    k
        Entries that are on for an example, on average, from 1 to d.
    decay
        gamma, in [0, 1).
    threshold : ()
        theta, made by `create`.
    seen : ()
        w, made by `create`; zero before the first batch, when theta is zero too.
    last_on : (d,)
        Epoch in which each unit was last on, made by `create`.

    Raises
    ------
    SettingError
        When the encoder is built, if k is above d.

    References
    ----------
    Bussmann, Leask and Nanda, BatchTopK sparse autoencoders, 2024, section 3. There entries are
    rectified before, and the threshold is estimated once training is over.

    Examples
    --------
    >>> BatchTopK(k=2).k
    2
    """

    stochastic: ClassVar[bool] = False
    k: int = eqx.field(static=True, default=8)
    decay: Number = 0.99
    threshold: Fixed | None = None
    seen: Fixed | None = None
    last_on: Fixed | None = None

    def __check_init__(self) -> None:
        check_whole("latent BatchTopK", "k", self.k, 1)
        check_between("latent BatchTopK", "decay", self.decay, 0, 1 - 1e-6)

    def create(self, latent_dim: int, rng: np.random.Generator) -> "BatchTopK":
        """Return this latent with no batch seen, and every unit on at the start."""
        zeros = (np.zeros(shape, np.float32) for shape in ((), (), latent_dim))
        return type(self)(self.k, self.decay, *(Fixed(jnp.asarray(zero)) for zero in zeros))

    def width(self, latent_dim: int) -> int:
        """Return d."""
        return wide_enough("latent BatchTopK", self.k, latent_dim)

    def __call__(
        self, h: Float[Array, "B width"], context: Context, draws: int
    ) -> tuple[Draw, Self]:
        """Return the codes, ``draws`` times, and this latent with threshold and memory moved."""
        assert self.threshold is not None
        assert self.seen is not None
        assert self.last_on is not None
        cost = jnp.zeros(len(h), h.dtype)
        if not context.training:
            return deterministic_draw(self.code(h), draws, 0.0, cost, {}), self
        counted = jnp.where(context.weights[:, None] > 0, jax.lax.stop_gradient(h), -jnp.inf)
        order = jnp.argsort(-counted, axis=None)
        kept = (context.weights > 0).sum() * self.k
        rank = jnp.zeros_like(order).at[order].set(jnp.arange(h.size))  # exact where entries tie
        z = jnp.where((rank < kept).reshape(h.shape), h, 0)
        least = counted.ravel()[order[kept - 1]]
        seen = self.decay * self.seen.value + (1 - self.decay)
        threshold = self.threshold.value + (1 - self.decay) / seen * (least - self.threshold.value)
        memory = remember(self.last_on.value, z, context)
        moved = type(self)(self.k, self.decay, Fixed(threshold), Fixed(seen), Fixed(memory))
        return deterministic_draw(z, draws, 0.0, cost, {}), moved

    def code(self, h: Float[Array, "B width"]) -> Float[Array, "B d"]:
        """Return the entries of at least the threshold, zeros elsewhere."""
        assert self.threshold is not None
        return jnp.where(h >= self.threshold.value, h, 0)

    def sample_prior(self, key: PRNGKeyArray, n: int, latent_dim: int) -> None:
        """Return None: a plain code has no prior."""


def remember(
    last_on: Float[Array, " d"], z: Float[Array, "B d"], context: Context
) -> Float[Array, " d"]:
    """Return the epoch in which each unit was last on, by examples whose weight is not zero."""
    on = ((z != 0) & (context.weights[:, None] > 0)).any(0)
    # the minimum: where training begins anew, its epochs begin anew
    return jnp.where(on, context.epoch, jnp.minimum(last_on, context.epoch))


def wide_enough(owner: str, k: int, latent_dim: int) -> int:
    """Return d, or raise `SettingError` where k entries are more than it has."""
    if k > latent_dim:
        raise SettingError(
            f"{owner} keeps {k} entries, and latent_dim is {latent_dim}: take a greater latent_dim "
            "or a smaller k."
        )
    return latent_dim
