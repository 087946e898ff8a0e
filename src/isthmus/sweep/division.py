"""The training and the validation set of a sweep, which all its fits share."""

from typing import Any

import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.utils import check_array, check_random_state
from sklearn.utils.validation import check_consistent_length

from isthmus.annotations import RandomState, Targets
from isthmus.checks import check_between
from isthmus.errors import DataError
from isthmus.estimators.conditional import AnyAutoencoder
from isthmus.estimators.inputs import is_indexed, take_examples
from isthmus.plainjson import JsonObject
from isthmus.sweep.running import Part
from isthmus.tables import is_table
from isthmus.unlabelled import strata

LEAST = 3
"""Smallest number of examples: two in the training set, one in the validation set."""

LOOSE: JsonObject = {
    "dtype": None, "ensure_all_finite": False, "ensure_2d": False, "allow_nd": True,
    "ensure_min_samples": 0,
}  # fmt: skip
"""How examples are checked before they are divided; each fit checks them in full."""


def divided(
    estimator: AnyAutoencoder,
    X: Any,
    y: Targets | None,
    given: Any,
    share: float,
    random_state: RandomState,
) -> tuple[Part, Part]:
    """Return the training set and the validation set: pairs of examples and targets.

    Parameters
    ----------
    estimator
        What is fitted: it says whether targets are taken, and whether they are classes.
    X, y
        Examples and targets, as the user gave them.
    given
        The validation set as the user gave it; None takes a share of the examples.
    share, random_state
        That share, and what decides which examples are in it.
    """
    if estimator.target_kind == "none":
        y = None
    X = X if is_indexed(X) or is_table(X) else check_array(X, **LOOSE)
    if y is not None:
        check_consistent_length(X, y)
    if given is not None:
        return (X, y), (given if y is not None else (given, None))
    check_between("The sweep", "validation_fraction", share, 0, 0.9, open_low=True)
    seed = check_random_state(random_state).randint(2**31 - 1)
    if len(X) < LEAST:
        raise DataError(
            f"There are {len(X)} examples (n_samples = {len(X)}); a sweep needs at least {LEAST}."
        )
    classes = y if estimator.target_kind in ("classes", "condition") else None
    kept, held = (
        (take_examples(X, rows), None if y is None else np.asarray(y)[rows])
        for rows in map(np.sort, _rows(len(X), classes, share, seed))
    )
    return kept, held


def _rows(n: int, classes: Targets | None, share: float, seed: int) -> list[Any]:
    """Return the rows of both sets, every class in both where it can be."""
    how = {"test_size": float(share), "random_state": seed}
    if classes is not None:
        try:
            stratify = strata(np.asarray(classes).ravel())
            return train_test_split(np.arange(n), **how, stratify=stratify)
        except ValueError:  # a class of one example, or a smaller set than there are classes
            pass
    return train_test_split(np.arange(n), **how)
