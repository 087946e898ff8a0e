"""Paired differences of two groups of runs: over the rows of the test set, and over seeds."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from isthmus.comparison.groups import Group

LEAST_ROWS = 10
"""With fewer shared rows than this there is no test over rows."""

LEVEL = 0.05
"""Adjusted p-value below which a difference counts; also the share outside of the intervals."""


class Paired(NamedTuple):
    """A mean paired difference.

    Attributes
    ----------
    mean : float
    low, high : float
        Its 95% confidence interval, by Student's t.
    p : float
        Two-sided, by Student's t; adjusted where it stands in a table.
    pairs : int
    """

    mean: float
    low: float
    high: float
    p: float
    pairs: int

    @property
    def counts(self) -> bool:
        """Whether the difference counts."""
        return self.p < LEVEL


class Difference(NamedTuple):
    """A group's error less the reference's.

    Attributes
    ----------
    name : str
        Of the group.
    reference : str
        Of the group that it is compared with.
    rows : Paired or None
        Over the test rows that both groups were tested on, a row's error being its mean over the
        runs of the group. It holds for these fits.
    seeds : Paired or None
        Over the seeds that both groups have, of the errors that runs have on their test set. It
        holds for other seeds too.
    """

    name: str
    reference: str
    rows: Paired | None
    seeds: Paired | None


def paired(one: np.ndarray, other: np.ndarray) -> Paired:
    """Return the mean of ``one - other`` with its interval and p-value.

    Parameters
    ----------
    one, other : ndarray of shape (n,)
        Pairs, n >= 2.

    Examples
    --------
    >>> found = paired(np.array([1.0, 2.0, 3.0]), np.array([0.0, 0.0, 0.0]))
    >>> round(found.mean, 3), round(found.low, 3), round(found.high, 3), round(found.p, 3)
    (2.0, -0.484, 4.484, 0.074)
    """
    from scipy import stats

    apart = np.asarray(one, np.float64) - np.asarray(other, np.float64)
    n, mean = len(apart), float(apart.mean())
    error = float(apart.std(ddof=1) / np.sqrt(n))
    if error == 0:
        return Paired(mean, mean, mean, 1.0 if mean == 0 else 0.0, n)
    reach = float(stats.t.ppf(1 - LEVEL / 2, n - 1)) * error
    p = float(2 * stats.t.sf(abs(mean) / error, n - 1))
    return Paired(mean, mean - reach, mean + reach, p, n)


def holm(p: Sequence[float]) -> list[float]:
    """Return p-values adjusted for their number (Holm, 1979): still valid when read together.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    adjusted, highest = [1.0] * len(p), 0.0
    for rank, i in enumerate(sorted(range(len(p)), key=lambda i: p[i])):
        highest = max(highest, min(1.0, (len(p) - rank) * p[i]))
        adjusted[i] = highest
    return adjusted


def errors_against_first(groups: Sequence[Group], error: str) -> list[Difference]:
    """Compare every group with the first.

    Parameters
    ----------
    groups
        The first is the reference.
    error : {"mse", "mse_input"}
        What is compared.

    Returns
    -------
    list of Difference
        One per further group; p-values are adjusted for their number.
    """
    reference, *others = groups
    rows = _adjusted([_over_rows(one, reference, error) for one in others])
    seeds = _adjusted([_over_seeds(one, reference, error) for one in others])
    return [
        Difference(one.name, reference.name, by_row, by_seed)
        for one, by_row, by_seed in zip(others, rows, seeds, strict=True)
    ]


def _over_rows(one: Group, other: Group, error: str) -> Paired | None:
    (keys, errors), (other_keys, other_errors) = one.errors(error), other.errors(error)
    _, mine, its = np.intersect1d(keys, other_keys, assume_unique=True, return_indices=True)
    return paired(errors[mine], other_errors[its]) if len(mine) >= LEAST_ROWS else None


def _over_seeds(one: Group, other: Group, error: str) -> Paired | None:
    mine, its = (
        {run.seed: run.metrics["reconstruction"][run.split][error] for run in group.runs}
        for group in (one, other)
    )
    shared = [seed for seed in mine if seed is not None and seed in its]
    if len(shared) < 2:
        return None
    return paired(np.array([mine[s] for s in shared]), np.array([its[s] for s in shared]))


def _adjusted(found: list[Paired | None]) -> list[Paired | None]:
    known = [one for one in found if one is not None]
    adjusted = iter(holm([one.p for one in known]))
    return [None if one is None else one._replace(p=next(adjusted)) for one in found]
