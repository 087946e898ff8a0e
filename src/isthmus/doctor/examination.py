"""Running the checks."""

import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from isthmus.doctor.data import Data
from isthmus.doctor.data_checks import DATA_CHECKS, OF_UNITS
from isthmus.doctor.finding import Finding, ordered
from isthmus.doctor.fit import Fit
from isthmus.doctor.fit_checks import FIT_CHECKS

EXPLAINED: dict[str, frozenset[str]] = {
    "code-too-small": frozenset(
        {"learning-rate", "collapsed-posterior", "dead-dimensions", "noise-too-strong",
         "heavy-penalty", "worse-than-mean", "unconverged", "overfitting", "codebook-use"}
    ),
    "correlated-dimensions": frozenset({"collapsed-posterior", "worse-than-mean"}),
    "output-range": frozenset({"learning-rate", "worse-than-mean", "noise-too-strong"}),
    "dead-dimensions": frozenset({"noise-too-strong"}),
    "overfitting": frozenset({"learning-rate"}),
}  # fmt: skip
"""Findings that are left out where one of these causes was found."""


S = TypeVar("S")


def examine_data(data: Data) -> tuple[Finding, ...]:
    """Return what the checks find in data and plan, the most serious first.

    Examples
    --------
    >>> import numpy as np
    >>> rows = np.random.default_rng(0).normal(size=(100, 5))
    >>> [found.check for found in examine_data(Data(np.repeat(rows, 4, axis=0)))]
    ['repeated-rows']
    """
    found = {one.check: one for one in _run(DATA_CHECKS, data)}
    if data.in_units is not data:
        in_units = [check for check in DATA_CHECKS if check in OF_UNITS]
        found |= {one.check: one for one in _run(in_units, data.in_units)}
    return ordered(found.values())


def examine_fit(fit: Fit) -> tuple[Finding, ...]:
    """Return what the checks find in a fitted model, the most serious first."""
    found = {one.check: one for one in _run(FIT_CHECKS, fit)}
    return ordered(
        one for name, one in found.items() if not EXPLAINED.get(name, frozenset()) & found.keys()
    )


def _run(checks: Iterable[Callable[[S], Finding | None]], subject: S) -> Iterator[Finding]:
    for check in checks:
        with warnings.catch_warnings():  # rows and columns that are missing as a whole
            warnings.filterwarnings("ignore", "All-NaN|Mean of empty|Degrees of freedom")
            found = check(subject)
        if found is not None:
            yield replace(found, check=check.__name__.replace("_", "-"))  # pyright: ignore[reportFunctionMemberAccess]
