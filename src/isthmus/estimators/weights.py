"""Weights of examples, as the user gives them and as training takes them."""

import numpy as np
from numpy.typing import ArrayLike

from isthmus.errors import DataError


def example_weights(sample_weight: ArrayLike | None, n: int) -> np.ndarray | None:
    """Return weights (n,), float32 and 1 on average over those above 0; None where all are equal.

    Parameters
    ----------
    sample_weight : (n,), a number, or None
        Finite, >= 0, and not all 0.
    n
        Number of examples.

    Raises
    ------
    DataError
        If they are anything else.

    Examples
    --------
    >>> example_weights([1, 3, 0], 3).tolist()
    [0.5, 1.5, 0.0]
    >>> example_weights(np.ones(3), 3) is None
    True
    """
    if sample_weight is None:
        return None
    try:
        weights = np.asarray(sample_weight, np.float64)
    except (TypeError, ValueError):
        raise DataError(
            "sample_weight holds what is no number; give one number per example."
        ) from None
    weights = np.broadcast_to(weights, (n,)) if weights.ndim == 0 else weights
    if weights.shape != (n,):
        raise DataError(
            f"sample_weight has shape {weights.shape}, and there are {n} examples; give one number "
            "per example."
        )
    if not np.isfinite(weights).all() or (weights < 0).any() or not weights.any():
        raise DataError(
            "sample_weight must be finite, at least zero, and not zero for every example."
        )
    if (weights == weights[0]).all():
        return None
    return (weights / weights[weights > 0].mean()).astype(np.float32)
