"""Codes of finitely many values, symbol by symbol."""

from dataclasses import dataclass
from typing import ClassVar, Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from isthmus.annotations import RandomState
from isthmus.checks import check_whole
from isthmus.errors import SettingError
from isthmus.latents import MADE, AbstractLatent, is_discrete
from isthmus.latents.masked import check_hidden
from isthmus.samplers.abstract import AbstractSampler, check_codes
from isthmus.samplers.learning import fit_density


class SymbolDensity(eqx.Module):
    r"""Probabilities of T symbols, each given those before it.

    .. math:: \log p(s) = \sum_t \log p(s_t | s_1, \ldots, s_{t-1})

    Every symbol is embedded, and one `MADE` gives the logits of all.

    Parameters
    ----------
    alphabet
        How many values each symbol has; the greatest is V.
    table : (T, V, e)
        Embeddings.
    network
        From the embeddings to V logits a symbol.
    """

    alphabet: tuple[int, ...] = eqx.field(static=True)
    table: Float[Array, "T V e"]
    network: MADE

    @classmethod
    def create(
        cls,
        rng: np.random.Generator,
        alphabet: tuple[int, ...],
        hidden: tuple[int, ...],
        width: int,
    ) -> "SymbolDensity":
        """Draw the weights; at the start all values of a symbol are as likely."""
        shape = (len(alphabet), max(alphabet), width)
        table = jnp.asarray(rng.standard_normal(shape, np.float32))
        network = MADE.create(rng, len(alphabet), hidden=hidden, heads=max(alphabet), each=width)
        return cls(alphabet, table, network)

    def log_probabilities(self, symbols: Int[Array, "*shape T"]) -> Float[Array, "V *shape T"]:
        """Return log p of every value of each symbol, given the symbols before it."""
        embedded = self.table[jnp.arange(len(self.alphabet)), symbols]  # (*shape, T, e)
        logits = self.network(embedded.reshape(*symbols.shape[:-1], -1))
        values = np.arange(max(self.alphabet)).reshape(-1, *[1] * symbols.ndim)
        return jax.nn.log_softmax(jnp.where(values < np.array(self.alphabet), logits, -jnp.inf), 0)

    def log_density(self, z: Float[Array, "*shape T"]) -> Float[Array, "*shape"]:
        """Return log p of symbols, nats."""
        symbols = jnp.round(z).astype(jnp.int32)
        logs = self.log_probabilities(symbols)
        return jnp.take_along_axis(logs, symbols[None], axis=0)[0].sum(-1)

    def sample(self, key: PRNGKeyArray, n: int) -> Int[Array, "n T"]:
        """Draw symbols, one after the other."""

        def draw(t: Array, symbols: Array) -> Array:
            logits = self.log_probabilities(symbols)[..., t]
            drawn = jax.random.categorical(jax.random.fold_in(key, t), logits, axis=0)
            return symbols.at[:, t].set(drawn)

        count = len(self.alphabet)
        return jax.lax.fori_loop(0, count, draw, jnp.zeros((n, count), jnp.int32))


@dataclass(eq=False, repr=False)
class Autoregressive(AbstractSampler):
    """The symbols of quantised codes, each drawn given those before it.

    For the latents whose codes are of finitely many values: vector-quantised, residual and finite
    scalar ones, and categories.

    Parameters
    ----------
    hidden
        Widths of the network's hidden layers.
    width
        Numbers in which a symbol is embedded, >= 1.
    epochs
        Maximum number of passes over the codes; ``"auto"`` makes about 20,000 steps.
    learning_rate
        > 0.
    random_state
        Decides the initial weights and the order of the codes.

    Attributes
    ----------
    density_ : SymbolDensity
    latent_ : isthmus.latents.AbstractDiscrete
        Whose codes they are.

    References
    ----------
    van den Oord, Vinyals and Kavukcuoglu, Neural discrete representation learning, NIPS 2017,
    section 3.3: an autoregressive prior fitted to the codes, there a PixelCNN. Germain et al.,
    MADE, ICML 2015.
    """

    reads: ClassVar[str] = "symbols"
    hidden: tuple[int, ...] = (256,)
    width: int = 16
    epochs: int | str = "auto"
    learning_rate: float = 1e-3
    random_state: RandomState = None

    def fit(self, codes: ArrayLike, latent: AbstractLatent | None = None) -> Self:
        """Fit the probabilities by maximum likelihood.

        Parameters
        ----------
        codes : (n, T)
            Symbols, as ``latent.symbols`` gives them.
        latent : isthmus.latents.AbstractDiscrete
            The member, fitted, whose symbols they are.

        Returns
        -------
        self

        Raises
        ------
        SettingError
            If the latent's codes are not of finitely many values.
        """
        check_hidden("sampler Autoregressive", self.hidden)
        check_whole("sampler Autoregressive", "width", self.width, 1)
        if not is_discrete(latent):
            raise SettingError(
                f"sampler Autoregressive needs codes of finitely many values, and the latent is "
                f"{type(latent).__name__}: take another sampler, 'maf' or 'mixture' for instance."
            )
        symbols = check_codes(codes)
        self.latent_ = latent
        seed = check_random_state(self.random_state).randint(2**31 - 1)
        rng = np.random.default_rng(seed)
        alphabet = latent.alphabet(symbols.shape[1])
        self.density_ = fit_density(
            SymbolDensity.create(rng, alphabet, tuple(self.hidden), self.width),
            symbols,
            epochs=self.epochs,
            learning_rate=self.learning_rate,
            seed=seed,
        )
        return self

    def sample(self, n: int = 1, random_state: RandomState = None) -> np.ndarray:
        """Draw codes (n, d)."""
        check_is_fitted(self)
        key = jax.random.key(check_random_state(random_state).randint(2**31 - 1))
        codes = self.latent_.from_symbols(self.density_.sample(key, n))
        return np.asarray(codes, np.float64)

    def score_samples(self, symbols: ArrayLike) -> np.ndarray:
        """Return the log probability (n,) of symbols (n, T), nats."""
        check_is_fitted(self)
        rows = jnp.asarray(np.asarray(symbols), jnp.float32)
        return np.asarray(self.density_.log_density(rows), np.float64)
