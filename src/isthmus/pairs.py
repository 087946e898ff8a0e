"""Pairs: what the second view of an example is, for penalties that compare two views."""

from dataclasses import replace
from typing import Self

import equinox as eqx

from isthmus.checks import check_whole
from isthmus.corruption import Shift
from isthmus.corruption.augmentation import (
    Augmentation,
    check_augmentation,
    create_augmentation,
)
from isthmus.errors import SettingError
from isthmus.specifications import Spec

SHIFT = 0.04
"""Greatest automatic shift of an image, as a share of its longer side: a pixel of a digit."""


class Pairs(Spec):
    """What each example is paired with while training.

    The feed draws one of the example's nearest neighbours in the training set, anew in every epoch;
    without neighbours, the example is its own second view. The compiled step then augments the
    view, and runs encoder and latent on it.

    Parameters
    ----------
    neighbours
        Number k >= 0 of nearest neighbours in the training set of which one is drawn; 0 for the
        example itself. In validation there are no neighbours, and so no second view.
    augmentation
        A corruption that keeps what matters of an example, such as `isthmus.corruption.Shift` of
        an image; ``"auto"`` shifts images by up to 0.04 of their longer side, and leaves other
        examples as they are; None leaves every view as it is.

    Examples
    --------
    >>> Pairs(neighbours=15).neighbours
    15
    >>> Pairs()
    Traceback (most recent call last):
        ...
    isthmus.errors.SettingError: Pairs without neighbours and without an augmentation are ...
    """

    neighbours: int = eqx.field(static=True, default=0)
    augmentation: Augmentation = None

    def __check_init__(self) -> None:
        check_whole("Pairs", "neighbours", self.neighbours, 0)
        check_augmentation("Pairs", self.augmentation)
        if self.neighbours == 0 and self.augmentation is None:
            raise SettingError(
                "Pairs without neighbours and without an augmentation are two equal views: give "
                "neighbours=15, or an augmentation."
            )

    def create(self, image_shape: tuple[int, int, int] | None) -> Self:
        """Return these pairs for examples of that shape."""
        made = create_augmentation(self.augmentation, image_shape, _shift)
        return replace(self, augmentation=made)


def _shift(image_shape: tuple[int, int, int]) -> Shift:
    return Shift(SHIFT * max(image_shape[:2]))
