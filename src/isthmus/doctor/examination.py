"""Running the checks."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from isthmus.doctor.data import Data
from isthmus.doctor.data_checks import DATA_CHECKS
from isthmus.doctor.finding import Finding, ordered


def examine_data(data: Data) -> tuple[Finding, ...]:
    """Return what the checks find in data and plan, the most serious first.

    Examples
    --------
    >>> import numpy as np
    >>> rows = np.random.default_rng(0).normal(size=(100, 5))
    >>> [found.check for found in examine_data(Data(np.repeat(rows, 4, axis=0)))]
    ['repeated-rows']
    """
    return ordered(_run(DATA_CHECKS, data))


def _run(checks: Iterable[Callable[[Any], Finding | None]], subject: Any) -> Iterator[Finding]:
    for check in checks:
        found = check(subject)
        if found is not None:
            yield replace(found, check=check.__name__.replace("_", "-"))  # pyright: ignore[reportFunctionMemberAccess]
