"""Neighbours in the data stay neighbours in the code: contrastive penalties over pairs."""

import functools
import operator
from abc import abstractmethod
from dataclasses import replace
from typing import Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from isthmus.checks import check_between, check_scale
from isthmus.errors import SettingError
from isthmus.pairs import Pairs
from isthmus.penalties.paired import AbstractPairedPenalty, check_pairs
from isthmus.records import Pass
from isthmus.specifications import Number

NEAREST = Pairs(neighbours=15)
"""The pairs of a map: 15 neighbours, as UMAP has them by default."""

SPREAD = 10.0
"""Standard deviation of the codes before training, in lengths of the kernel.

A map of some ten thousand examples settles at a few times this: so it unfolds from the start.
"""


FEW = 8
"""Largest code whose squared distances are sums of differences; above, a product is faster."""

TINY = 1e-30
"""Added to a sum of similarities: in single precision it is 0 where all codes are far apart."""


class AbstractNeighbours(AbstractPairedPenalty):
    r"""A loss that pulls the codes of a pair together and pushes all other codes apart.

    The similarity of two codes is a Cauchy kernel, with a length s and a temperature :math:`\tau`:

    .. math:: q(z, z') = \left(1 + \|z - z'\|^2 / s^2\right)^{-1/\tau}

    Batches hold pairs, of codes :math:`z_i` and :math:`z'_i` (the second view's). The other codes
    of the batch, of both views, stand in for all other examples. Nothing is charged where there
    is no second view, as for neighbours in validation; so ``patience="auto"`` does not stop early.
    """

    arranges_codes = True
    weight: eqx.AbstractVar[Number]
    temperature: eqx.AbstractVar[Number]
    scale: eqx.AbstractVar[Number | None]
    pairs: eqx.AbstractVar[Pairs]

    @abstractmethod
    def of_other(self, similarity: Float[Array, "B B"]) -> Float[Array, "B B"]:
        """Return what the loss sums over the other codes, given similarities: 0 for 0."""

    @abstractmethod
    def loss(
        self, near: Float[Array, " B"], rest: Float[Array, " B"], others: Float[Array, ""]
    ) -> Float[Array, " B"]:
        """Return the loss of each pair, nats.

        Parameters
        ----------
        near
            Log similarity of each pair.
        rest
            Sum of `of_other` over the other codes of the batch.
        others
            Their number.
        """

    @property
    def paired(self) -> Pairs:
        """The pairs."""
        return self.pairs

    def initialised(self, codes: Float[np.ndarray, "n d"]) -> Self:
        """Return this penalty with the kernel's length chosen, where it is left open."""
        if self.scale is not None:
            return self
        spread = float(np.sqrt(np.mean(np.var(codes, axis=0))))
        return replace(self, scale=spread / SPREAD if spread > 0 else 1.0)

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the weighted loss of each pair: the mean of both directions and of the draws."""
        if p.view is None:
            return jnp.zeros(p.x.shape[0])
        losses = jax.vmap(self._both, in_axes=(0, 0, None))
        return self.weight * losses(p.draw.z, p.view.draw.z, p.context.weights).mean(0)

    def _both(
        self, a: Float[Array, "B d"], b: Float[Array, "B d"], weights: Float[Array, " B"]
    ) -> Float[Array, " B"]:
        """Return the loss of each pair (a, b), the mean of both directions."""
        near = self._logarithm(((a - b) ** 2).sum(-1))
        others = 2 * (weights.sum() - 1)
        across = self._of_others(a, b)
        rest = across @ weights + self._of_others(a, a) @ weights
        back = weights @ across + self._of_others(b, b) @ weights
        return (self.loss(near, rest, others) + self.loss(near, back, others)) / 2

    def _of_others(self, a: Float[Array, "B d"], b: Float[Array, "B d"]) -> Float[Array, "B B"]:
        """Return `of_other` of all codes of a and of b; zero for those of one place."""
        similarity = jnp.exp(self._logarithm(_squared_distances(a, b)))
        return self.of_other(jnp.where(jnp.eye(len(a), dtype=bool), 0.0, similarity))

    def _logarithm(self, squares: Array) -> Array:
        """Return the log similarity of codes with these squared distances."""
        if self.scale is None:
            raise SettingError(
                f"penalty {type(self).__name__}: scale is None before training; the estimator "
                "chooses it from the codes. Give a length of the kernel."
            )
        return -jnp.log1p(squares / self.scale**2) / self.temperature


class Neighbours(AbstractNeighbours):
    r"""Contrastive neighbours, InfoNCE: each code tells its pair from the rest of the batch.

    .. math:: w \left( -\log \frac{q(z_i, z'_i)}{q(z_i, z'_i) + \sum_k q(z_i, z_k)} \right)

    where k runs over the other codes of the batch, of both views; the mean with the roles of the
    two views exchanged, and over the draws. q is the Cauchy kernel of `AbstractNeighbours`.

    When the batch holds all examples and the pairs are drawn by :math:`p_{j|i}`, its mean over
    the pairs is :math:`\sum_i \mathrm{KL}(p_{\cdot|i} \| q_{\cdot|i})` plus the entropy of p, which
    is a constant: the divergence of t-SNE, normalised by example as in SNE.

    Parameters
    ----------
    weight
        w >= 0, nats per nat.
    temperature
        Exponent 1 / temperature of the kernel, > 0. At 1 the tails are t-SNE's; below, clusters
        lie closer together.
    scale
        Length s of the kernel in units of the code, > 0; None takes a tenth of the codes' standard
        deviation before training, so that codes may have any scale.
    pairs
        What an example is paired with.

    References
    ----------
    Damrich, Böhm, Hamprecht and Kobak, From t-SNE to UMAP with contrastive learning, ICLR 2023,
    equation 7; there all negative pairs are drawn anew, here they are the rest of the batch. Böhm,
    Berens and Kobak, Unsupervised visualization of image datasets using contrastive learning, ICLR
    2023, equation 3: the same with augmentations. Sainburg, McInnes and Gentner, Parametric UMAP
    embeddings, Neural Computation 2021, section 2.4: with a reconstruction.

    Examples
    --------
    >>> Neighbours().pairs.neighbours
    15
    """

    weight: Number = 1.0
    temperature: Number = 1.0
    scale: Number | None = None
    pairs: Pairs = NEAREST

    def __check_init__(self) -> None:
        _check(self)

    def of_other(self, similarity: Float[Array, "B B"]) -> Float[Array, "B B"]:
        """Return the similarity."""
        return similarity

    def loss(
        self, near: Float[Array, " B"], rest: Float[Array, " B"], others: Float[Array, ""]
    ) -> Float[Array, " B"]:
        """Return the cross-entropy of choosing the pair among all."""
        return jnp.log(jnp.exp(near) + rest + TINY) - near


class NegativeSampling(AbstractNeighbours):
    r"""Neighbours by negative sampling, as UMAP does: a pair against single other codes.

    .. math:: w \left( -\log \frac{q(z_i, z'_i)}{q(z_i, z'_i) + c}
        - \frac{m}{M} \sum_k \log \frac{c}{q(z_i, z_k) + c} \right)

    where k runs over the M other codes of the batch, of both views. With c = 1 the loss is UMAP's
    with a = b = 1 in its kernel. A smaller c lets neighbours attract less, up to t-SNE's balance.

    Parameters
    ----------
    weight
        w >= 0, nats per nat.
    negatives
        m > 0: how much the others weigh, as if this number of them were drawn for each pair.
    normaliser
        c > 0.
    temperature, scale, pairs
        As of `Neighbours`.

    References
    ----------
    Damrich, Böhm, Hamprecht and Kobak, From t-SNE to UMAP with contrastive learning, ICLR 2023,
    equation 6, and section 5 for what c does; McInnes, Healy and Melville, UMAP, 2018, section 3.2.
    UMAP's gradient has an epsilon that is not here.

    Examples
    --------
    >>> NegativeSampling(normaliser=0.1).negatives
    5.0
    """

    weight: Number = 1.0
    negatives: Number = 5.0
    normaliser: Number = 1.0
    temperature: Number = 1.0
    scale: Number | None = None
    pairs: Pairs = NEAREST

    def __check_init__(self) -> None:
        _check(self)
        owner = "penalty NegativeSampling"
        check_between(owner, "negatives", self.negatives, 0, np.inf, open_low=True)
        check_between(owner, "normaliser", self.normaliser, 0, np.inf, open_low=True)

    def of_other(self, similarity: Float[Array, "B B"]) -> Float[Array, "B B"]:
        """Return the logistic loss of taking another code for the pair."""
        return jnp.log1p(similarity / self.normaliser)

    def loss(
        self, near: Float[Array, " B"], rest: Float[Array, " B"], others: Float[Array, ""]
    ) -> Float[Array, " B"]:
        """Return the logistic losses of the pair and of the others."""
        of_pair = jax.nn.softplus(jnp.log(self.normaliser) - near)
        return of_pair + self.negatives * rest / jnp.maximum(others, 1)


def _squared_distances(a: Float[Array, "B d"], b: Float[Array, "B d"]) -> Float[Array, "B B"]:
    if a.shape[1] <= FEW:  # differences, which XLA fuses with what is made of them
        steps = [(a[:, i, None] - b[:, i]) ** 2 for i in range(a.shape[1])]
        return functools.reduce(operator.add, steps)
    squares = (a**2).sum(-1)[:, None] + (b**2).sum(-1) - 2 * a @ b.T
    return jnp.maximum(squares, 0.0)


def _check(penalty: Neighbours | NegativeSampling) -> None:
    owner = f"penalty {type(penalty).__name__}"
    check_between(owner, "weight", penalty.weight, 0, np.inf)
    check_scale(owner, "temperature", penalty.temperature)
    if penalty.scale is not None:
        check_scale(owner, "scale", penalty.scale)
    check_pairs(owner, penalty.pairs)
