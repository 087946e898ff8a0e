"""Fully connected networks."""

from itertools import pairwise

import equinox as eqx
import numpy as np

from isthmus.activations import activation as find_activation
from isthmus.checks import check_between, is_whole
from isthmus.errors import SettingError
from isthmus.networks.chain import Chain
from isthmus.networks.layers import BatchNorm, Finish, Linear
from isthmus.specifications import Spec


class Dense(Spec):
    """A fully connected network: hidden layers, then a linear output.

    Parameters
    ----------
    hidden
        Widths of the hidden layers, from the input to the output; ``"auto"`` lets the estimator
        choose from the data.
    activation
        After every hidden layer.
    batch_norm
        Normalise every hidden layer before its activation.
    dropout
        Share of hidden activations dropped in training, in [0, 1).
    finish_output
        Give the output what a hidden layer gets (normalisation, activation, dropout) too.

    Examples
    --------
    >>> network = Dense(hidden=(128, 64)).build(784, 2, rng=np.random.default_rng(0))
    >>> [affine.out_shape for affine in network.affines]
    [(128,), (64,), (2,)]
    """

    hidden: tuple[int, ...] | str = eqx.field(static=True, default="auto")
    activation: str = eqx.field(static=True, default="gelu")
    batch_norm: bool = eqx.field(static=True, default=False)
    dropout: float = eqx.field(static=True, default=0.0)
    finish_output: bool = eqx.field(static=True, default=False)

    def __check_init__(self) -> None:
        check_widths("Dense: hidden", self.hidden)
        find_activation(self.activation)
        check_between("Dense", "dropout", self.dropout, 0, 0.99)

    def build(
        self,
        in_features: int,
        out_features: int,
        *,
        rng: np.random.Generator,
        image_shape: tuple[int, int, int] | None = None,
    ) -> Chain:
        """Draw a network from ``in_features`` to ``out_features``."""
        assert not isinstance(self.hidden, str), "the estimator resolves 'auto' before it builds"
        return dense_chain((in_features,), self.hidden, out_features, self, rng)


def dense_chain(
    in_shape: tuple[int, ...],
    hidden: tuple[int, ...],
    out_features: int,
    spec: Dense,
    rng: np.random.Generator,
) -> Chain:
    """Draw hidden layers and an output layer from examples of ``in_shape``."""
    shapes = [in_shape, *((width,) for width in hidden), (out_features,)]
    affines, finishes = [], []
    for i, (a, b) in enumerate(pairwise(shapes)):
        finished = i < len(hidden) or spec.finish_output
        name = spec.activation if finished else "identity"
        affines.append(Linear.create(rng, a, b, name))
        finishes.append(
            finish(name, b[0], spec.batch_norm and finished, spec.dropout if finished else 0)
        )
    return Chain(tuple(affines), tuple(finishes))


def finish(activation: str, channels: int, batch_norm: bool, dropout: float) -> Finish:
    """Return what follows a layer; a dropout of zero is none."""
    return Finish(BatchNorm.create(channels) if batch_norm else None, activation, dropout or None)


def check_widths(setting: str, widths: object) -> None:
    """Raise `SettingError` unless ``widths`` is "auto" or positive whole numbers."""
    if widths != "auto" and not are_positive(widths):
        raise SettingError(
            f"{setting} is {widths!r}; it must be 'auto' or positive whole numbers such as "
            "(128, 64)."
        )


def are_positive(numbers: object) -> bool:
    """Tell whether these are positive whole numbers, or none at all."""
    return isinstance(numbers, tuple | list) and all(is_whole(n, 1) for n in numbers)
