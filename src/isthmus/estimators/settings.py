"""Settings of an estimator: nested specifications, plain checks, and a fingerprint."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from isthmus.engine import HearsProgress
from isthmus.errors import SettingError, unknown
from isthmus.estimators.keeping import contents, digest
from isthmus.estimators.slots import MEMBERS, member
from isthmus.typing import Spec, check_between

UNSEEN = ("callbacks", "verbose", "memory_limit", "devices")
"""Settings that do not change what a run computes."""


def set_nested(estimator: BaseEstimator, params: dict[str, Any]) -> None:
    """Apply settings, the plain ones first, then those of the form ``slot__name=value``.

    A specification is frozen, so a changed one takes its place: estimators that share it do not
    see the change. A slot that holds a name gets the member of that name first.

    Raises
    ------
    SettingError
        If the estimator or the slot's member has no such parameter.
    """
    known = estimator.get_params(deep=False)
    for name in params:
        if name.partition("__")[0] not in known:
            raise SettingError(unknown(f"parameter of {type(estimator).__name__}", name, known))
    for name, value in sorted(params.items(), key=lambda item: "__" in item[0]):
        slot, _, field = name.partition("__")
        if not field:
            setattr(estimator, name, value)
            continue
        spec = getattr(estimator, slot, None)
        if isinstance(spec, str) and spec in MEMBERS.get(slot, {}):
            spec = MEMBERS[slot][spec]()
        if not isinstance(spec, Spec):
            raise SettingError(
                f"{name} cannot be set: {slot} is {spec!r}, which has no parameters."
            )
        setattr(estimator, slot, _changed(slot, spec, field, value))


def _changed(slot: str, spec: Spec, field: str, value: Any) -> Spec:
    first, _, rest = field.partition("__")
    known = spec.get_params(deep=False)
    if first not in known:
        raise SettingError(unknown(f"parameter of {slot} {type(spec).__name__}", first, known))
    if rest:
        value = _changed(f"{slot}__{first}", known[first], rest, value)
    return replace(spec, **{first: value})


def check_settings(estimator: Any) -> None:
    """Raise `SettingError` for plain settings out of range."""
    infinity = float("inf")
    for name, least in (("latent_dim", 1), ("epochs", 0), ("batch_size", 1), ("patience", 0)):
        value: Any = getattr(estimator, name)
        automatic = isinstance(value, str) and value == "auto" and name != "latent_dim"
        if not automatic and not _is_whole(value, least):
            raise SettingError(
                f"{name} is {value!r}; it must be a whole number of at least {least}."
            )
    check_between("The estimator", "validation_fraction", estimator.validation_fraction, 0, 0.9)
    check_between("The estimator", "memory_limit", estimator.memory_limit, 0, infinity)
    callbacks = estimator.callbacks
    if not isinstance(callbacks, tuple | list) or not all(map(_is_callback, callbacks)):
        raise SettingError(f"callbacks is {callbacks!r}; it must be a list of functions.")
    for slot in ("latent", "bound"):
        member(slot, getattr(estimator, slot))


def _is_callback(value: Any) -> bool:
    return callable(value) or isinstance(value, HearsProgress)


def _is_whole(value: Any, least: int) -> bool:
    return hasattr(value, "__index__") and not isinstance(value, bool) and int(value) >= least


def fingerprint(
    estimator: BaseEstimator, examples: Any, target: np.ndarray | None, seed: int
) -> dict[str, Any]:
    """Return what a checkpoint must agree with: settings, seed, examples and targets."""
    settings = {
        name: _described(value)
        for name, value in estimator.get_params(deep=False).items()
        if name not in UNSEEN
    }
    targets = None if target is None else digest(target)
    return settings | {"seed": seed, "examples": contents(examples), "targets": targets}


def _described(value: Any) -> Any:
    """Return a setting as JSON that is the same in another process: no addresses in memory."""
    if isinstance(value, str | int | float | type(None)):
        return value
    if isinstance(value, Spec):
        fields = [f"{k}={_described(v)!r}" for k, v in value.get_params(deep=False).items()]
        return f"{type(value).__name__}({', '.join(fields)})"
    if type(value) in (tuple, list):
        return [_described(one) for one in value]
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))
