"""The detector under the names that pyod gives to the methods and attributes of its detectors."""

from typing import Self, cast

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.utils.validation import check_is_fitted

from isthmus.annotations import ExamplesLike, Targets
from isthmus.outliers.detector import OutlierDetector


class PyodDetector(MetaEstimatorMixin, BaseEstimator):
    """Give an `OutlierDetector` pyod's names, for programs that are written for pyod's detectors.

    Scores are higher for outliers, and labels are 1 for outliers and 0 for usual examples.

    Parameters
    ----------
    detector : OutlierDetector or None, default=None
        What finds the outliers, fitted here to a copy; None is ``OutlierDetector()``.

    Attributes
    ----------
    detector_ : OutlierDetector
        The fitted detector, with its p-values, selections and reasons.
    decision_scores_ : (n,)
        Scores of the examples of ``fit``.
    threshold_ : float
        Score above which an example is an outlier.
    labels_ : (n,) of int
        Labels of the examples of ``fit``.
    contamination : float or "auto"
        That of the detector: its setting before ``fit``, the share it goes by after.

    References
    ----------
    Zhao, Nasrullah and Li, PyOD: a Python toolbox for scalable outlier detection, JMLR 20, 2019.

    Examples
    --------
    >>> X = np.random.default_rng(0).normal(size=(300, 3))
    >>> X[:3] += 9
    >>> detector = PyodDetector(OutlierDetector(contamination=0.01, random_state=0)).fit(X)
    >>> np.flatnonzero(detector.labels_).tolist()
    [0, 1, 2]
    >>> detector.predict(X[2:4]).tolist()
    [1, 0]
    """

    def __init__(self, detector: OutlierDetector | None = None):
        self.detector = detector

    def fit(self, X: ExamplesLike, y: Targets | None = None) -> Self:
        """Fit the detector to examples, as `OutlierDetector.fit` does; ``y`` is ignored."""
        detector = OutlierDetector() if self.detector is None else self.detector
        self.detector_ = cast(OutlierDetector, clone(detector)).fit(X)
        self.decision_scores_ = self.decision_function(X)
        self.threshold_ = -self.detector_.offset_
        self.labels_ = (self.decision_scores_ > self.threshold_).astype(int)
        return self

    @property
    def contamination(self) -> float | str:
        """Share of outliers among the examples of ``fit``."""
        if hasattr(self, "detector_"):
            return self.detector_.contamination_
        return "auto" if self.detector is None else self.detector.contamination

    def decision_function(self, X: ExamplesLike) -> np.ndarray:
        """Return the score of each example (n,), higher for outliers: minus `score_samples`."""
        check_is_fitted(self, "detector_")
        return -self.detector_.score_samples(X)

    def predict(self, X: ExamplesLike) -> np.ndarray:
        """Return 1 for outliers and 0 for usual examples (n,)."""
        return (self.decision_function(X) > self.threshold_).astype(int)

    def predict_proba(self, X: ExamplesLike) -> np.ndarray:
        """Return (n, 2): the p-value of being usual, and 1 less it.

        Where pyod rescales scores by their range, these numbers have a meaning: of usual new
        examples at most a share t has a first column of at most t.
        """
        check_is_fitted(self, "detector_")
        usual = self.detector_.p_values(X)
        return np.stack([usual, 1 - usual], axis=1)

    def fit_predict(self, X: ExamplesLike, y: Targets | None = None) -> np.ndarray:
        """Fit to examples, and return their labels (n,)."""
        return self.fit(X, y).labels_
