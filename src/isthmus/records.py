"""The records that pass between the slots.

Axes are named in shapes throughout: K draws, B batch, D features, d latent, and H, W, C for
images. Costs are in nats per example: summed over features, never averaged over them.
"""

from collections.abc import Mapping
from typing import Any, Self

import equinox as eqx
from jaxtyping import Array, Float, PRNGKeyArray, Shaped


class Context(eqx.Module):
    """What a forward pass knows about the training step it belongs to.

    Parameters
    ----------
    key
        Randomness of this step.
    weights : (B,)
        Weight of each example: 1, or 0 for the rows that fill up a short last batch.
    epoch
        Epochs since the start, as a fraction; infinity when a warm-up should be over.
    training
        Whether normalisation uses the batch's own statistics, and dropout drops.
    supervision : (B,) or None
        How much each example teaches the heads: 0 without a label. None where all of them have one:
        then it is ``weights``.
    """

    key: PRNGKeyArray
    weights: Float[Array, " B"]
    epoch: Float[Array, ""]
    training: bool = eqx.field(static=True, default=True)
    supervision: Float[Array, " B"] | None = None

    def with_key(self, key: PRNGKeyArray) -> Self:
        """Return the same step with other randomness."""
        return type(self)(key, self.weights, self.epoch, self.training, self.supervision)


class Draw(eqx.Module):
    """What a latent makes of the encoder's output.

    Parameters
    ----------
    z : (K, B, d)
        Codes.
    log_ratio : (K, B)
        log q(z|x) - log p(z) of each draw, nats; 0 for a code without a prior.
    kl : (B,)
        Kullback-Leibler divergence of the posterior from the prior, nats: in closed form where
        there is one, else the mean of ``log_ratio`` over the draws.
    cost : (B,)
        Whatever else the latent charges (a codebook's commitment, say), nats.
    statistics
        Further quantities by name, for diagnostics and penalties; each (B, ...).
    """

    z: Float[Array, "K B d"]
    log_ratio: Float[Array, "K B"]
    kl: Float[Array, " B"]
    cost: Float[Array, " B"]
    statistics: Mapping[str, Array]


class Pass(eqx.Module):
    """One forward pass, whole: what bounds, penalties and heads look at.

    Parameters
    ----------
    x : (B, D)
        The clean examples, scaled; under a masked likelihood missing entries are NaN.
    corrupted : (B, D)
        What the encoder saw.
    target : (B,), (B, targets) or None
        What the heads are taught, where they are: class numbers, quantities.
    h : (B, width)
        The encoder's output.
    draw
        The codes.
    x_hat : (K, B, D) or None
        The decoder's output, before the likelihood's link; None without a decoder.
    cost : (K, B)
        Negative log likelihood of ``x`` under ``x_hat``, nats.
    model
        The model, for penalties that differentiate it.
    context
        The step.
    view
        The pass of each example's second view, without a decoder; None where no penalty asks for
        pairs, and where there are none (neighbours, in validation).
    """

    x: Float[Array, "B D"]
    corrupted: Float[Array, "B D"]
    target: Shaped[Array, "B ..."] | None
    h: Float[Array, "B width"]
    draw: Draw
    x_hat: Float[Array, "K B D"] | None
    cost: Float[Array, "K B"]
    model: Any
    context: Context
    view: "Pass | None" = None
