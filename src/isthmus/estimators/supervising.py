"""What a fit makes of targets of which some are unknown."""

import numpy as np

from isthmus.engine import Devices, Supervision
from isthmus.estimators.division import Part
from isthmus.estimators.learner import AbstractLearner
from isthmus.estimators.targets import LEAST_LABELLED, known_targets

HEADED = ("classes", "quantities")
"""Kinds of targets that a head learns."""


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
