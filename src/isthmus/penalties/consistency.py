"""What a head says of an example holds for its second view: consistency, over pairs."""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from isthmus.checks import check_between
from isthmus.pairs import Pairs
from isthmus.penalties.paired import AbstractPairedPenalty, check_pairs
from isthmus.records import Pass
from isthmus.specifications import Number

NEAREST = Pairs(neighbours=7)
"""Neighbours, because they are there for examples of any kind."""


class Consistency(AbstractPairedPenalty):
    r"""Let the heads say of a second view what they say of the example.

    .. math:: w \, 1[\max_y p(y | x) \ge c] \, \mathrm{KL}(p(\cdot | x) \,\|\, p(\cdot | x'))

    summed over the heads, the mean over the draws; no gradient flows into p(y | x). Of a regression
    it is half the squared difference in units of the noise. It needs no label. With an augmentation
    as the second view this is consistency training; with neighbours in the data, labels spread over
    their graph while training goes on.

    Parameters
    ----------
    weight
        w >= 0, nats per nat.
    confidence
        c in [0, 1]: examples of which the head is less sure are left out; 0 leaves out none.
    pairs
        What an example is paired with.

    References
    ----------
    Xie et al., Unsupervised data augmentation for consistency training, NeurIPS 2020, equation 1;
    the threshold is section 2.3 there. Belkin, Niyogi and Sindhwani, Manifold regularization, JMLR
    2006, equation 4, for neighbours; there the difference is squared.

    Examples
    --------
    >>> Consistency().pairs.neighbours
    7
    """

    needs_head = True
    weight: Number = 1.0
    confidence: Number = 0.0
    pairs: Pairs = NEAREST

    def __check_init__(self) -> None:
        check_between("penalty Consistency", "weight", self.weight, 0, np.inf)
        check_between("penalty Consistency", "confidence", self.confidence, 0, 1)
        check_pairs("penalty Consistency", self.pairs)

    @property
    def paired(self) -> Pairs:
        """The pairs."""
        return self.pairs

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the weighted divergence of each example's second view from the example."""
        if p.view is None:
            return jnp.zeros(len(p.x))
        total = jnp.zeros(len(p.x))
        for head in p.model.heads:
            said = jax.lax.stop_gradient(jax.vmap(head.read)(p.draw.z))  # (K, B, outputs)
            sure = head.confidence(said) >= self.confidence
            apart = head.divergence(said, jax.vmap(head.read)(p.view.draw.z))
            total += (sure * apart).mean(0)
        return self.weight * total
