"""Checks of plain numbers among the settings."""

from operator import index
from typing import Any, SupportsIndex

import numpy as np
from jaxtyping import Array

from isthmus.errors import SettingError


def check_between(
    owner: str, name: str, value: Any, low: float, high: float, *, open_low: bool = False
) -> None:
    """Raise `SettingError` unless a plain number lies in [low, high]; traced values pass.

    Numbers are Python's, NumPy's, and arrays of them without axes.
    """
    if isinstance(value, Array):
        return
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    right_type = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not right_type or not low <= value <= high or (open_low and value == low):
        bounds = f"{'(' if open_low else '['}{low:g}, {high:g}]"
        raise SettingError(f"{owner}: {name} is {value!r}; it must be a number in {bounds}.")


SCALES = (1e-18, 1e18)
"""Least and largest scale: single precision holds its square, and the square's reciprocal."""


def check_scale(owner: str, name: str, value: Any, above: float = 0.0) -> None:
    """Raise `SettingError` unless a plain number is a scale above another; traced values pass.

    Examples
    --------
    >>> check_scale("likelihood Gaussian", "scale", 0)
    Traceback (most recent call last):
    isthmus.errors.SettingError: likelihood Gaussian: scale is 0; it must be a number in \
[1e-18, 1e+18].
    """
    least, largest = SCALES
    check_between(owner, name, value, max(above, least), largest, open_low=above >= least)


LARGEST = 2**31 - 1
"""Largest whole number of a setting: sizes and steps are counted in 32 bits."""


def check_whole(owner: str | None, name: str, value: object, least: int) -> None:
    """Raise `SettingError` unless ``value`` is a whole number from ``least`` to 2^31 - 1.

    The sentence begins with the owner of the setting, if one is named.
    """
    found = f"{name} is {value!r}" if owner is None else f"{owner}: {name} is {value!r}"
    if not isinstance(value, SupportsIndex) or not is_whole(value, least):
        raise SettingError(f"{found}; it must be a whole number of at least {least}.")
    if index(value) > LARGEST:
        raise SettingError(f"{found}; it must be at most {LARGEST}.")


def is_whole(value: object, least: int) -> bool:
    """Tell whether a value is a whole number of at least ``least``.

    Whole numbers are Python's, NumPy's, and arrays of them without axes; True is none.

    Examples
    --------
    >>> is_whole(3, 1), is_whole(np.int64(0), 1), is_whole(3.0, 1), is_whole(True, 1)
    (True, False, False, False)
    """
    if isinstance(value, bool) or not isinstance(value, SupportsIndex):
        return False
    try:
        return index(value) >= least
    except TypeError:
        return False
