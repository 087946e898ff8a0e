"""Which likelihood fits a column of a table, by a look at its values."""

import numpy as np

from isthmus.likelihoods.abstract import AbstractLikelihood
from isthmus.likelihoods.bernoulli import Bernoulli
from isthmus.likelihoods.categorical import Categorical
from isthmus.likelihoods.counts import NegativeBinomial
from isthmus.likelihoods.gaussian import LearnedGaussian

GREATEST_COUNT = 1000
"""Whole numbers beyond this are modelled as real ones."""

Groups = tuple[tuple[AbstractLikelihood, ...], tuple[tuple[int, ...], ...]]
"""Likelihoods, and the columns of each."""


def recognise(x: np.ndarray) -> Groups:
    """Choose likelihoods for the columns of a table.

    Columns side by side that hold zeros and ones, and add up to one in every example, are a
    category; others of zeros and ones are bits. Whole numbers from 0 up to at most 1,000 are counts
    (negative binomial, of learned dispersion). Everything else is normal, with a learned scale for
    each column.

    Parameters
    ----------
    x : (n, D)
        Examples in their own units; missing entries are NaN.

    Returns
    -------
    tuple
        Likelihoods, and the columns of each, counted from 0.

    Examples
    --------
    >>> x = np.array([[0.3, 1, 0, 1, 2], [1.7, 0, 1, 1, 0], [0.2, 1, 0, 0, 7]])
    >>> [type(one).__name__ for one in recognise(x)[0]]
    ['LearnedGaussian', 'Bernoulli', 'Categorical', 'NegativeBinomial']
    >>> recognise(x)[1]
    ((0,), (3,), (1, 2), (4,))
    """
    bits = _all(x, (x == 0) | (x == 1))
    categories = _categories(x, bits)
    categorical = np.isin(np.arange(x.shape[1]), [j for group in categories for j in group])
    most = np.where(np.isnan(x), 0, x).max(axis=0)
    least = np.where(np.isnan(x), most, x).min(axis=0)
    counts = _all(x, x == np.round(x)) & (least == 0) & (most <= GREATEST_COUNT) & ~bits
    found: list[tuple[AbstractLikelihood, np.ndarray]] = [
        (LearnedGaussian(per_feature=True), ~bits & ~counts),
        (Bernoulli(), bits & ~categorical),
        (Categorical(tuple(len(group) for group in categories)), categorical),
        (NegativeBinomial(), counts),
    ]
    found = [(one, which) for one, which in found if which.any()]
    groups = tuple(tuple(np.flatnonzero(which).tolist()) for _, which in found)
    return tuple(one for one, _ in found), groups


def _all(x: np.ndarray, holds: np.ndarray) -> np.ndarray:
    """Tell of every column whether something holds of all entries that are not missing."""
    return np.all(holds | np.isnan(x), axis=0)


def _categories(x: np.ndarray, bits: np.ndarray) -> list[list[int]]:
    """Return the groups of neighbouring bits that add up to one in every complete example."""
    groups, start = [], 0
    while start < x.shape[1]:
        group = _category_from(x, bits, start)
        groups += [group] if group else []
        start += len(group) or 1
    return groups


def _category_from(x: np.ndarray, bits: np.ndarray, start: int) -> list[int]:
    """Return the columns of the category that begins here, or none."""
    total = np.zeros(len(x))
    for stop in range(start, x.shape[1]):
        if not bits[stop]:
            return []
        total = total + x[:, stop]  # NaN where one is missing, which compares with nothing
        if (total > 1).any():
            return []
        if stop > start and not (total == 0).any() and (total == 1).any():
            return list(range(start, stop + 1))
    return []
