"""Which size of code? Where the curve of errors bends."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np


class Advice(NamedTuple):
    """A size of code, and why.

    Parameters
    ----------
    latent_dim
        The size.
    reason
        A sentence.
    """

    latent_dim: int
    reason: str


def recommend_latent_dim(
    sizes: Sequence[int], errors: Sequence[float], variance: float, *, gain: float = 0.01
) -> Advice:
    """Recommend the size beyond which a further dimension explains little.

    The smallest size from which no larger one explains more than ``gain`` of the variance for each
    dimension that it adds.

    Parameters
    ----------
    sizes
        Code sizes, rising.
    errors
        Mean squared error of each on the validation set.
    variance
        Mean squared error of the mean: what there is to explain.
    gain
        Share of the variance that a dimension must explain to be worth its place, > 0.

    Examples
    --------
    >>> recommend_latent_dim([2, 4, 8, 16], [0.5, 0.2, 0.1, 0.09], 1.0).latent_dim
    8
    """
    left = np.asarray(errors, float) / variance

    def gains(i: int) -> list[float]:
        further = range(i + 1, len(sizes))
        return [float(left[i] - left[j]) / (sizes[j] - sizes[i]) for j in further]

    i = next(i for i in range(len(sizes)) if all(one <= gain for one in gains(i)))
    size, explained = sizes[i], f"A code of {sizes[i]} explains {1 - left[i]:.1%} of the variance"
    if i < len(sizes) - 1:
        most = max(gains(i))
        reason = f"{explained}; beyond it a further dimension explains at most {most:.2%} more."
    else:
        reason = f"{explained}, the most of the sizes tried: the curve may still fall beyond it."
    return Advice(int(size), reason)
