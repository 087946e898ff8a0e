"""Codes from a codebook, learned by gradient or by running means."""

from abc import abstractmethod
from dataclasses import replace
from typing import ClassVar, Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from isthmus.checks import check_between
from isthmus.errors import SettingError
from isthmus.latents.discrete import AbstractDiscrete
from isthmus.latents.rounding import deterministic_draw, straight_through
from isthmus.records import Context, Draw
from isthmus.specifications import Fixed, Number


class AbstractCodebook(AbstractDiscrete):
    """A latent whose code is made of vectors of one codebook; prior: uniform."""

    stochastic: ClassVar[bool] = False
    size: eqx.AbstractVar[int]
    parts: eqx.AbstractVar[int]

    @property
    @abstractmethod
    def codewords(self) -> Float[Array, "size e"]:
        """The codebook."""

    def width(self, latent_dim: int) -> int:
        """Return d."""
        return divisible_width(f"latent {type(self).__name__}", latent_dim, self.parts)

    def code(self, h: Float[Array, "B width"]) -> Float[Array, "B d"]:
        """Return the nearest vectors."""
        return quantise(self.codewords, h, self.parts)

    def sample_prior(self, key: PRNGKeyArray, n: int, latent_dim: int) -> Float[Array, "n d"]:
        """Return vectors of the codebook, each as likely as another."""
        return uniform_codes(key, self.codewords, n, self.parts)

    def alphabet(self, count: int) -> tuple[int, ...]:
        """Return the size of the codebook, for each part."""
        return (self.size,) * count

    def symbols(self, draw: Draw) -> Int[Array, "B T"]:
        """Return the indices of the vectors, part after part."""
        return draw.statistics["index"]

    def from_symbols(self, symbols: Int[Array, "n T"]) -> Float[Array, "n d"]:
        """Return the vectors of the codebook."""
        return self.codewords[symbols].reshape(len(symbols), -1)


