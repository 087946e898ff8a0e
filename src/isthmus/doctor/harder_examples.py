"""New examples that a model reconstructs far worse than those of its fit."""

import numpy as np

from isthmus.doctor.finding import Finding

FACTOR = 2.0
"""Least ratio of the errors; unseen examples of the same kind have up to half as much again."""


def harder_examples(known: np.ndarray, new: np.ndarray) -> Finding | None:
    """Compare squared errors (n,) of training examples with those (m,) of new ones.

    >>> harder_examples(np.array([1.0, 1.1, 0.9]), np.array([5.0, 5.1, 4.9])).severity
    'look'
    """
    if min(len(known), len(new)) < 2 or known.mean() <= 0:
        return None
    ratio = float(new.mean() / known.mean())
    error = np.hypot(*(one.std(ddof=1) / np.sqrt(len(one)) for one in (known, new)))
    if ratio < FACTOR or new.mean() - known.mean() < 2 * error:
        return None
    return Finding(
        "look",
        f"The model reconstructs the new examples {ratio:.1f} times worse than those of its fit.",
        "They are of another kind: fit again with some of them, or do not use the model for them.",
        {"ratio": ratio},
        "harder-examples",
    )
