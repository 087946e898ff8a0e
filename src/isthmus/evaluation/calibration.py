"""Do probabilities mean what they say? Their error, and a temperature that mends them."""

from typing import NamedTuple

import numpy as np

BINS = 15
"""Bins of equal width of the confidence, as in the paper."""


class Bin(NamedTuple):
    """Predictions of about equal confidence: mean confidence, accuracy, and how many they are."""

    confidence: float
    accuracy: float
    examples: int


def reliability(probabilities: np.ndarray, numbers: np.ndarray, bins: int = BINS) -> list[Bin]:
    """Return predictions by their confidence, the least confident first; no empty bins.

    Parameters
    ----------
    probabilities : ndarray of shape (n, k)
        Of the classes.
    numbers : ndarray of whole numbers, shape (n,)
        Numbers of the true classes.
    bins : int
        Number of bins of equal width over [0, 1].

    Examples
    --------
    >>> reliability(np.array([[0.9, 0.1], [0.9, 0.1]]), np.array([0, 1]))
    [Bin(confidence=0.9, accuracy=0.5, examples=2)]
    """
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == numbers
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    found = []
    for place in np.unique(places):
        here = places == place
        found.append(
            Bin(float(confidence[here].mean()), float(right[here].mean()), int(here.sum()))
        )
    return found


def expected_calibration_error(
    probabilities: np.ndarray, numbers: np.ndarray, bins: int = BINS
) -> float:
    r"""Return how far the confidence is from the accuracy, on average over predictions, in [0, 1].

    .. math:: \sum_b \frac{n_b}{n} | \mathrm{accuracy}_b - \mathrm{confidence}_b |

    The parameters are those of `reliability`.

    References
    ----------
    Guo, Pleiss, Sun and Weinberger, On calibration of modern neural networks, ICML 2017,
    equation 3.

    Examples
    --------
    >>> expected_calibration_error(np.array([[0.9, 0.1], [0.9, 0.1]]), np.array([0, 1]))
    0.4
    """
    found = reliability(probabilities, numbers, bins)
    gaps = sum(one.examples * abs(one.accuracy - one.confidence) for one in found)
    return gaps / len(numbers)


def best_temperature(logits: np.ndarray, numbers: np.ndarray) -> float:
    """Return the T > 0 for which the softmax of logits / T makes the labels likeliest.

    Parameters
    ----------
    logits : ndarray of shape (n, k)
        Of the classes.
    numbers : ndarray of whole numbers, shape (n,)
        Numbers of the true classes.

    References
    ----------
    Guo et al., ICML 2017, equation 9.

    Examples
    --------
    >>> logits = np.repeat([[4.0, 0.0]], 4, axis=0)  # sure of what is right three times in four
    >>> round(best_temperature(logits, np.array([0, 0, 0, 1])), 2)
    3.64
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import log_softmax

    def loss(logarithm: float) -> float:
        log_p = log_softmax(logits / np.exp(logarithm), axis=1)
        return -float(log_p[np.arange(len(numbers)), numbers].mean())

    found = minimize_scalar(loss, bounds=(-3, 3), method="bounded")
    return float(np.exp(found.x))  # pyright: ignore[reportAttributeAccessIssue]
