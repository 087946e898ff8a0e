"""Pairs: what the second view of an example is, for penalties that compare two views."""

from dataclasses import replace
from typing import Self

import equinox as eqx

from isthmus.checks import check_whole
from isthmus.corruption import AbstractCorruption, Shift
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
    augmentation: AbstractCorruption | str | None = None

    def __check_init__(self) -> None:
        check_whole("Pairs", "neighbours", self.neighbours, 0)
        known = self.augmentation == "auto" or self.augmentation is None
        if not (known or isinstance(self.augmentation, AbstractCorruption)):
            raise SettingError(
                f"Pairs: augmentation is {self.augmentation!r}; it must be 'auto', None or a "
                "member of isthmus.corruption, such as Shift(1)."
            )
        if self.neighbours == 0 and self.augmentation is None:
            raise SettingError(
                "Pairs without neighbours and without an augmentation are two equal views: give "
                "neighbours=15, or an augmentation."
            )

    def create(self, image_shape: tuple[int, int, int] | None) -> Self:
        """Return these pairs for examples of that shape."""
        augmentation = self.augmentation
        if isinstance(augmentation, str):
            augmentation = None if image_shape is None else Shift(SHIFT * max(image_shape[:2]))
        if augmentation is not None:
            augmentation = augmentation.create(image_shape)
        return replace(self, augmentation=augmentation)
