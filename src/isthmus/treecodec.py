"""Trees of modules as JSON and named tensors, and back, by a fixed list of classes.

Nothing is imported by name and nothing is called but the constructors' own machinery: a class that
is not of isthmus cannot come out of a file.
"""

import dataclasses
import inspect
from types import ModuleType
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from isthmus import (
    bounds,
    corruption,
    heads,
    latents,
    likelihoods,
    model,
    pairs,
    penalties,
    propagation,
    scaling,
    specifications,
)
from isthmus.errors import ModelFileError, SettingError
from isthmus.networks import chain, conditional, convolutional, dense, layers

HOMES: tuple[ModuleType, ...] = (
    bounds, corruption, heads, latents, likelihoods, model, pairs, penalties,
    propagation, scaling, specifications, chain, conditional, convolutional, dense, layers,
)  # fmt: skip


def _classes() -> dict[str, type]:
    found = {}
    for home in HOMES:
        for name, value in inspect.getmembers(home, inspect.isclass):
            own = f"{value.__module__}.".startswith(f"{home.__name__}.")  # or a package's member
            if issubclass(value, eqx.Module) and own:
                found[f"{home.__name__.removeprefix('isthmus.')}.{name}"] = value
    return found


CLASSES = _classes()
NAMES = {value: name for name, value in CLASSES.items()}
CLASSES["typing.Fixed"] = specifications.Fixed  # its name in files of version 0.1


def encode_tree(node: Any, tensors: dict[str, np.ndarray], path: str = "model") -> Any:
    """Return a JSON value for a tree; its arrays go to ``tensors`` under their paths.

    Raises
    ------
    SettingError
        If something in the tree is not isthmus's own and not plain data.
    """
    if node is None or isinstance(node, str | bool | int | float):
        return node
    if isinstance(node, np.generic):
        return node.item()
    if isinstance(node, jax.Array | np.ndarray):
        tensors[path] = np.ascontiguousarray(node)
        return {"tensor": path}
    if isinstance(node, tuple | list):
        parts = [encode_tree(n, tensors, f"{path}.{i}") for i, n in enumerate(node)]
        return {"tuple" if isinstance(node, tuple) else "list": parts}
    if type(node) in NAMES:
        fields = {
            field.name: encode_tree(getattr(node, field.name), tensors, f"{path}.{field.name}")
            for field in dataclasses.fields(node)
        }
        return {"class": NAMES[type(node)], "fields": fields}
    raise SettingError(
        f"{path} is {type(node).__name__}, which is not a part of isthmus, and a model file holds "
        "no code: keep this estimator with cloudpickle.dump instead."
    )


def decode_tree(value: Any, tensors: dict[str, np.ndarray]) -> Any:
    """Return the tree of a JSON value.

    Raises
    ------
    ModelFileError
        If the value is none that `encode_tree` makes.
    """
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, dict) and len(value) == 1:
        ((kind, inner),) = value.items()
        if kind == "tensor" and isinstance(inner, str) and inner in tensors:
            return jnp.asarray(tensors[inner])
        if kind in ("tuple", "list") and isinstance(inner, list):
            parts = [decode_tree(part, tensors) for part in inner]
            return tuple(parts) if kind == "tuple" else parts
    if isinstance(value, dict) and value.keys() == {"class", "fields"}:
        return _module(value["class"], value["fields"], tensors)
    raise ModelFileError(f"The model file describes something unknown: {str(value)[:80]}.")


def _known(cls: type) -> set[str]:
    return {field.name for field in dataclasses.fields(cls)}


def _required(cls: type) -> set[str]:
    """Return the fields without a default: a file of an earlier version lacks later ones."""
    missing = dataclasses.MISSING
    return {
        field.name
        for field in dataclasses.fields(cls)
        if field.default is missing and field.default_factory is missing
    }


def _module(name: object, fields: object, tensors: dict[str, np.ndarray]) -> Any:
    cls = CLASSES.get(name) if isinstance(name, str) else None
    if cls is None or inspect.isabstract(cls):
        raise ModelFileError(f"The model file names {name!r}, which this version does not have.")
    if not isinstance(fields, dict) or not _required(cls) <= fields.keys() <= _known(cls):
        raise ModelFileError(f"The model file describes {name} with other fields than it has.")
    # What compilation depends on is compared and hashed, so it holds no arrays.
    static = {field.name for field in dataclasses.fields(cls) if field.metadata.get("static")}
    arrays = {field: {} if field in static else tensors for field in fields}
    return cls(**{field: decode_tree(inner, arrays[field]) for field, inner in fields.items()})
