"""Digests of settings and data: the name of a cached fit, and the fingerprint of a checkpoint."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType
from typing import Any

import jax
import numpy as np
from sklearn.base import BaseEstimator

from isthmus.annotations import Examples
from isthmus.data.source import blocks
from isthmus.estimators.inputs import is_indexed
from isthmus.plainjson import Json, JsonObject
from isthmus.specifications import Spec
from isthmus.tables import is_table
from isthmus.version import __version__

SAMPLE = 1_000
"""Number of evenly spaced examples whose digest identifies a set of examples."""

IRRELEVANT = ("callbacks", "verbose", "memory_limit", "devices")
"""Settings that do not change the weights of a fit."""


def kept_path(folder: Path, name: str, estimator: BaseEstimator, *data: object) -> Path:
    """Return where the fit of an estimator to data is kept: a model file in ``folder``.

    Another setting, another example, or another version of isthmus gives another path.
    """
    params = sorted(estimator.get_params(deep=True).items(), key=lambda item: item[0])
    given = [__version__, name, repr([(key, _described(value)) for key, value in params])]
    # A module's repr has but the shapes of its arrays, and other weights are another fit.
    kinds = (jax.Array, np.ndarray)
    arrays = [np.asarray(leaf) for leaf in jax.tree.leaves(params) if isinstance(leaf, kinds)]
    made = digest(*given, *([arrays] if arrays else []), *data)
    return folder / f"{slug(name)}-{made}.safetensors"


def slug(name: str) -> str:
    """Return a name as a file may bear it.

    Examples
    --------
    >>> slug("One hidden layer, d = 32")
    'one-hidden-layer-d-32'
    """
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def digest(*given: object) -> str:
    """Return sixteen hexadecimal digits that change when anything given does.

    Examples
    --------
    >>> digest("a", np.zeros(2)) == digest("a", np.zeros(2)) != digest("a", np.ones(2))
    True
    """
    summary = hashlib.blake2b(digest_size=8)
    for value in given:
        for part in _parts(value):
            summary.update(part)
    return summary.hexdigest()


def contents(examples: Examples) -> str:
    """Return words that change with examples (n, ...): shape, type, and a digest of some of them.

    Examples
    --------
    >>> contents(np.zeros((3, 2))) == contents(np.zeros((3, 2))) != contents(np.ones((3, 2)))
    True
    """
    some = examples[:: -(-len(examples) // SAMPLE)]
    if is_table(some):
        rows = "\n".join(map(repr, (some.schema.to_string(), *some.to_pylist())))
        some = np.frombuffer(rows.encode(), np.uint8)
    some = np.asarray(some)
    return f"{tuple(examples.shape)} {examples.dtype} {digest(some)}"


def fingerprint(
    estimator: BaseEstimator, examples: Examples, target: np.ndarray | None, seed: int
) -> JsonObject:
    """Return what a checkpoint must agree with: settings, seed, examples and targets."""
    settings = {
        name: _described(value)
        for name, value in estimator.get_params(deep=False).items()
        if name not in IRRELEVANT
    }
    targets = None if target is None else digest(target)
    return settings | {"seed": seed, "examples": contents(examples), "targets": targets}


def _parts(value: Any) -> Iterator[bytes | memoryview]:
    """Yield all that a value holds, as bytes, the same in every process."""
    if hasattr(value, "iloc"):  # a data frame, whose repr leaves most of it out
        yield digest([*value], value.to_numpy()).encode()
    elif is_indexed(value):
        yield f"{value.dtype.str}{value.shape}".encode()
        yield from (np.ascontiguousarray(block).data for _, block in blocks(value))
    elif isinstance(value, tuple | list) and any(isinstance(v, np.ndarray) for v in value):
        yield digest(*value).encode()
    elif isinstance(value, np.ndarray) and not value.dtype.hasobject:
        yield f"{value.dtype.str}{value.shape}".encode()
        yield value.tobytes()
    elif isinstance(value, np.ndarray):
        yield repr(value.tolist()).encode()
    else:
        yield repr(value).encode()


def _described(value: object) -> Json:
    """Return a setting as JSON that is the same in another process: no addresses in memory."""
    if isinstance(value, str | int | float | type(None)):
        return value
    if isinstance(value, Spec):
        fields = [f"{k}={_described(v)!r}" for k, v in value.get_params(deep=False).items()]
        return f"{type(value).__name__}({', '.join(fields)})"
    if type(value) is tuple or type(value) is list:
        return [_described(one) for one in value]
    if isinstance(value, FunctionType):
        return _described_function(value)
    text = repr(value)
    # An object whose text is its address is known by what it holds.
    holds = getattr(value, "__dict__", "") if text == object.__repr__(value) else ""
    return _without_addresses(f"{text} {holds}" if holds else text)


def _described_function(function: FunctionType) -> str:
    """Return a function's name with a digest of what it does: one that was changed is another."""
    code, closure = function.__code__, function.__closure__ or ()
    bound = (code.co_consts, [cell.cell_contents for cell in closure], function.__defaults__)
    made = digest(code.co_code, code.co_names, _without_addresses(repr(bound)))
    return f"{function.__module__}.{function.__qualname__} {made}"


def _without_addresses(text: str) -> str:
    return re.sub(r" at 0x[0-9a-f]+", "", text)
