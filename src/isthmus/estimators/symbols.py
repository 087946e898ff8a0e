"""The symbols that discrete codes stand for, and the codes that symbols stand for."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from isthmus.annotations import ExamplesLike
from isthmus.estimators import inference
from isthmus.latents.discrete import is_discrete
from isthmus.model import Model
from isthmus.records import Context

if TYPE_CHECKING:
    from isthmus.estimators.base import AbstractAutoencoder


@dataclass(frozen=True)
class SymbolCodes:
    """Codes as sums over their T symbols.

    Parameters
    ----------
    base : (d,)
        The code of which every symbol is 0.
    steps : tuple of (values, d)
        For each symbol, what every value adds to that code.
    """

    base: np.ndarray
    steps: tuple[np.ndarray, ...]

    def codes(self, symbols: np.ndarray) -> np.ndarray:
        """Return the codes (n, d) that symbols (n, T) stand for."""
        added = (own[symbols[:, t]] for t, own in enumerate(self.steps))
        return self.base + np.sum([*added], axis=0)


def write_symbols(model: Model, scaled: Array) -> Array:
    """Return the symbols (rows, T) of scaled examples."""
    h, _ = model.encoder(model.seen(scaled), None)
    context = Context(jax.random.key(0), jnp.ones(len(scaled)), jnp.asarray(jnp.inf), False)
    draw, _ = model.latent(h, context, 1)
    return model.latent.symbols(draw)  # pyright: ignore[reportAttributeAccessIssue]


def symbols_of(
    estimator: "AbstractAutoencoder", X: ExamplesLike
) -> tuple[np.ndarray, SymbolCodes] | None:
    """Return the symbols (n, T) of examples, and the codes of symbols; None without symbols.

    Parameters
    ----------
    estimator
        Fitted. A model that is conditioned on labels has none here.
    X : (n, ...)
        Examples in their own units.
    """
    latent = estimator.model_.latent
    if estimator.model_.conditional or not is_discrete(latent):
        return None
    index = inference.map_rows(write_symbols, estimator.model_, estimator.scale(X))
    sizes = latent.alphabet(index.shape[1])
    rows = np.zeros((1 + sum(sizes), len(sizes)), np.int32)  # none moved, then one at a time
    ends = np.cumsum([1, *sizes])
    for t, size in enumerate(sizes):
        rows[ends[t] : ends[t + 1], t] = np.arange(size)
    codes = np.asarray(latent.from_symbols(jnp.asarray(rows)), np.float32)
    steps = tuple(codes[ends[t] : ends[t + 1]] - codes[0] for t in range(len(sizes)))
    return index, SymbolCodes(codes[0], steps)
