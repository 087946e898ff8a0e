"""Checks of an estimator's plain parameters."""

from isthmus.checks import check_between, check_whole
from isthmus.engine import HearsProgress, HearsStart
from isthmus.errors import SettingError
from isthmus.estimators.parameters import Parameters
from isthmus.estimators.slots import member

LEAST = {"latent_dim": 1, "epochs": 0, "batch_size": 1, "patience": 0}
"""Parameters that are whole numbers, with the smallest value of each."""


def check_settings(settings: Parameters) -> None:
    """Raise `SettingError` for plain parameters out of range."""
    for name, least in LEAST.items():
        value = getattr(settings, name)
        automatic = isinstance(value, str) and value == "auto" and name != "latent_dim"
        if not automatic:
            check_whole(None, name, value, least)
    check_between("The estimator", "validation_fraction", settings.validation_fraction, 0, 0.9)
    check_between("The estimator", "memory_limit", settings.memory_limit, 0, float("inf"))
    callbacks = settings.callbacks
    if not isinstance(callbacks, tuple | list) or not all(map(_is_callback, callbacks)):
        raise SettingError(f"callbacks is {callbacks!r}; it must be a list of functions.")
    for slot in ("latent", "bound"):
        member(slot, getattr(settings, slot))


def _is_callback(value: object) -> bool:
    return callable(value) or isinstance(value, HearsProgress | HearsStart)
