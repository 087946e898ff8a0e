"""The masked network of autoregressive flows: an output sees the inputs before its own alone."""

from itertools import pairwise

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from isthmus.checks import check_whole
from isthmus.errors import SettingError
from isthmus.networks.layers import zeros


class MADE(eqx.Module):
    r"""A dense network whose outputs for dimension i depend only on the inputs before i.

    An input is a number, or several, such as the embedding of a symbol.

    Units have degrees from 1 to d - 1: one of degree m sees the first m inputs, by

    .. math:: \text{unit of degree } m \to \text{unit of degree } m' \iff m \le m', \quad
              \text{unit of degree } m \to \text{output } i \iff m < i

    A context, where there is one, reaches every unit of the first layer; then there are units of
    degree zero too, through which it alone decides the outputs for the first dimension. At the
    start every output is zero.

    Parameters
    ----------
    d
        Inputs.
    heads
        Outputs for each dimension.
    weights, biases
        Of every layer; the weights, (fan_in, fan_out), before they are masked.
    beside : (c, fan_out) or None
        Weights from the context to the first layer.
    each
        Numbers e that each input is written in.

    References
    ----------
    Germain et al., MADE: masked autoencoder for distribution estimation, ICML 2015, section 4.
    Degrees are drawn there and dealt out in turn here; the activation is tanh here.

    Examples
    --------
    >>> network = MADE.create(np.random.default_rng(0), 3, hidden=(8,), heads=2)
    >>> network(jnp.ones((5, 3))).shape
    (2, 5, 3)
    """

    d: int = eqx.field(static=True)
    heads: int = eqx.field(static=True)
    weights: tuple[Float[Array, "_ _"], ...]
    biases: tuple[Float[Array, " _"], ...]
    beside: Float[Array, "c fan_out"] | None
    each: int = eqx.field(static=True, default=1)

    @classmethod
    def create(
        cls,
        rng: np.random.Generator,
        d: int,
        *,
        hidden: tuple[int, ...],
        heads: int,
        context: int = 0,
        each: int = 1,
    ) -> "MADE":
        """Draw the weights for a context of that many entries; those of the last layer are zero."""
        widths = (d * each, *hidden)
        weights = [_drawn(rng, fan_in, fan_out) for fan_in, fan_out in pairwise(widths)]
        weights.append(zeros(hidden[-1], heads * d))
        biases = [zeros(fan_out) for fan_out in (*hidden, heads * d)]
        beside = _drawn(rng, context, hidden[0]) if context else None
        return cls(d, heads, tuple(weights), tuple(biases), beside, each)

    def __call__(
        self, z: Float[Array, "*shape d_each"], context: Float[Array, "*shape c"] | None = None
    ) -> Float[Array, "heads *shape d"]:
        """Return the outputs, head after head."""
        y = z
        for i, mask in enumerate(self._masks()):
            y = (jax.nn.tanh(y) if i else y) @ (self.weights[i] * mask) + self.biases[i]
            if self.beside is not None and i == 0:
                assert context is not None
                y = y + context @ self.beside
        return jnp.moveaxis(y.reshape(*y.shape[:-1], self.heads, self.d), -2, 0)

    def _masks(self) -> list[np.ndarray]:
        """Return a mask (fan_in, fan_out) of zeros and ones for each layer."""
        least = 1 if self.beside is None else 0
        several = max(self.d - least, 1)
        units = [np.arange(len(bias)) % several + least for bias in self.biases[:-1]]
        outputs = np.tile(np.arange(self.d), self.heads)  # i - 1, so that m < i is m <= i - 1
        degrees = [np.repeat(np.arange(1, self.d + 1), self.each), *units, outputs]
        return [(m[:, None] <= after).astype(np.float32) for m, after in pairwise(degrees)]


def check_hidden(owner: str, hidden: tuple[int, ...]) -> None:
    """Raise `SettingError` unless these are the widths of at least one hidden layer."""
    if not isinstance(hidden, tuple | list) or not hidden:
        raise SettingError(
            f"{owner}: hidden is {hidden!r}; it must be the widths of one or more layers, such as "
            "(64,)."
        )
    for width in hidden:
        check_whole(owner, "hidden", width, 1)


def _drawn(rng: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    weight = fan_in**-0.5 * rng.standard_normal((fan_in, fan_out), np.float32)
    return jnp.asarray(weight, jnp.float32)
