"""Penalties: what else training pays for. Each is called with a `Pass` and returns (B,) nats."""

from abc import abstractmethod

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from isthmus.networks import crooked
from isthmus.typing import Array, Float, Number, Pass, Spec, check_between


class AbstractPenalty(Spec):
    """What every penalty does."""

    @abstractmethod
    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the penalty, nats an example."""


class L1(AbstractPenalty):
    r"""Sparse codes: :math:`w \lVert z \rVert_1`, the mean over draws.

    Parameters
    ----------
    weight
        w >= 0, nats a unit of code.

    Examples
    --------
    >>> L1(0.1).weight
    0.1
    """

    weight: Number = 1e-3

    def __check_init__(self) -> None:
        check_between("penalty L1", "weight", self.weight, 0, np.inf)

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the weighted absolute sum of the code."""
        return self.weight * jnp.abs(p.draw.z).sum(-1).mean(0)


class L2(AbstractPenalty):
    r"""Small codes: :math:`w \lVert z \rVert_2^2`, the mean over draws.

    Parameters
    ----------
    weight
        w >= 0, nats a squared unit of code.

    Examples
    --------
    >>> L2(0.1).weight
    0.1
    """

    weight: Number = 1e-3

    def __check_init__(self) -> None:
        check_between("penalty L2", "weight", self.weight, 0, np.inf)

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the weighted squared length of the code."""
        return self.weight * (p.draw.z**2).sum(-1).mean(0)


class Contraction(AbstractPenalty):
    r"""Codes that hardly move with the input: :math:`w \lVert \partial z / \partial x \rVert_F^2`.

    Exact, by one backward pass a code dimension at the clean example. The encoder runs as it does
    after training (running statistics, no dropout), so that each example's Jacobian is its own.

    Parameters
    ----------
    weight
        w >= 0.

    References
    ----------
    Rifai et al., Contractive auto-encoders, ICML 2011, equation 5; there the squared norm is for a
    logistic code layer alone, here for the whole encoder.

    Examples
    --------
    >>> Contraction(0.1).weight
    0.1
    """

    weight: Number = 0.1

    def __check_init__(self) -> None:
        check_between("penalty Contraction", "weight", self.weight, 0, np.inf)

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the weighted squared Frobenius norm of the encoder's Jacobian."""
        code, backward = jax.vjp(p.model.code, p.x)  # rows are independent: one vjp a dimension
        directions = jnp.eye(code.shape[1], dtype=code.dtype)
        squares = jax.lax.map(
            lambda e: (backward(jnp.broadcast_to(e, code.shape))[0] ** 2).sum(-1),
            directions,
            batch_size=16,  # enough to fill the processor, little enough to fit the memory
        )
        return self.weight * squares.sum(0)


class WeightDecay(AbstractPenalty):
    r"""Small weights: :math:`w \sum_i \theta_i^2` over the weight matrices and kernels.

    Biases go free, and so does a linear path: beside one, decay draws the model towards PCA. Only
    training pays; a validation loss is free of it.

    Parameters
    ----------
    weight
        w >= 0, nats a squared weight.

    References
    ----------
    Krogh and Hertz, A simple weight decay can improve generalization, NIPS 1991, equation 2.

    Examples
    --------
    >>> WeightDecay(0.1).weight
    0.1
    """

    weight: Number = 1e-4

    def __check_init__(self) -> None:
        check_between("penalty WeightDecay", "weight", self.weight, 0, np.inf)

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the weighted sum of squares, the same for every example."""
        if not p.context.training:
            return jnp.zeros(p.x.shape[0])
        networks = (crooked(p.model.encoder), crooked(p.model.decoder))
        matrices = [w for w in jax.tree.leaves(networks) if eqx.is_inexact_array(w) and w.ndim > 1]
        return jnp.full(p.x.shape[0], self.weight * sum(jnp.sum(w**2) for w in matrices))


MEMBERS: dict[str, type[AbstractPenalty]] = {
    "l1": L1,
    "l2": L2,
    "contraction": Contraction,
    "weight_decay": WeightDecay,
}
"""The penalties by the names that settings and the command line use."""
