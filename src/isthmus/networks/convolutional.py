"""Convolutional networks for images of any height, width and channels."""

import equinox as eqx
import numpy as np

from isthmus.activations import activation as find_activation
from isthmus.checks import check_between, check_whole
from isthmus.errors import SettingError
from isthmus.networks.chain import Chain
from isthmus.networks.dense import Dense, are_positive, check_widths, dense_chain, finish
from isthmus.networks.layers import Convolution
from isthmus.specifications import Spec


class Convolutional(Spec):
    """Strided convolutions, then dense layers, then a linear output; its mirror decodes.

    Parameters
    ----------
    channels
        Output channels of each convolution.
    kernel_size
        Side of the square window.
    stride
        Step of the window; each convolution divides the sides by it, rounded up. One number, or
        one a convolution.
    hidden
        Widths of the dense layers between the convolutions and the output.
    activation
        After every convolution and every hidden layer.
    batch_norm
        Normalise before the activations.
    dropout
        Share of activations dropped in training, in [0, 1).

    Examples
    --------
    >>> spec = Convolutional(channels=(8, 16))
    >>> network = spec.build(15, 2, rng=np.random.default_rng(0), image_shape=(5, 3, 1))
    >>> [affine.out_shape for affine in network.affines]
    [(3, 2, 8), (2, 1, 16), (128,), (2,)]
    """

    channels: tuple[int, ...] = eqx.field(static=True, default=(16, 32))
    kernel_size: int = eqx.field(static=True, default=3)
    stride: int | tuple[int, ...] = eqx.field(static=True, default=2)
    hidden: tuple[int, ...] | str = eqx.field(static=True, default=(128,))
    activation: str = eqx.field(static=True, default="gelu")
    batch_norm: bool = eqx.field(static=True, default=False)
    dropout: float = eqx.field(static=True, default=0.0)

    def __check_init__(self) -> None:
        check_widths("Convolutional: hidden", self.hidden)
        find_activation(self.activation)
        check_between("Convolutional", "dropout", self.dropout, 0, 0.99)
        if not self.channels or not are_positive(self.channels):
            raise SettingError(
                f"Convolutional: channels is {self.channels!r}; it must be positive whole numbers, "
                "one a convolution."
            )
        check_whole("Convolutional", "kernel_size", self.kernel_size, 1)
        strides = self.strides()
        if len(strides) != len(self.channels) or not are_positive(strides):
            raise SettingError(
                f"Convolutional: stride is {self.stride!r}; it must be one positive whole number, "
                f"or {len(self.channels)} of them, one a convolution."
            )

    def strides(self) -> tuple[int, ...]:
        """Return the stride of each convolution."""
        if isinstance(self.stride, tuple | list):
            return tuple(self.stride)
        return (self.stride,) * len(self.channels)

    def build(
        self,
        in_features: int,
        out_features: int,
        *,
        rng: np.random.Generator,
        image_shape: tuple[int, int, int] | None = None,
    ) -> Chain:
        """Draw a network from images to ``out_features``.

        Raises
        ------
        SettingError
            If the examples are not images.
        """
        if image_shape is None:
            raise SettingError(
                f"A convolutional network needs images, and these examples are flat ({in_features} "
                "features): give image_shape=(height, width, channels)."
            )
        shape: tuple[int, ...] = image_shape
        affines, finishes = [], []
        for channels, stride in zip(self.channels, self.strides(), strict=True):
            affines.append(
                Convolution.create(rng, shape, channels, self.kernel_size, stride, self.activation)
            )
            finishes.append(finish(self.activation, channels, self.batch_norm, self.dropout))
            shape = affines[-1].out_shape
        assert not isinstance(self.hidden, str), "the estimator resolves 'auto' before it builds"
        spec = Dense(self.hidden, self.activation, self.batch_norm, self.dropout)
        dense = dense_chain(shape, self.hidden, out_features, spec, rng)
        return Chain((*affines, *dense.affines), (*finishes, *dense.finishes))
