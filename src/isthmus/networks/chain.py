"""Networks: chains of finished affine maps, their mirrors, their ties, and the path from PCA.

Every network is called as ``network(x, context)`` on a batch of flat examples and returns
``(y, network)``: the outputs, and itself with running statistics moved. Without a context it runs
as it does after training and returns itself unchanged.
"""

import math
from abc import abstractmethod
from collections.abc import Callable
from typing import Self

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Array, Float

from isthmus.activations import Link, link_function
from isthmus.errors import SettingError
from isthmus.networks.layers import AbstractAffine, BatchNorm, Finish, Linear, zeros
from isthmus.records import Context


class AbstractNetwork(eqx.Module):
    """A map from flat examples (B, in) to flat outputs (B, out)."""

    @abstractmethod
    def __call__(
        self, x: Float[Array, "B fan_in"], context: Context | None
    ) -> tuple[Float[Array, "B fan_out"], Self]:
        """Return the outputs, and this network with its statistics moved."""

    @property
    def layer_shapes(self) -> tuple[tuple[int, ...], ...]:
        """Shapes from the input to the output, layer by layer; () for a module without layers."""
        return ()

    @property
    def first_weights(self) -> Float[Array, "fan_in units"] | None:
        """Weights of the first layer, where that is fully connected; else None."""
        return None

    @property
    def ends_bare(self) -> bool:
        """Whether the output is a layer without normalisation, activation and dropout."""
        return False

    def ends_linear(self, end: int) -> bool:
        """Return whether the first (end 0) or the last (-1) map is a matrix, bare at the last."""
        return False

    def resized(self, end: int, size: int) -> "AbstractNetwork":
        """Return this network with ``size`` inputs (end 0) or outputs (-1).

        Weights of further ones are zero. Only for a network that `ends_linear`.
        """
        raise SettingError(f"{type(self).__name__} has no linear end of which the size can change.")


class Chain(AbstractNetwork):
    """Affine maps, each with its finish, one after another."""

    affines: tuple[AbstractAffine, ...]
    finishes: tuple[Finish, ...]

    def __call__(
        self, x: Float[Array, "B fan_in"], context: Context | None
    ) -> tuple[Float[Array, "B fan_out"], Self]:
        """Return the flat outputs, and this chain with its statistics moved."""
        maps = tuple(affine.__call__ for affine in self.affines)
        y = x.reshape(x.shape[0], *self.affines[0].in_shape)
        y, finishes = _run(maps, self.finishes, y, context)
        return y, type(self)(self.affines, finishes)

    @property
    def layer_shapes(self) -> tuple[tuple[int, ...], ...]:
        """Shapes from the input to the output."""
        return (self.affines[0].in_shape, *(affine.out_shape for affine in self.affines))

    @property
    def first_weights(self) -> Float[Array, "fan_in units"] | None:
        """Weights of the first layer, where that is fully connected; else None."""
        first = self.affines[0]
        return first.weight if isinstance(first, Linear) else None

    @property
    def ends_bare(self) -> bool:
        """Whether the last layer has neither normalisation nor activation nor dropout."""
        last = self.finishes[-1]
        return last.norm is None and last.activation == "identity" and last.dropout is None

    def ends_linear(self, end: int) -> bool:
        """Return whether the map at this end is a matrix, bare where it gives the output."""
        return isinstance(self.affines[end], Linear) and (end == 0 or self.ends_bare)

    def resized(self, end: int, size: int) -> "Chain":
        """Return this chain with another size of its first or last map."""
        affines = list(self.affines)
        linear = affines[end]
        assert isinstance(linear, Linear)
        affines[end] = linear.resized(end, size)
        return type(self)(tuple(affines), self.finishes)


class Tied(AbstractNetwork):
    """The decoder that has no weights but the encoder's, transposed; biases are its own.

    It is bound to the encoder for each pass, so that the gradient of a weight is the sum of both
    its uses.
    """

    biases: tuple[Float[Array, " _"], ...]
    finishes: tuple[Finish, ...]

    def __call__(
        self, x: Float[Array, "B fan_in"], context: Context | None
    ) -> tuple[Float[Array, "B fan_out"], Self]:
        """Raise: a tied decoder runs only with its encoder, see `run`."""
        raise SettingError("A tied decoder has no weights of its own; call run(encoder, ...).")

    def run(
        self, encoder: Chain, x: Float[Array, "B fan_in"], context: Context | None
    ) -> tuple[Float[Array, "B fan_out"], Self]:
        """Return the flat outputs of the transposed encoder, and this decoder moved."""
        maps = tuple(
            _TransposedMap(affine, bias)
            for affine, bias in zip(reversed(encoder.affines), self.biases, strict=True)
        )
        y, finishes = _run(maps, self.finishes, x, context)
        return y, type(self)(self.biases, finishes)


