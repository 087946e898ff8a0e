"""The estimators that a model file may name."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from isthmus.estimators.fitted import Fitted

from typing import TypeVar

ESTIMATORS: dict[str, "type[Fitted]"] = {}
"""Classes by the names that model files know them by."""

Class = TypeVar("Class", bound=type)


def registered(cls: Class) -> Class:
    """Return a class after entering it into the table under its own name."""
    ESTIMATORS[cls.__name__] = cls
    return cls
