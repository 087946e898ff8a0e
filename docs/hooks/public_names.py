"""What is public: the names of isthmus, its public modules, and their names."""

import importlib
import inspect
from types import ModuleType

import isthmus

FOR_EXTENDING = ("records", "specifications")
"""Modules that are public too, for those who write a member of a slot; imported by their path."""

GROUPS = {
    "Estimators": "isthmus",
    "Slots": ("corruption", "networks", "latents", "likelihoods", "bounds", "penalties", "heads"),
    "Around a fit": ("recipes", "samplers", "outliers", "scaling", "data"),
    "Measures and pictures": ("evaluation", "figures"),
    "For extending": (*FOR_EXTENDING, "errors"),
}
"""The pages of the reference, in order; a module that isthmus does not have yet is left out."""


def public_modules() -> list[str]:
    """Return the names of the public modules, sorted, without ``isthmus.`` before them."""
    inside = [name for name in isthmus.__all__ if inspect.ismodule(getattr(isthmus, name))]
    return sorted({*inside, *FOR_EXTENDING})


def own_names() -> list[str]:
    """Return the public names of isthmus itself that are no modules."""
    return [name for name in isthmus.__all__ if not inspect.ismodule(getattr(isthmus, name))]


def names_of(module: str) -> list[str]:
    """Return the public names of a module: its ``__all__``, or the names that it defines."""
    found = importlib.import_module(f"isthmus.{module}")
    if hasattr(found, "__all__"):
        return sorted(found.__all__)
    return sorted(name for name in vars(found) if is_own(found, name))


def is_own(module: ModuleType, name: str) -> bool:
    """Tell whether a module without ``__all__`` defines a name and does not mean it as private."""
    value = getattr(module, name)
    if name.startswith("_") or inspect.ismodule(value):
        return False
    return getattr(value, "__module__", None) == module.__name__ or name == "MEMBERS"


def summary(value: object) -> str:
    """Return the first line of a docstring."""
    return (inspect.getdoc(value) or "").partition("\n")[0]
