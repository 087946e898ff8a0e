"""The estimators that a model file may name."""

from typing import Any, TypeVar

ESTIMATORS: dict[str, Any] = {}
"""Classes by the names that model files know them by."""

Class = TypeVar("Class", bound=type)


def registered(cls: Class) -> Class:
    """Return a class after entering it into the table under its own name."""
    ESTIMATORS[cls.__name__] = cls
    return cls
