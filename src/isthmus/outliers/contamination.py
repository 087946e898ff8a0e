"""How many outliers there are among examples, and the score from which on one is called that."""

import numpy as np

from isthmus.outliers.conformal import benjamini_hochberg

RATE = 0.1
"""Of the examples that are counted as outliers, this share may be usual ones."""


def estimated_share(scores: np.ndarray) -> float:
    """Estimate the share of outliers among examples from their scores alone.

    A score is a surprise: minus the logarithm of a tail probability, if usual examples scatter
    normally about their median. The examples beyond that are counted by Benjamini and Hochberg's
    procedure at a rate of 0.1. Outliers that look like usual examples are not counted, and a tail
    that is heavier than a normal one's is: an estimate, where p-values are a promise.

    Parameters
    ----------
    scores : (n,)
        Of `OutlierDetector`, nats.

    Examples
    --------
    >>> usual = -np.log(np.random.default_rng(0).uniform(size=950))
    >>> round(estimated_share(np.append(usual, np.full(50, 20.0))), 2)
    0.06
    """
    return float(benjamini_hochberg(np.exp(-scores), RATE).mean())


def chosen_offset(scores: np.ndarray, contamination: float | str) -> tuple[float, float]:
    """Return the share of outliers among examples, and the score above which one is an outlier.

    Parameters
    ----------
    scores : (n,)
        Of the examples of the fit; higher is more unusual.
    contamination
        The share, or ``"auto"`` to estimate it.
    """
    share = estimated_share(scores) if isinstance(contamination, str) else float(contamination)
    return share, float(np.quantile(scores, 1 - share)) if share else float(scores.max())
