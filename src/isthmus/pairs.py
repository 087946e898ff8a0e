"""Pairs: what the second view of an example is, for penalties that compare two views."""

from dataclasses import replace
from typing import Self

import equinox as eqx

from isthmus.checks import check_whole
from isthmus.corruption import AbstractCorruption
from isthmus.errors import SettingError
from isthmus.specifications import Spec


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
        an image; None leaves the view as it is.

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
    augmentation: AbstractCorruption | None = None

    def __check_init__(self) -> None:
        check_whole("Pairs", "neighbours", self.neighbours, 0)
        if not isinstance(self.augmentation, AbstractCorruption | None):
            raise SettingError(
                f"Pairs: augmentation is {self.augmentation!r}; it must be a member of "
                "isthmus.corruption, such as Shift(1)."
            )
        if self.neighbours == 0 and self.augmentation is None:
            raise SettingError(
                "Pairs without neighbours and without an augmentation are two equal views: give "
                "neighbours=15, or an augmentation."
            )

    def create(self, image_shape: tuple[int, int, int] | None) -> Self:
        """Return these pairs for examples of that shape."""
        if self.augmentation is None:
            return self
        return replace(self, augmentation=self.augmentation.create(image_shape))
