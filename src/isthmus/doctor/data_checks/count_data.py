"""Counts under a likelihood of real numbers."""

import numpy as np

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding, setting

LEAST_SHARE = 0.5
"""Least share of columns that must look like counts."""


def count_data(data: Data) -> Finding | None:
    """Find tables of counts that are modelled by squared error.

    A column of counts holds whole numbers from 0 or 1 on, more than two kinds, without a common
    upper end, and is skewed to the right: its mean lies above its median or half of it is zero, and
    its variance is above its mean. A look where the Gaussian was asked for, a note otherwise.
    """
    gaussian = data.plan.likelihood in ("gaussian", "learnedgaussian", "sigma", "auto")
    if not gaussian or data.image_shape is not None or len(data) < 20:
        return None
    x = data.sample
    if np.isnan(x).any() or x.min() < 0 or data.width < 2:
        return None
    whole = (x == np.round(x)).all(axis=0) & data.varied
    mean, variance, most = x.mean(axis=0), x.var(axis=0), x.max(axis=0)
    skewed = (np.median(x, axis=0) < mean) & (variance > mean) & (x.min(axis=0) <= 1)
    heavy = most > 4 * np.maximum(mean, 0.5)  # a bounded score fills its range
    counts = whole & skewed & heavy & (most > 2)
    shared = (most[counts] == most.max()).mean() > 0.3 if counts.sum() > 2 else False
    if counts.sum() < LEAST_SHARE * data.varied.sum() or counts.sum() < 2 or shared:
        return None
    explicit = data.plan.likelihood != "auto"
    return Finding(
        "look" if explicit else "note",
        f"{counts.sum()} of {data.width} columns are counts: whole numbers whose variance "
        f"(median {np.median(variance[counts]):.3g}) is above their mean "
        f"({np.median(mean[counts]):.3g}); squared error sees the large ones only.",
        f"Model them as counts: {setting('likelihood', 'negative_binomial')}.",
        {"columns": np.flatnonzero(counts).tolist()},
    )