class LinearPath(AbstractNetwork):
    """The sum of a linear map and a network.

    Set from PCA, with the network's last layer at zero, training starts at PCA's error.

    Parameters
    ----------
    linear
        The linear branch.
    network
        The nonlinear branch.
    link
        Activation of the linear branch, such as the logit before a logistic output, or one for
        each group of columns.
    """

    linear: Linear
    network: AbstractNetwork
    link: Link = eqx.field(static=True, default="identity")

    def __call__(
        self, x: Float[Array, "B fan_in"], context: Context | None
    ) -> tuple[Float[Array, "B fan_out"], Self]:
        """Return link(linear(x)) + network(x), and this network with its statistics moved."""
        y, network = self.network(x, context)
        straight = link_function(self.link)(self.linear(x))
        return straight + y, type(self)(self.linear, network, self.link)

    def ends_linear(self, end: int) -> bool:
        """Return whether the nonlinear branch does."""
        return self.network.ends_linear(end)

    def resized(self, end: int, size: int) -> "LinearPath":
        """Return both branches with another size of the first or last map."""
        network = self.network.resized(end, size)
        return type(self)(self.linear.resized(end, size), network, self.link)


class PerExample(AbstractNetwork):
    """The user's own Equinox module, written for one flat example and mapped over the batch.

    A module that takes a ``key`` keyword gets one per example in training, and none after it.
    """

    module: Callable[..., Array]
    keyed: bool = eqx.field(static=True, default=False)

    def __call__(
        self, x: Float[Array, "B fan_in"], context: Context | None
    ) -> tuple[Float[Array, "B fan_out"], Self]:
        """Return the module's outputs, flattened."""
        if context is not None and context.training and self.keyed:
            keys = jax.random.split(context.key, x.shape[0])
            y = jax.vmap(lambda row, key: self.module(row, key=key))(x, keys)
        else:
            module = eqx.nn.inference_mode(self.module)
            y = jax.vmap(module)(x)
        return y.reshape(x.shape[0], -1), self


def nonlinear_branch(network: AbstractNetwork | None) -> AbstractNetwork | None:
    """Return the network parallel to a linear path, or the network itself without a path."""
    return network.network if isinstance(network, LinearPath) else network


def has_linear_path(network: AbstractNetwork | None) -> bool:
    """Return whether a network has a linear branch parallel to it."""
    return isinstance(network, LinearPath)


def mirror(encoder: Chain, latent_dim: int, rng: np.random.Generator) -> Chain:
    """Return a decoder with the encoder's layers in inverse order and fresh weights.

    Hidden layers carry the activations, the normalisation and the dropout of their counterparts;
    the output is linear.
    """
    finishes = _mirrored_finishes(encoder)
    affines: list[AbstractAffine] = []
    for affine, finish in zip(reversed(encoder.affines), finishes, strict=True):
        if affines:
            affines.append(affine.mirror(rng, finish.activation))
        else:  # the code may be narrower than the encoder's output (means, without variances)
            affines.append(Linear.create(rng, (latent_dim,), affine.in_shape, finish.activation))
    return Chain(tuple(affines), finishes)


def tie(encoder: Chain) -> Tied:
    """Return a tied decoder for ``encoder``: one bias for every layer that it transposes."""
    biases = tuple(
        zeros(affine.in_shape[-1] if len(affine.in_shape) == 3 else math.prod(affine.in_shape))
        for affine in reversed(encoder.affines)
    )
    return Tied(biases, _mirrored_finishes(encoder))


def start_at_zero(network: AbstractNetwork) -> Chain:
    """Return a chain with its last affine map at zero, so that it adds nothing yet."""
    assert isinstance(network, Chain)
    return eqx.tree_at(
        lambda c: c.affines[-1],
        network,
        replace_fn=lambda a: jax.tree.map(lambda w: zeros(*w.shape), a),
    )


class _TransposedMap(eqx.Module):
    """y -> W^T y + b for another layer's W."""

    affine: AbstractAffine
    bias: Array

    def __call__(self, y: Array) -> Array:
        return self.affine.transpose(y) + self.bias


def _run(
    maps: tuple[Callable[[Array], Array], ...],
    finishes: tuple[Finish, ...],
    y: Array,
    context: Context | None,
) -> tuple[Array, tuple[Finish, ...]]:
    """Run maps and finishes in turn, each with randomness of its own."""
    moved = []
    for i, (affine, finish) in enumerate(zip(maps, finishes, strict=True)):
        step = None if context is None else context.with_key(jax.random.fold_in(context.key, i))
        with jax.named_scope(f"layer {i + 1}"):
            y, finish = finish(affine(y), step)
        moved.append(finish)
    return y.reshape(y.shape[0], -1), tuple(moved)


def _mirrored_finishes(encoder: Chain) -> tuple[Finish, ...]:
    """Return the finishes of the hidden layers in inverse order, and a bare one for the output."""
    hidden = tuple(
        Finish(
            None if finish.norm is None else BatchNorm.create(_channels(affine)),
            finish.activation,
            finish.dropout,
        )
        for affine, finish in zip(encoder.affines[:-1], encoder.finishes[:-1], strict=True)
    )
    return (*reversed(hidden), Finish(None, "identity", None))


def _channels(affine: AbstractAffine) -> int:
    return affine.out_shape[-1]