class VectorQuantised(AbstractCodebook):
    r"""Each part of the code is the nearest vector e of a learned codebook; prior: uniform.

    .. math:: \text{cost} = \sum_p \lVert \mathrm{sg}[h_p] - e_p \rVert^2
              + \beta \lVert h_p - \mathrm{sg}[e_p] \rVert^2

    with sg for stop-gradient: the first term moves the codebook, the second commits the encoder.
    The posterior is deterministic, so the divergence from the uniform prior is the constant
    P log(size), nats: what it costs to send the code.

    Parameters
    ----------
    size
        Vectors in the codebook, >= 2.
    commitment
        beta >= 0.
    parts
        Into how many vectors P the code is cut; they share the codebook. The size of the code is a
        multiple of it, and there are size ** P different codes.
    codebook : (size, d / P)
        Made by `create`.

    References
    ----------
    van den Oord, Vinyals and Kavukcuoglu, Neural discrete representation learning, NIPS 2017,
    equation 3. There the parts are the places of a feature map, and the constant divergence is left
    out. Costs are sums over the code, as written there; many implementations take the mean.

    Examples
    --------
    >>> latent = VectorQuantised(size=2, parts=2).create(2, np.random.default_rng(0))
    >>> latent = eqx.tree_at(lambda q: q.codebook, latent, jnp.array([[-1.0], [1.0]]))
    >>> latent.code(jnp.array([[0.2, -3.0]])).tolist()
    [[1.0, -1.0]]
    """

    size: int = eqx.field(static=True, default=512)
    commitment: Number = 0.25
    parts: int = eqx.field(static=True, default=1)
    codebook: Float[Array, "size e"] | None = None

    def __check_init__(self) -> None:
        check_codebook("latent VectorQuantised", self.size, self.commitment, self.parts)

    def create(self, latent_dim: int, rng: np.random.Generator) -> "VectorQuantised":
        """Return this latent with a codebook drawn."""
        codebook = draw_codebook(rng, self.size, latent_dim // self.parts)
        return replace(self, codebook=codebook)

    def __call__(
        self, h: Float[Array, "B width"], context: Context, draws: int
    ) -> tuple[Draw, Self]:
        """Return the nearest vectors, ``draws`` times, and what the codebook charges."""
        vectors = h.reshape(len(h), self.parts, -1)
        index = nearest(self.codewords, vectors)
        chosen = self.codewords[index]  # (B, P, e)
        dictionary = ((jax.lax.stop_gradient(vectors) - chosen) ** 2).sum((-2, -1))
        commitment = ((vectors - jax.lax.stop_gradient(chosen)) ** 2).sum((-2, -1))
        z = straight_through(chosen, vectors).reshape(h.shape)
        cost = dictionary + self.commitment * commitment
        return deterministic_draw(
            z, draws, self.parts * np.log(self.size), cost, {"index": index}
        ), self

    @property
    def codewords(self) -> Float[Array, "size e"]:
        """The codebook."""
        assert self.codebook is not None
        return self.codebook


class VectorQuantisedEMA(AbstractCodebook):
    r"""`VectorQuantised` with a codebook of running means, which no gradient moves.

    .. math:: N_i \leftarrow \gamma N_i + (1 - \gamma) n_i, \quad
              m_i \leftarrow \gamma m_i + (1 - \gamma) \sum_{h_p \to i} h_p, \quad
              e_i = m_i / N_i

    with :math:`n_i` the weighted number of vectors of the batch that are nearest to :math:`e_i`.
    What is kept is e and N, which say the same as m and N and stay finite for a code that nothing
    is near. A code used less than ``restart`` times its equal share is put where a random vector of
    the batch is, with an equal share to begin with.

    Parameters
    ----------
    size
        Vectors in the codebook, >= 2.
    commitment
        beta >= 0, the weight of :math:`\lVert h_p - \mathrm{sg}[e_p] \rVert^2`.
    parts
        Into how many vectors P the code is cut; they share the codebook.
    decay
        gamma, in [0, 1].
    restart
        In [0, 1]; 0 leaves dead codes alone.
    codebook : (size, d / P)
        e, made by `create`.
    counts : (size,)
        N, made by `create`.

    References
    ----------
    van den Oord, Vinyals and Kavukcuoglu, Neural discrete representation learning, NIPS 2017,
    appendix A.1. Restarts: Dhariwal et al., Jukebox, 2020, section 3; there the threshold is an
    absolute count.

    Examples
    --------
    >>> VectorQuantisedEMA(size=64).decay
    0.99
    """

    size: int = eqx.field(static=True, default=512)
    commitment: Number = 0.25
    parts: int = eqx.field(static=True, default=1)
    decay: Number = 0.99
    restart: Number = 0.01
    codebook: Fixed | None = None
    counts: Fixed | None = None

    def __check_init__(self) -> None:
        check_codebook("latent VectorQuantisedEMA", self.size, self.commitment, self.parts)
        check_between("latent VectorQuantisedEMA", "decay", self.decay, 0, 1)
        check_between("latent VectorQuantisedEMA", "restart", self.restart, 0, 1)

    def create(self, latent_dim: int, rng: np.random.Generator) -> "VectorQuantisedEMA":
        """Return this latent with a codebook drawn, and every code used alike."""
        codebook = draw_codebook(rng, self.size, latent_dim // self.parts)
        counts = jnp.asarray(np.ones(self.size, np.float32))
        return self._with(codebook, counts)

    def __call__(
        self, h: Float[Array, "B width"], context: Context, draws: int
    ) -> tuple[Draw, Self]:
        """Return the nearest vectors, ``draws`` times, and this latent with its means moved."""
        vectors = h.reshape(len(h), self.parts, -1)
        index = nearest(self.codewords, vectors)
        chosen = self.codewords[index]  # (B, P, e)
        commitment = ((vectors - chosen) ** 2).sum((-2, -1))
        z = straight_through(chosen, vectors).reshape(h.shape)
        cost = self.commitment * commitment
        draw = deterministic_draw(z, draws, self.parts * np.log(self.size), cost, {"index": index})
        return draw, self._moved(vectors, index, context) if context.training else self

    @property
    def codewords(self) -> Float[Array, "size e"]:
        """The codebook."""
        assert self.codebook is not None
        return self.codebook.value

    def _moved(
        self, vectors: Float[Array, "B P e"], index: Int[Array, "B P"], context: Context
    ) -> Self:
        """Return this latent after one step of the recurrence, dead codes restarted."""
        assert self.counts is not None
        flat = jax.lax.stop_gradient(vectors).reshape(-1, vectors.shape[-1])
        weights = jnp.repeat(context.weights, self.parts)
        member = weights[:, None] * jax.nn.one_hot(index.ravel(), self.size)  # (B P, size)
        used = member.sum(0)
        counts = self.decay * self.counts.value + (1 - self.decay) * used
        # m' / N' with m = N e, rearranged so that a code without vectors stays where it is
        shift = (1 - self.decay) * (member.T @ flat - used[:, None] * self.codewords)
        codebook = self.codewords + shift / jnp.maximum(counts, 1e-30)[:, None]
        share = counts.mean()
        dead = counts < self.restart * share
        rows = jax.random.categorical(context.key, jnp.log(weights), shape=(self.size,))
        codebook = jnp.where(dead[:, None], flat[rows], codebook)
        return self._with(codebook, jnp.where(dead, share, counts))

    def _with(self, codebook: Float[Array, "size e"], counts: Float[Array, " size"]) -> Self:
        return replace(self, codebook=Fixed(codebook), counts=Fixed(counts))


def nearest(codebook: Float[Array, "size e"], vectors: Float[Array, "B P e"]) -> Int[Array, "B P"]:
    """Return the index of the codebook's vector that is nearest to each vector; ties to the first.

    Examples
    --------
    >>> nearest(jnp.array([[0.0], [1.0]]), jnp.array([[[0.4], [0.6]]])).tolist()
    [[0, 1]]
    """
    # |v|^2, the same for all, is left out: only the order of the distances counts
    return jnp.argmin((codebook**2).sum(-1) - 2 * vectors @ codebook.T, axis=-1)


def quantise(
    codebook: Float[Array, "size e"], h: Float[Array, "B d"], parts: int
) -> Float[Array, "B d"]:
    """Return the nearest vectors, with the gradient of ``h``."""
    vectors = h.reshape(len(h), parts, -1)
    return straight_through(codebook[nearest(codebook, vectors)], vectors).reshape(h.shape)


def uniform_codes(
    key: PRNGKeyArray, codebook: Float[Array, "size e"], n: int, parts: int
) -> Float[Array, "n d"]:
    """Return codes whose parts are vectors of the codebook, each as likely as another."""
    return codebook[jax.random.randint(key, (n, parts), 0, len(codebook))].reshape(n, -1)


def draw_codebook(rng: np.random.Generator, size: int, width: int) -> Float[Array, "size e"]:
    """Return vectors about as far out as a fresh encoder puts codes: nearer ones die."""
    return jnp.asarray(0.3 * rng.standard_normal((size, width), np.float32), jnp.float32)


def check_codebook(owner: str, size: int, commitment: Number, parts: int) -> None:
    """Raise `SettingError` unless a codebook can have these sizes."""
    check_between(owner, "size", size, 2, np.inf)
    check_between(owner, "commitment", commitment, 0, np.inf)
    check_between(owner, "parts", parts, 1, np.inf)


def divisible_width(owner: str, latent_dim: int, parts: int) -> int:
    """Return d, or raise `SettingError` where it cannot be cut into equal parts."""
    if latent_dim % parts:
        raise SettingError(
            f"{owner} cuts the code into {parts} equal parts, and latent_dim is {latent_dim}: take "
            f"a multiple of {parts}."
        )
    return latent_dim
