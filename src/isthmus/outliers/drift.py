"""Whether new examples come from where the examples of the fit came from: two-sample tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import ks_2samp

from isthmus.annotations import Examples
from isthmus.estimators.inputs import take_examples
from isthmus.outliers.folds import Fold

COMPARED = 2_000
"""New examples that are compared, at most, evenly spaced."""

NOTED = 0.01
"""A p-value below this is called drift."""


@dataclass(frozen=True)
class Drift:
    """Two-sample tests of new examples against those held out from the fit.

    Parameters
    ----------
    p_value
        Of no drift at all: twice the smaller of the two below, 1 at most.
    score_p_value
        Of equal distributions of the score, by Kolmogorov and Smirnov.
    code_p_value
        Of equal distributions of every code dimension, by the same with Bonferroni's correction.
    unusual
        Share of the new examples with a p-value of at most 0.05 as usual examples.
    """

    p_value: float
    score_p_value: float
    code_p_value: float
    unusual: float

    @property
    def sentence(self) -> str:
        """What was found, in a sentence."""
        p = f"p = {self.p_value:.2g}"
        if self.p_value >= NOTED:
            return f"No drift of the new data against that of the fit was found ({p})."
        what = "scores" if self.score_p_value <= self.code_p_value else "codes"
        return (
            f"The new data drift from that of the fit ({p}, by the {what}; {self.unusual:.0%} of"
            " the examples are as unusual as 5% were): p-values of single examples promise less."
        )


def drift(folds: Sequence[Fold], X: Examples) -> Drift:
    """Compare new examples with the held-out ones of every fold.

    P-values of several folds are joined by Bonferroni's correction, too.
    """
    if len(X) > COMPARED:
        X = take_examples(X, np.linspace(0, len(X) - 1, COMPARED).round().astype(int))
    by_score, by_code, unusual = [], [], []
    for fold in folds:
        encoded = fold.encode(X)
        scores = fold.surprise(encoded)
        by_score.append(_p(fold.calibration, scores))
        own = [_p(old, new) for old, new in zip(fold.codes.T, encoded.codes.T, strict=True)]
        by_code.append(min(own) * len(own))
        unusual.append(np.mean(scores >= np.quantile(fold.calibration, 0.95)))
    score, code = (min(1.0, min(ps) * len(folds)) for ps in (by_score, by_code))
    return Drift(min(1.0, 2 * min(score, code)), score, code, float(np.mean(unusual)))


def _p(old: np.ndarray, new: np.ndarray) -> float:
    found: Any = ks_2samp(old, new, method="asymp")
    return float(found.pvalue)
