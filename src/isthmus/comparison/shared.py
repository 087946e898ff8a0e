"""The same examples under several runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from isthmus.comparison.rows import AssessedRows, assess_rows
from isthmus.comparison.run import ComparedRun

LEAST = 20
"""Fewest examples in the test sets of all groups that are enough to show."""

SHOWN = 400
"""Most examples that are shown."""


@dataclass(frozen=True, eq=False)
class SharedRows:
    """Examples under several runs.

    Attributes
    ----------
    rows : list of AssessedRows
        Of every run, the same examples in the same order.
    all_unseen : bool
        Whether the examples are in the test sets of all these runs; otherwise in that of the first.
    """

    rows: list[AssessedRows]
    all_unseen: bool


def shared_rows(runs: Sequence[ComparedRun], most: int = SHOWN) -> SharedRows:
    """Return the same examples as several runs encode and decode them.

    They are examples that all these runs were tested on; where there are too few of them, examples
    that the first was tested on.
    """
    shared = reduce(np.intersect1d, [run.rows.keys for run in runs])[:most]
    if len(shared) >= min(LEAST, len(runs[0].rows)):
        return SharedRows([run.rows.at(shared) for run in runs], True)
    first = runs[0].rows.at(runs[0].rows.keys[:most])
    others = [assess_rows(run.estimator, first.examples, first.labels) for run in runs[1:]]
    return SharedRows([first, *others], False)


def some_examples(rows: AssessedRows, count: int) -> AssessedRows:
    """Return the first examples of rows."""
    return rows.at(rows.keys[:count])
