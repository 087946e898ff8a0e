"""Which examples have a label: how labels say that one is missing."""

import numpy as np
from numpy.typing import ArrayLike

from isthmus.annotations import Targets
from isthmus.errors import DataError

MARK = -1
"""Marks an example without a label among whole numbers, as in scikit-learn."""


def known_labels(labels: Targets, classes: ArrayLike | None = None) -> np.ndarray:
    """Return which examples have a label, as truth values (n,).

    None, NaN and pandas' NA mark an example without one. Among whole numbers -1 does, where it is
    the only negative number and there are two others at least: of -1 and 1 both are labels.

    Parameters
    ----------
    labels : (n,)
        Labels of any kind.
    classes : (k,), optional
        All labels that there are, where these are known: then -1 marks an example without a label
        unless it is one of them.

    Examples
    --------
    >>> known_labels([0, 1, -1]).tolist(), known_labels([-1, 1, 1]).tolist()
    ([True, True, False], [True, True, True])
    >>> known_labels(["a", None, "b"]).tolist(), known_labels([0.5, np.nan]).tolist()
    ([True, False, True], [True, False])
    """
    labels = np.asarray(labels)
    if labels.dtype.kind == "f":
        return ~np.isnan(labels)
    if labels.dtype.kind in "iu":
        return labels != MARK if _is_mark(labels, classes) else np.ones(labels.shape, bool)
    if not labels.dtype.hasobject:
        return np.ones(labels.shape, bool)
    known = np.array([not is_missing(one) for one in labels.ravel()], bool).reshape(labels.shape)
    if known.all() and all(_is_whole(one) for one in labels.ravel()):
        return known_labels(labels.astype(np.int64), classes)
    return known


def is_missing(value: object) -> bool:
    """Return whether an entry is None, NaN, or pandas' NA.

    >>> [is_missing(one) for one in (None, float("nan"), "", 0)]
    [True, True, False, False]
    """
    try:
        return value is None or bool(value != value)
    except TypeError:  # what compares to itself as unknown
        return True


def plain_labels(labels: np.ndarray) -> np.ndarray:
    """Return labels that are all known as an array of numbers or strings, rather than of objects.

    >>> plain_labels(np.array([3, 5], object)).dtype.kind, plain_labels(np.array([3, 5])).dtype.kind
    ('i', 'i')
    """
    return np.array(labels.tolist()) if labels.dtype.hasobject else labels


def strata(labels: Targets) -> np.ndarray:
    """Return the number of the class of each label, -1 where there is none: (n,).

    >>> strata(["b", None, "a", "b"]).tolist()
    [1, -1, 0, 1]
    """
    labels = np.asarray(labels)
    known = known_labels(labels)
    numbers = np.full(len(labels), MARK)
    numbers[known] = np.unique(labels[known], return_inverse=True)[1]
    return numbers


def keep_labels(labels: np.ndarray, count: int, seed: int, *, by_class: bool = True) -> np.ndarray:
    """Return labels of which all are removed but some, spread evenly over the classes.

    Parameters
    ----------
    labels : (n,)
        Numbers or strings.
    count
        How many are kept. Classes that have fewer than their share keep all, and the others more.
    seed
        Decides which.
    by_class
        Whether the labels are classes; quantities are kept at random.

    Returns
    -------
    ndarray (n,)
        NaN in place of what is removed from fractional numbers, and None from others.

    Raises
    ------
    DataError
        If there are fewer labels, or more classes, than are to be kept.

    Examples
    --------
    >>> kept = keep_labels(np.array([0, 0, 0, 1, 1, 1]), 2, seed=0)
    >>> sorted(label for label in kept.tolist() if label is not None)
    [0, 1]
    """
    known = known_labels(labels)
    classes = strata(labels) if by_class else np.where(known, 0, MARK)
    kinds = int(classes.max(initial=MARK)) + 1
    if not kinds <= count <= known.sum():
        many = count > known.sum()
        found = f"{known.sum()} are known" if many else f"there are {kinds} classes"
        remedy = "keep fewer" if many else "keep one of each at least"
        raise DataError(f"{count} labels are to be kept, and {found}: {remedy}.")
    rng = np.random.default_rng(seed)
    rank = np.empty(len(labels))  # of each example within its class, at random
    for kind in range(kinds):
        rows = rng.permutation(np.flatnonzero(classes == kind))
        rank[rows] = np.arange(len(rows))
    rows = rng.permutation(np.flatnonzero(known))  # among equal ranks, classes at random
    kept = rows[np.argsort(rank[rows], kind="stable")][:count]
    if labels.dtype.kind == "f":
        out = np.full(len(labels), np.nan, labels.dtype)
    else:
        out = np.full(len(labels), None, object)
    out[kept] = labels[kept]
    return out


def _is_mark(labels: np.ndarray, classes: ArrayLike | None) -> bool:
    """Return whether -1 among whole numbers stands for no label."""
    if classes is not None:
        return MARK not in np.asarray(classes).tolist()
    found = np.unique(labels)
    return len(found) > 2 and found[0] == MARK and found[1] >= 0


def _is_whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
