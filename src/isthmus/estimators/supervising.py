"""What a fit makes of targets of which some are unknown."""

import numpy as np

from isthmus.checks import check_between
from isthmus.engine import Devices, Supervision
from isthmus.errors import SettingError
from isthmus.estimators.division import Part
from isthmus.estimators.learner import AbstractLearner
from isthmus.estimators.targets import LEAST_LABELLED, known_targets

HEADED = ("classes", "quantities")
"""Kinds of targets that a head learns."""


WEIGHT, WEIGHT_OF_FEW = 1.0, 10.0
"""Automatic weights of a head: where all examples have a target, and where some have none. Few
targets say little compared with the hundreds of nats of an image; `docs/few_labels.md` has
figures."""


def automatic_weight(all_known: bool) -> float:
    """Return the weight of a head's loss by whether all examples have their targets."""
    return WEIGHT if all_known else WEIGHT_OF_FEW


def head_weight(name: str, setting: float | str, automatic: float) -> float:
    """Return the weight of a head's loss that a setting means."""
    if isinstance(setting, str):
        if setting != "auto":
            raise SettingError(f"{name} is {setting!r}; it must be 'auto' or a number.")
        return automatic
    check_between("The estimator", name, setting, 0, 1e9)
    return float(setting)


def supervision_of(
    estimator: AbstractLearner, target: np.ndarray | None, seed: int | None, devices: Devices | None
) -> Supervision | None:
    """Return which examples teach the head; None without a head, and where all do."""
    if target is None or estimator.target_kind not in HEADED:
        return None
    known = known_targets(target)
    shared = 1 if devices is None else devices.count
    return None if known.all() else Supervision(known, seed, shared)


def validates_labels(estimator: AbstractLearner, validation: Part | None) -> bool:
    """Tell whether a validation set says how well the head does, where there is a head."""
    target = None if validation is None else validation.target
    if target is None or estimator.target_kind not in HEADED:
        return True
    known = known_targets(target)
    return bool(known.all()) or int(known.sum()) >= LEAST_LABELLED


def count_labelled(estimator: AbstractLearner, target: np.ndarray | None) -> int | None:
    """Return how many encoded targets are known, where some are not; else None."""
    if target is None or estimator.target_kind not in HEADED:
        return None
    known = known_targets(target)
    return None if known.all() else int(known.sum())
