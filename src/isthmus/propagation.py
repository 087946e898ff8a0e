"""Propagation: how examples without a label get one from their neighbours."""

from dataclasses import replace
from typing import Self

import equinox as eqx

from isthmus.checks import check_whole
from isthmus.corruption import AbstractCorruption, Affine
from isthmus.errors import SettingError
from isthmus.specifications import Spec

AUTOMATIC = "auto"


class Propagation(Spec):
    """Labels spread over the graph of nearest neighbours before training.

    Every example then has probabilities of the classes, from which the classifier learns as from
    labels. Neighbours are sought on principal axes. Distances leave out what an augmentation can
    change, to first order: between images those of a small shift, turn or stretch.

    Parameters
    ----------
    neighbours
        Number of nearest neighbours, >= 1.
    augmentation
        A corruption that keeps the label; ``"auto"`` is `isthmus.corruption.Affine` for images, and
        None for other examples. One without directions, such as noise, changes nothing.

    References
    ----------
    Calder et al., Poisson learning, ICML 2020, for how labels spread; Simard, LeCun and Denker,
    NIPS 1993, for the distance: here the mean of both one-sided ones, on principal axes.

    Examples
    --------
    >>> Propagation().neighbours
    7
    """

    neighbours: int = eqx.field(static=True, default=7)
    augmentation: AbstractCorruption | str | None = AUTOMATIC

    def __check_init__(self) -> None:
        check_whole("Propagation", "neighbours", self.neighbours, 1)
        if self.augmentation != AUTOMATIC and not isinstance(
            self.augmentation, AbstractCorruption | None
        ):
            raise SettingError(
                f"Propagation: augmentation is {self.augmentation!r}; it must be 'auto', None or a "
                "member of isthmus.corruption, such as Affine()."
            )

    def create(self, image_shape: tuple[int, int, int] | None) -> Self:
        """Return this for examples of that shape."""
        augmentation = self.augmentation
        if isinstance(augmentation, str):
            augmentation = None if image_shape is None else Affine()
        if augmentation is not None:
            augmentation = augmentation.create(image_shape)
        return replace(self, augmentation=augmentation)
