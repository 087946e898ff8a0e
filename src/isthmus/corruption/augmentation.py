"""Augmentations: corruptions that keep what matters of an example, chosen by themselves."""

from collections.abc import Callable

from isthmus.corruption.abstract import AbstractCorruption
from isthmus.errors import SettingError

Augmentation = AbstractCorruption | str | None
"""A corruption; ``"auto"``, which depends on the examples; or None."""


def check_augmentation(owner: str, value: object) -> None:
    """Raise `SettingError` unless ``value`` is ``"auto"``, None or a corruption."""
    if value != "auto" and not isinstance(value, AbstractCorruption | None):
        raise SettingError(
            f"{owner}: augmentation is {value!r}; it must be 'auto', None or a member of "
            "isthmus.corruption, such as Shift(1)."
        )


def create_augmentation(
    value: Augmentation,
    image_shape: tuple[int, int, int] | None,
    of_images: Callable[[tuple[int, int, int]], AbstractCorruption],
) -> AbstractCorruption | None:
    """Return an augmentation for examples of that shape.

    Parameters
    ----------
    value
        ``"auto"`` augments images alone.
    image_shape
        None where the examples are no images.
    of_images
        Makes what ``"auto"`` stands for.
    """
    if isinstance(value, str):
        value = None if image_shape is None else of_images(image_shape)
    return None if value is None else value.create(image_shape)
