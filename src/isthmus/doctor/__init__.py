"""Checks that name what is wrong with data, settings or a fitted model, each with a remedy.

`examine_data` looks at data before a fit, `examine_fit` at a model after it. Nothing here imports
JAX: models are seen through arrays and numbers that others computed.
"""

from isthmus.doctor.data import Data, Plan
from isthmus.doctor.examination import examine_data, examine_fit
from isthmus.doctor.finding import Finding, Severity, ordered
from isthmus.doctor.fit import Errors, Fit, Head, Imputed
from isthmus.doctor.harder_examples import harder_examples

__all__ = [
    "Data",
    "Errors",
    "Finding",
    "Fit",
    "Head",
    "Imputed",
    "Plan",
    "Severity",
    "examine_data",
    "examine_fit",
    "harder_examples",
    "ordered",
]
