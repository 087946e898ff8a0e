"""Small weights."""

from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from isthmus.checks import check_between
from isthmus.networks import AbstractNetwork, nonlinear_branch
from isthmus.penalties.abstract import AbstractPenalty
from isthmus.records import Pass
from isthmus.specifications import Number


class WeightDecay(AbstractPenalty):
    r"""Small weights: :math:`w \sum_i \theta_i^2` over the weight matrices and kernels.

    Biases are not penalised, nor is a linear path: with one, decay draws the model towards PCA.
    It is part of the training loss alone, not of the validation loss.

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

    ignores_zeros: ClassVar[bool] = True
    weight: Number = 1e-4

    def __check_init__(self) -> None:
        check_between("penalty WeightDecay", "weight", self.weight, 0, np.inf)

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the weighted sum of squares, the same for every example."""
        if not p.context.training:
            return jnp.zeros(p.x.shape[0])
        squares = _squares(p.model.encoder) + _squares(p.model.decoder)
        return jnp.full(p.x.shape[0], self.weight * squares)


class DecoderWeightDecay(AbstractPenalty):
    r"""A decoder of small weights: :math:`w \sum_i \theta_i^2` over its matrices and kernels.

    Biases and a linear path go free, and validation does, as in `WeightDecay`. A tied decoder has
    no weights of its own and costs nothing.

    Parameters
    ----------
    weight
        w >= 0, nats a squared weight.

    References
    ----------
    Ghosh et al., From variational to deterministic autoencoders, ICLR 2020, section 3.1 (RAE-L2);
    there the biases pay as well.

    Examples
    --------
    >>> DecoderWeightDecay(0.1).weight
    0.1
    """

    ignores_zeros: ClassVar[bool] = True
    weight: Number = 1e-4

    def __check_init__(self) -> None:
        check_between("penalty DecoderWeightDecay", "weight", self.weight, 0, np.inf)

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the weighted sum of squares, the same for every example."""
        if not p.context.training:
            return jnp.zeros(p.x.shape[0])
        return jnp.full(p.x.shape[0], self.weight * _squares(p.model.decoder))


def _squares(network: AbstractNetwork | None) -> Float[Array, ""]:
    """Return the sum of the squared weights outside of any linear path."""
    leaves = jax.tree.leaves(nonlinear_branch(network))
    matrices = [leaf for leaf in leaves if eqx.is_inexact_array(leaf) and leaf.ndim > 1]
    return sum((jnp.sum(w**2) for w in matrices), jnp.zeros(()))
