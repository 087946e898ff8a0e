"""Penalties on derivatives: of the code by the input, of the reconstruction by the code."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from isthmus.checks import check_between
from isthmus.errors import SettingError
from isthmus.penalties.abstract import AbstractPenalty
from isthmus.records import Pass
from isthmus.specifications import Number

STREAM = 0x4A6163
"""Folded into the step's key: directions are independent of every slot's noise."""


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


class DecoderSmoothness(AbstractPenalty):
    r"""Smooth decoding: :math:`w \lVert \partial \bar x / \partial z \rVert_F^2`.

    Of the mean reconstruction :math:`\bar x` in scaled units, at the codes drawn, the mean over
    draws. The decoder runs as it does after training. By random directions of independent signs,
    :math:`E \lVert J v \rVert^2 = \lVert J \rVert_F^2`, or exactly by one pass a code dimension.

    Parameters
    ----------
    weight
        w >= 0.
    probes
        Random directions an example, >= 1; 0 takes every axis of the code, which is exact.

    Raises
    ------
    SettingError
        When it is called, if the model has no decoder.

    References
    ----------
    Ghosh et al., From variational to deterministic autoencoders, ICLR 2020, section 3.1 (RAE-GP);
    the estimate is Hutchinson's, A stochastic estimator of the trace of the influence matrix, 1990.

    Examples
    --------
    >>> DecoderSmoothness(0.1, probes=0).probes
    0
    """

    weight: Number = 1e-2
    probes: int = eqx.field(static=True, default=1)

    def __check_init__(self) -> None:
        check_between("penalty DecoderSmoothness", "weight", self.weight, 0, np.inf)
        check_between("penalty DecoderSmoothness", "probes", self.probes, 0, np.inf)

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the weighted squared Frobenius norm of the decoder's Jacobian."""
        decode, z = _decoder_at("DecoderSmoothness", p)
        if self.probes:
            key = jax.random.fold_in(p.context.key, STREAM)
            directions = jax.random.rademacher(key, (self.probes, *z.shape), z.dtype)
        else:
            directions = jnp.eye(z.shape[1], dtype=z.dtype)
        _, forward = jax.linearize(decode, z)
        squares = jax.lax.map(
            lambda v: (forward(jnp.broadcast_to(v, z.shape)) ** 2).sum(-1),
            directions,
            batch_size=16,
        )
        norms = squares.sum(0) / max(self.probes, 1)
        return self.weight * norms.reshape(p.draw.z.shape[:2]).mean(0)


class DecoderIsometry(AbstractPenalty):
    r"""A decoder that keeps lengths: :math:`w (\lVert J u \rVert - 1)^2`, u a random direction.

    J is the Jacobian of the mean reconstruction, in scaled units, at the codes drawn; u is uniform
    on the unit sphere, one an example and draw; the mean over draws. Zero for every u exactly where
    :math:`J^T J = I`. The decoder runs as it does after training.

    Parameters
    ----------
    weight
        w >= 0.

    Raises
    ------
    SettingError
        When it is called, if the model has no decoder.

    References
    ----------
    Gropp, Atzmon and Lipman, Isometric autoencoders, 2020, the isometry term; their second term,
    which makes the encoder the decoder's pseudo-inverse, is left to the reconstruction.

    Examples
    --------
    >>> DecoderIsometry(0.1).weight
    0.1
    """

    weight: Number = 0.1

    def __check_init__(self) -> None:
        check_between("penalty DecoderIsometry", "weight", self.weight, 0, np.inf)

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the weighted squared departure of a direction's length from one."""
        decode, z = _decoder_at("DecoderIsometry", p)
        normal = jax.random.normal(jax.random.fold_in(p.context.key, STREAM), z.shape, z.dtype)
        directions = normal / jnp.linalg.norm(normal, axis=-1, keepdims=True)
        _, moved = jax.jvp(decode, (z,), (directions,))
        squares = (moved**2).sum(-1)
        # The root has no derivative at zero, where a dead decoder is: a tiny floor keeps it finite.
        departures = (jnp.sqrt(jnp.maximum(squares, 1e-12)) - 1) ** 2
        return self.weight * departures.reshape(p.draw.z.shape[:2]).mean(0)


def _decoder_at(owner: str, p: Pass) -> tuple[Callable[[Array], Array], Float[Array, "M d"]]:
    """Return the map from codes to mean reconstructions, and the codes of all draws in a row."""
    if p.model.decoder is None:
        raise SettingError(
            f"penalty {owner} needs a decoder, and decoder is None: set one, or drop the penalty."
        )
    return (
        lambda z: p.model.likelihood.mean(p.model.decode(z)),
        p.draw.z.reshape(-1, p.draw.z.shape[-1]),
    )
