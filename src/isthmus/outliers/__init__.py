"""Outliers, each with a score, a p-value and a reason, by any autoencoder."""

from isthmus.outliers.conformal import (
    benjamini_hochberg,
    conditional_p_values,
    p_values,
    rate_threshold,
)
from isthmus.outliers.contamination import estimated_share
from isthmus.outliers.detector import OutlierDetector, automatic_score
from isthmus.outliers.drift import Drift
from isthmus.outliers.encoded import Encoded
from isthmus.outliers.findings import findings, reasons_of
from isthmus.outliers.persistence import load
from isthmus.outliers.pyod import PyodDetector
from isthmus.outliers.reasons import Reasons

__all__ = [
    "Drift",
    "Encoded",
    "OutlierDetector",
    "PyodDetector",
    "Reasons",
    "automatic_score",
    "benjamini_hochberg",
    "conditional_p_values",
    "estimated_share",
    "findings",
    "load",
    "p_values",
    "rate_threshold",
    "reasons_of",
]
