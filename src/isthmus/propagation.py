"""Propagation: how examples without a label get one from their neighbours."""

from dataclasses import replace
from typing import Self

import equinox as eqx

from isthmus.checks import check_whole
from isthmus.corruption import Affine
from isthmus.corruption.augmentation import (
    Augmentation,
    check_augmentation,
    create_augmentation,
)
from isthmus.specifications import Spec


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
    augmentation: Augmentation = "auto"

    def __check_init__(self) -> None:
        check_whole("Propagation", "neighbours", self.neighbours, 1)
        check_augmentation("Propagation", self.augmentation)

    def create(self, image_shape: tuple[int, int, int] | None) -> Self:
        """Return this for examples of that shape."""
        made = create_augmentation(self.augmentation, image_shape, lambda _: Affine())
        return replace(self, augmentation=made)
