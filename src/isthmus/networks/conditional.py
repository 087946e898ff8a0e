"""Networks conditioned on a label."""

import math
from dataclasses import replace
from functools import partial
from typing import Any, Self, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from isthmus.errors import SettingError
from isthmus.networks.chain import AbstractNetwork, Chain, LinearPath
from isthmus.networks.layers import AbstractAffine, Shape, initial_weight
from isthmus.specifications import Fixed

T = TypeVar("T")


class Conditional(AbstractAffine):
    r"""An affine map with a bias of its own for every label, :math:`x \mapsto A x + b + V_y`.

    It equals the affine map of the input concatenated with the one-hot label: as further inputs of
    a linear map, as constant planes of the image under a convolution.

    Parameters
    ----------
    affine
        A and b.
    weight : (labels, b's size)
        V.
    in_shape, out_shape
        Those of the affine map.
    given : (B,) or (1,), or None
        Numbers of the labels of the examples, or one for all. When the rows are a multiple of the
        labels, they are several draws of every example, draw after draw.
    """

    affine: AbstractAffine
    weight: Float[Array, "labels _"]
    in_shape: Shape = eqx.field(static=True)
    out_shape: Shape = eqx.field(static=True)
    given: Fixed | None = None

    @classmethod
    def create(cls, affine: Any, labels: int, after: str, rng: np.random.Generator) -> Self:
        """Draw the biases as weights of a layer that ``after`` follows."""
        (size,) = affine.bias.shape
        fan_in = math.prod(affine.in_shape) + labels
        return cls(
            affine=affine,
            weight=initial_weight(rng, (labels, size), fan_in, size, after),
            in_shape=affine.in_shape,
            out_shape=affine.out_shape,
        )

    def __call__(self, x: Float[Array, "B ..."]) -> Float[Array, "B ..."]:
        """Return the image of ``x`` under the labels given.

        Raises
        ------
        SettingError
            If none are given, or those given are not of these rows.
        """
        if self.given is None:
            raise SettingError(
                "This model is conditioned on labels and got none: use model.given(labels)."
            )
        rows = self.weight[self.given.value]
        if len(x) % len(rows):
            raise SettingError(
                f"There are {len(rows)} labels for {len(x)} rows: a member of this model runs its "
                "networks on rows that are not examples and have no label."
            )
        rows = jnp.tile(rows, (len(x) // len(rows), 1))
        whole = rows.shape[1] == math.prod(self.out_shape)
        shape = self.out_shape if whole else (1, 1, rows.shape[1])
        return self.affine(x) + rows.reshape(len(x), *shape)

    def transpose(self, y: Float[Array, "B ..."]) -> Float[Array, "B ..."]:
        """Return the transposed linear map of ``y``, without labels."""
        return self.affine.transpose(y)

    def mirror(self, rng: np.random.Generator, after: str) -> AbstractAffine:
        """Return a fresh map in the other direction, without labels."""
        return self.affine.mirror(rng, after)


def conditioned(
    network: AbstractNetwork | None, labels: int, rng: np.random.Generator
) -> AbstractNetwork | None:
    """Return the network with its first map conditioned on one of ``labels`` labels.

    Raises
    ------
    SettingError
        If it is no built-in network with weights of its own.
    """
    if isinstance(network, LinearPath):
        return replace(network, network=conditioned(network.network, labels, rng))
    if isinstance(network, Chain):
        after = network.finishes[0].activation
        first = Conditional.create(network.affines[0], labels, after, rng)
        return replace(network, affines=(first, *network.affines[1:]))
    if network is None:
        return None
    raise SettingError(
        "Only built-in networks with weights of their own can be conditioned on labels: take "
        "encoder='dense' or 'conv', and a decoder that is not tied."
    )


def given(network: T, labels: Int[Array, " n"] | None) -> T:
    """Return the network with labels set in its conditional maps; None removes them."""
    give = partial(_give, None if labels is None else Fixed(labels))
    return jax.tree.map(give, network, is_leaf=lambda node: isinstance(node, Conditional))


def _give(labels: Fixed | None, node: object) -> object:
    return replace(node, given=labels) if isinstance(node, Conditional) else node
