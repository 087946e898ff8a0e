"""The convolution, in one place: patches times a matrix on a CPU, the native one elsewhere.

XLA's CPU convolution is over ten times slower inside a compiled loop than the same arithmetic
written as strided slices, concatenated, times a matrix; on an accelerator the native one wins.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

Shape = tuple[int, ...]


def convolved_shape(in_shape: Shape, channels: int, stride: int) -> Shape:
    """Return the shape that a convolution with "same" padding gives to images of ``in_shape``.

    Examples
    --------
    >>> convolved_shape((7, 5, 1), channels=8, stride=2)
    (4, 3, 8)
    """
    height, width, _ = in_shape
    return (-(-height // stride), -(-width // stride), channels)


def convolve(
    x: Float[Array, "B H W C"], kernel: Float[Array, "kh kw C c"], stride: int
) -> Float[Array, "B h w c"]:
    """Convolve images with zero padding; the output is ceil(input / stride) on each side."""
    if jax.default_backend() == "cpu":
        return _convolve_by_patches(x, kernel, stride)
    return jax.lax.conv_general_dilated(
        x, kernel, (stride, stride), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )


def convolve_transposed(
    y: Float[Array, "B h w c"], kernel: Float[Array, "kh kw C c"], stride: int, out_shape: Shape
) -> Float[Array, "B H W C"]:
    """Apply the transpose of `convolve` on images of ``out_shape``."""
    images = jax.ShapeDtypeStruct((y.shape[0], *out_shape), y.dtype)
    (x,) = jax.linear_transpose(lambda x: convolve(x, kernel, stride), images)(y)
    return x


def _convolve_by_patches(x: Array, kernel: Array, stride: int) -> Array:
    kh, kw, c_in, c_out = kernel.shape
    batch, height, width, _ = x.shape
    h, w, _ = convolved_shape((height, width, c_in), c_out, stride)
    top, bottom = _padding(height, h, kh, stride)
    left, right = _padding(width, w, kw, stride)
    padded = jnp.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)))
    patches = [
        jax.lax.slice(
            padded,
            (0, i, j, 0),
            (batch, i + (h - 1) * stride + 1, j + (w - 1) * stride + 1, c_in),
            (1, stride, stride, 1),
        )
        for i in range(kh)
        for j in range(kw)
    ]
    rows = jnp.concatenate(patches, axis=-1).reshape(batch * h * w, kh * kw * c_in)
    return (rows @ kernel.reshape(kh * kw * c_in, c_out)).reshape(batch, h, w, c_out)


def _padding(size: int, out: int, window: int, stride: int) -> tuple[int, int]:
    """Return the rows to add before and after, as "SAME" places them."""
    missing = max((out - 1) * stride + window - size, 0)
    return missing // 2, missing - missing // 2
