"""Training, validation and test parts of a source."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from isthmus.data.checks import check_labels
from isthmus.errors import DataError
from isthmus.unlabelled import strata


@dataclass(frozen=True, eq=False)
class Split:
    """Sorted, disjoint index arrays that together hold every example once."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def split(
    n: int,
    *,
    labels: ArrayLike | None = None,
    validation: float = 0.1,
    test: float = 0.1,
    seed: int = 0,
) -> Split:
    """Divide n examples at random, the same way for the same seed.

    Parameters
    ----------
    n : int
        Number of examples.
    labels : array-like, shape (n,), optional
        Every part then holds its share of each class, to within one example; examples without a
        label are a class of their own.
    validation, test : float in [0, 1)
        Fractions of n, together below 1, rounded to whole examples; a part asked for gets
        at least one.
    seed : int, at least 0
        Where the random numbers start.

    Returns
    -------
    Split
        Index arrays `train`, `validation` and `test`.

    Raises
    ------
    DataError
        If a fraction is impossible, n is too small for the parts, or labels do not fit n.

    Examples
    --------
    >>> parts = split(10, validation=0.2, test=0.3)
    >>> len(parts.train), len(parts.validation), len(parts.test)
    (5, 2, 3)
    """
    for role, fraction in (("validation", validation), ("test", test)):
        if not 0 <= fraction < 1:
            raise DataError(
                f"The {role} fraction is {fraction}, but expected a number from 0 to below 1."
            )
    n_validation, n_test = _size(n, validation), _size(n, test)
    if validation + test >= 1 or n_validation + n_test >= n:
        raise DataError(
            f"Splitting {n} examples with validation={validation} and test={test} leaves none for "
            "training; give more examples or smaller fractions."
        )
    if seed < 0:
        raise DataError(f"The seed is {seed}, but expected a whole number of at least 0.")
    rng = np.random.default_rng(seed)
    order = rng.permutation(n)
    if labels is not None:
        order = _by_class(order, check_labels(labels, n, "the data to split"), rng)
    order, tested = _deal(order, n_test)
    trained, validated = _deal(order, n_validation)
    return Split(np.sort(trained), np.sort(validated), np.sort(tested))


def _size(n: int, fraction: float) -> int:
    return max(1, round(n * fraction)) if fraction else 0


def _by_class(order: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Bring examples of one class together, the classes in random order."""
    classes, codes = np.unique(strata(labels), return_inverse=True)
    rank = rng.permutation(len(classes))[codes]
    return order[np.argsort(rank[order], kind="stable")]


def _deal(order: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Take k evenly spaced out of the order: every run of examples gives its share."""
    n = len(order)
    before = np.arange(n + 1) * k // n
    taken = before[1:] > before[:-1]
    return order[~taken], order[taken]
