"""Rows sorted by their label."""

import numpy as np

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding
from isthmus.unlabelled import strata

SURE = 5.0
"""Standard deviations by which changes of the label must be fewer than in a random order."""


def sorted_labels(data: Data) -> Finding | None:
    """Find labels that change far more seldom from row to row than in a random order.

    A note, because the parts are divided at random; but a limit keeps the first rows, so that whole
    labels are lost.
    """
    if data.labels is None or len(data) < 20:
        return None
    labels = strata(data.labels)
    labels = labels[labels >= 0]  # those that are known
    counts = np.unique(labels, return_counts=True)[1]
    if len(counts) < 2 or len(counts) > len(labels) // 2:
        return None
    n = len(labels)
    share = 1 - float(np.square(counts / n).sum())  # of changes, in a random order
    changes = int((labels[1:] != labels[:-1]).sum())
    expected, deviation = share * (n - 1), np.sqrt(max(share * (1 - share) * n, 1e-12))
    if changes > expected - SURE * deviation or changes > 0.5 * expected:
        return None
    limited = data.plan.limit is not None and data.plan.limit < n
    return Finding(
        "look" if limited else "note",
        f"The rows are sorted by label: it changes {changes:,} times in {n:,} rows, and "
        f"{expected:,.0f} times in a random order.",
        "A limit keeps the first rows, that is, the first labels: shuffle the rows first."
        if limited
        else "Nothing to do here, where the parts are divided at random; shuffle the rows before "
        "anything else takes the first or the last of them.",
        {"changes": changes, "expected": expected},
    )
