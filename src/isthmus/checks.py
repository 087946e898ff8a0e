"""Checks of plain numbers among the settings."""

from typing import Any

import numpy as np
from jaxtyping import Array

from isthmus.errors import SettingError


def check_between(
    owner: str, name: str, value: Any, low: float, high: float, *, open_low: bool = False
) -> None:
    """Raise `SettingError` unless a plain number lies in [low, high]; traced values pass."""
    if isinstance(value, Array):
        return
    right_type = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not right_type or not low <= value <= high or (open_low and value == low):
        bounds = f"{'(' if open_low else '['}{low:g}, {high:g}]"
        raise SettingError(f"{owner}: {name} is {value!r}; it must be a number in {bounds}.")


def check_whole(owner: str, name: str, value: Any, least: int) -> None:
    """Raise `SettingError` unless ``value`` is a whole number of at least ``least``."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or value < least:
        raise SettingError(
            f"{owner}: {name} is {value!r}; it must be a whole number of at least {least}."
        )
