"""Layers: affine maps that know their transpose, batch normalisation, dropout, and blocks of them.

Layers work on whole batches, (B, ...), and a layer that keeps statistics returns its successor.
"""

import math
from abc import abstractmethod
from typing import Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from isthmus.activations import activation, initial_gain
from isthmus.networks.convolution import convolve, convolve_transposed, convolved_shape
from isthmus.records import Context
from isthmus.specifications import Fixed, Number

Shape = tuple[int, ...]


class AbstractAffine(eqx.Module):
    """An affine map of examples of one shape to examples of another, with its transpose at hand."""

    in_shape: eqx.AbstractVar[Shape]
    out_shape: eqx.AbstractVar[Shape]

    @abstractmethod
    def __call__(self, x: Float[Array, "B ..."]) -> Float[Array, "B ..."]:
        """Return the image of ``x``, bias included."""

    @abstractmethod
    def transpose(self, y: Float[Array, "B ..."]) -> Float[Array, "B ..."]:
        """Return the transposed linear map of ``y``, without bias: (B, *in_shape)."""

    @abstractmethod
    def mirror(self, rng: np.random.Generator, after: str) -> "AbstractAffine":
        """Return a fresh map from this one's outputs to its inputs, to be followed by ``after``."""


def initial_weight(
    rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int, after: str
) -> Array:
    """Draw weights whose scale suits the activation ``after`` them."""
    gain = initial_gain(after)
    saturating = gain in (1.0, 4.0)
    variance = 2 * gain**2 / (fan_in + fan_out) if saturating else gain**2 / fan_in
    return jnp.asarray(variance**0.5 * rng.standard_normal(shape, np.float32), jnp.float32)


def zeros(*shape: int) -> Array:
    """Return zeros, made on the host so that nothing is compiled for them."""
    return jnp.asarray(np.zeros(shape, np.float32))


def ones(*shape: int) -> Array:
    """Return ones, made on the host."""
    return jnp.asarray(np.ones(shape, np.float32))


class Linear(AbstractAffine):
    """x -> x W + b on flattened examples.

    Parameters
    ----------
    weight : (in, out)
    bias : (out,)
    in_shape
        Shape of an example before it is flattened.
    """

    weight: Float[Array, "fan_in fan_out"]
    bias: Float[Array, " fan_out"]
    in_shape: Shape = eqx.field(static=True)
    out_shape: Shape = eqx.field(static=True)

    @classmethod
    def create(
        cls, rng: np.random.Generator, in_shape: Shape, out_shape: Shape, after: str
    ) -> Self:
        """Draw the weights; the bias is zero."""
        fan_in, fan_out = math.prod(in_shape), math.prod(out_shape)
        weight = initial_weight(rng, (fan_in, fan_out), fan_in, fan_out, after)
        return cls(weight=weight, bias=zeros(fan_out), in_shape=in_shape, out_shape=out_shape)

    def __call__(self, x: Float[Array, "B ..."]) -> Float[Array, "B ..."]:
        """Return x W + b, (B, *out_shape)."""
        y = x.reshape(x.shape[0], -1) @ self.weight + self.bias
        return y.reshape(x.shape[0], *self.out_shape)

    def transpose(self, y: Float[Array, "B ..."]) -> Float[Array, "B ..."]:
        """Return y W^T; a narrower ``y`` meets the first columns alone (a posterior's means)."""
        y = y.reshape(y.shape[0], -1)
        return (y @ self.weight[:, : y.shape[1]].T).reshape(y.shape[0], *self.in_shape)

    def mirror(self, rng: np.random.Generator, after: str) -> "Linear":
        """Return a fresh linear map the other way."""
        return Linear.create(rng, self.out_shape, self.in_shape, after)

    def resized(self, end: int, size: int) -> "Linear":
        """Return a map with ``size`` inputs (end 0) or outputs (-1); weights of more are zero."""
        kept = min(size, self.weight.shape[end])
        cut = self.weight[:kept] if end == 0 else self.weight[:, :kept]
        pad = [(0, 0), (0, 0)]
        pad[end] = (0, size - kept)
        weight = jnp.pad(cut, pad)
        if end == 0:
            return Linear(weight=weight, bias=self.bias, in_shape=(size,), out_shape=self.out_shape)
        bias = jnp.pad(self.bias[:kept], (0, size - kept))
        return Linear(weight=weight, bias=bias, in_shape=self.in_shape, out_shape=(size,))


