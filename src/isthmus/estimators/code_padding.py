"""Models with a wider code than they use, so that several code sizes share one program.

The weights of the dimensions too many are zero on both sides of the code. There they stay: such a
dimension is always zero, so nothing flows back through the decoder's weights to it, and what would
flow to the encoder's is a product with the decoder's zeros. The model is the smaller one exactly.
"""

from dataclasses import replace
from typing import Any

import jax.numpy as jnp

from isthmus.latents import Deterministic
from isthmus.model import Model
from isthmus.networks import Chain, LinearPath
from isthmus.networks.layers import Linear


def can_pad(model: Model) -> bool:
    """Tell whether zeros in the code and in its weights change nothing about a model."""
    plain = isinstance(model.latent, Deterministic) and model.latent.activation == "identity"
    return (
        plain
        and _ends_linear(model.encoder, -1)
        and _ends_linear(model.decoder, 0)
        and not model.heads
        and all(penalty.ignores_zeros for penalty in model.penalties)
    )


def resize(model: Model, latent_dim: int) -> Model:
    """Return the model with its code padded with zeros, or cut, to ``latent_dim``."""
    return replace(
        model,
        encoder=_resized_network(model.encoder, -1, latent_dim),
        decoder=_resized_network(model.decoder, 0, latent_dim),
        latent_dim=latent_dim,
    )


def _ends_linear(network: object, end: int) -> bool:
    """Tell whether the map at this end is linear, and bare where it gives the code."""
    if isinstance(network, LinearPath):
        return _ends_linear(network.network, end)
    if not isinstance(network, Chain) or not isinstance(network.affines[end], Linear):
        return False
    last = network.finishes[-1]
    bare = last.norm is None and last.activation == "identity" and last.dropout is None
    return end == 0 or bare


def _resized_network(network: Any, end: int, size: int) -> Any:
    if isinstance(network, LinearPath):
        linear = _resized(network.linear, end, size)
        return LinearPath(linear, _resized_network(network.network, end, size), network.link)
    affines = list(network.affines)
    affines[end] = _resized(affines[end], end, size)
    return Chain(tuple(affines), network.finishes)


def _resized(linear: Linear, axis: int, size: int) -> Linear:
    """Return a map with ``size`` inputs (axis 0) or outputs (axis -1), those too many at zero."""
    kept = min(size, linear.weight.shape[axis])
    cut = linear.weight[:kept] if axis == 0 else linear.weight[:, :kept]
    pad = [(0, 0), (0, 0)]
    pad[axis] = (0, size - kept)
    weight = jnp.pad(cut, pad)
    if axis == 0:
        return Linear(weight=weight, bias=linear.bias, in_shape=(size,), out_shape=linear.out_shape)
    bias = jnp.pad(linear.bias[:kept], (0, size - kept))
    return Linear(weight=weight, bias=bias, in_shape=linear.in_shape, out_shape=(size,))
