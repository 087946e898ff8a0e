"""The log likelihood of examples under a stochastic autoencoder, by importance weights."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import logsumexp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from isthmus.data.source import Examples
from isthmus.estimators import inference
from isthmus.model import Model

DRAWS = 16
"""Draws of a row held at a time, where its reconstructions are not too large for it."""

CHUNK_BYTES = 2**26
"""Maximum bytes of the reconstructions held at a time, unless one draw per row takes more."""


class LogLikelihood(eqx.Module):
    r"""The importance-weighted bound of every row, from K draws of its posterior, a few at a time.

    .. math:: \log \frac1K \sum_k w_k, \quad \log w_k = \log p(x|z_k) - \log \frac{q(z_k|x)}{p(z_k)}

    Parameters
    ----------
    key
        Of the draws; each row's are a function of it and of the row alone.
    samples
        K, >= 1; another number needs no other program.
    chunk
        Draws held at a time.
    """

    key: PRNGKeyArray
    samples: Int[Array, ""]
    chunk: int = eqx.field(static=True)

    def __call__(self, model: Model, x: Array) -> Float[Array, " rows"]:
        """Return the bounds of examples in their own units, nats, higher is likelier."""
        scaled = model.scaling(x.astype(jnp.float32))
        latent = model.attached_latent()
        h, _ = model.encoder(model.seen(scaled), None)

        def add(i: Array, total: Array) -> Array:
            draw = inference.draw_rows(latent, h, jax.random.fold_in(self.key, i), self.chunk)
            x_hat = model.decode(draw.z.reshape(-1, draw.z.shape[-1]))
            cost = model.likelihood(x_hat.reshape(*draw.z.shape[:2], -1), scaled)
            cost = jnp.where(model.likelihood.supports(scaled), cost, jnp.inf)
            counted = i * self.chunk + jnp.arange(self.chunk) < self.samples
            weights = jnp.where(counted[:, None], -cost - draw.log_ratio, -jnp.inf)
            return jnp.logaddexp(total, logsumexp(weights, axis=0))

        chunks = -(-self.samples // self.chunk)
        total = jax.lax.fori_loop(0, chunks, add, jnp.full(len(x), -jnp.inf))
        return total - jnp.log(self.samples)


def log_likelihood(
    model: Model, examples: Examples, samples: int, seed: int, labels: np.ndarray | None = None
) -> np.ndarray:
    """Return the importance-weighted bound of each example, nats (n,).

    ``labels`` (n,) are numbers of the labels that the model is conditioned on.
    """
    features = int(np.prod(examples.shape[1:]))
    chunk = max(1, min(DRAWS, CHUNK_BYTES // (4 * inference.ROWS * features)))
    bounds = LogLikelihood(jax.random.key(seed), jnp.asarray(samples), chunk)
    # A call for each group of rows, so that an interrupt is heard between two of them.
    parts = [
        inference.map_rows(bounds, model, examples[rows], None if labels is None else labels[rows])
        for start in range(0, len(examples), inference.ROWS)
        for rows in [slice(start, start + inference.ROWS)]
    ]
    return np.concatenate(parts).astype(np.float64)