class Convolution(AbstractAffine):
    """A strided two-dimensional convolution with zero padding, output size ceil(input / stride).

    Parameters
    ----------
    kernel : (kh, kw, C_in, C_out)
    bias : (C_out,)
    in_shape
        (H, W, C_in).
    out_shape
        (ceil(H / stride), ceil(W / stride), C_out).
    stride
        Step of the window, in both directions.
    """

    kernel: Float[Array, "kh kw c_in c_out"]
    bias: Float[Array, " c_out"]
    in_shape: Shape = eqx.field(static=True)
    out_shape: Shape = eqx.field(static=True)
    stride: int = eqx.field(static=True)

    @classmethod
    def create(
        cls,
        rng: np.random.Generator,
        in_shape: Shape,
        channels: int,
        kernel_size: int,
        stride: int,
        after: str,
    ) -> Self:
        """Draw the kernel; the bias is zero."""
        window = kernel_size * kernel_size
        shape = (kernel_size, kernel_size, in_shape[-1], channels)
        kernel = initial_weight(rng, shape, window * in_shape[-1], window * channels, after)
        return cls(
            kernel=kernel,
            bias=zeros(channels),
            in_shape=in_shape,
            out_shape=convolved_shape(in_shape, channels, stride),
            stride=stride,
        )

    def __call__(self, x: Float[Array, "B H W C"]) -> Float[Array, "B h w c"]:
        """Return the convolved images."""
        return convolve(x, self.kernel, self.stride) + self.bias

    def transpose(self, y: Float[Array, "B h w c"]) -> Float[Array, "B H W C"]:
        """Return the transposed convolution, of exactly the input's size, odd sizes too."""
        y = y.reshape(y.shape[0], *self.out_shape)
        return convolve_transposed(y, self.kernel, self.stride, self.in_shape)

    def mirror(self, rng: np.random.Generator, after: str) -> "TransposedConvolution":
        """Return a fresh transposed convolution of the same geometry."""
        kh, kw, c_in, c_out = self.kernel.shape
        # An output pixel of the transpose sums about (window / stride)^2 inputs of c_out channels.
        fan_in = max(1, kh * kw // self.stride**2) * c_out
        kernel = initial_weight(rng, self.kernel.shape, fan_in, kh * kw * c_in, after)
        return TransposedConvolution(
            kernel=kernel,
            bias=zeros(c_in),
            in_shape=self.out_shape,
            out_shape=self.in_shape,
            stride=self.stride,
        )


class TransposedConvolution(AbstractAffine):
    """The transpose of a `Convolution`, with weights and bias of its own.

    Parameters
    ----------
    kernel : (kh, kw, C_out, C_in)
        As of the convolution that it transposes.
    bias : (C_out,)
    in_shape
        (ceil(H / stride), ceil(W / stride), C_in).
    out_shape
        (H, W, C_out).
    stride
        Of the convolution that it transposes.
    """

    kernel: Float[Array, "kh kw c_out c_in"]
    bias: Float[Array, " c_out"]
    in_shape: Shape = eqx.field(static=True)
    out_shape: Shape = eqx.field(static=True)
    stride: int = eqx.field(static=True)

    def __call__(self, x: Float[Array, "B ..."]) -> Float[Array, "B H W C"]:
        """Return the upsampled images."""
        x = x.reshape(x.shape[0], *self.in_shape)
        return convolve_transposed(x, self.kernel, self.stride, self.out_shape) + self.bias

    def transpose(self, y: Float[Array, "B H W C"]) -> Float[Array, "B h w c"]:
        """Return the plain convolution."""
        return convolve(y, self.kernel, self.stride)

    def mirror(self, rng: np.random.Generator, after: str) -> Convolution:
        """Return a fresh convolution of the same geometry."""
        return Convolution.create(
            rng, self.out_shape, self.kernel.shape[-1], self.kernel.shape[0], self.stride, after
        )


class BatchNorm(eqx.Module):
    """Batch normalisation over all axes but the last.

    y = scale (x - mean) / sqrt(variance + 1e-5) + offset. In training with the batch's weighted
    statistics, else with running ones (momentum 0.9).

    References
    ----------
    Ioffe and Szegedy, Batch normalization, ICML 2015, algorithms 1 and 2; the running variance
    is the biased one here, so that short weighted batches need no correction.
    """

    scale: Float[Array, " c"]
    offset: Float[Array, " c"]
    mean: Fixed
    variance: Fixed

    @classmethod
    def create(cls, channels: int) -> Self:
        """Start as the identity."""
        return cls(ones(channels), zeros(channels), Fixed(zeros(channels)), Fixed(ones(channels)))

    def __call__(
        self, x: Float[Array, "B ..."], context: Context | None
    ) -> tuple[Float[Array, "B ..."], Self]:
        """Return the normalised batch, and this layer with its running statistics moved."""
        if context is None or not context.training:
            return self._normalise(x, self.mean.value, self.variance.value), self
        axes = tuple(range(x.ndim - 1))
        weights = jnp.broadcast_to(
            context.weights.reshape(-1, *[1] * (x.ndim - 1)), (*x.shape[:-1], 1)
        )
        total = weights.sum()
        mean = (weights * x).sum(axes) / total
        variance = (weights * (x - mean) ** 2).sum(axes) / total
        moved = type(self)(
            self.scale,
            self.offset,
            Fixed(0.9 * self.mean.value + 0.1 * jax.lax.stop_gradient(mean)),
            Fixed(0.9 * self.variance.value + 0.1 * jax.lax.stop_gradient(variance)),
        )
        return self._normalise(x, mean, variance), moved

    def _normalise(self, x: Array, mean: Array, variance: Array) -> Array:
        return self.scale * (x - mean) * jax.lax.rsqrt(variance + 1e-5) + self.offset


class Finish(eqx.Module):
    """What follows an affine map: normalisation, activation, dropout, in that order."""

    norm: BatchNorm | None
    activation: str = eqx.field(static=True)
    dropout: Number | None

    def __call__(
        self, x: Float[Array, "B ..."], context: Context | None
    ) -> tuple[Float[Array, "B ..."], Self]:
        """Return the finished batch, and this finish with its statistics moved."""
        moved = self
        if self.norm is not None:
            x, norm = self.norm(x, context)
            moved = type(self)(norm, self.activation, self.dropout)
        x = activation(self.activation)(x)
        if context is not None and context.training and self.dropout is not None:
            kept = jax.random.uniform(context.key, x.shape) >= self.dropout
            x = jnp.where(kept, x / (1 - self.dropout), 0)
        return x, moved
