"""A few columns that hold nearly all of the variance, because columns are not scaled."""

import numpy as np

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding, setting

EFFECTIVE = 0.25
"""Least effective number of columns, exp of the entropy of the variances' shares, over all."""

UNITS = 10.0
"""Least ratio of the largest deviation to the median one for units to differ."""


def dominant_columns(data: Data) -> Finding | None:
    """Find tables, used as they are, whose squared error is that of a few columns."""
    if data.plan.scaling not in ("none", "range") or data.plan.counts:
        return None
    deviation = data.deviation[data.varied]
    if data.image_shape is not None or len(deviation) < 2:
        return None
    share = deviation**2 / np.square(deviation).sum()
    effective = float(np.exp(-(share * np.log(np.maximum(share, 1e-300))).sum()))
    middle = float(np.median(deviation))
    if effective > max(1.1, EFFECTIVE * len(share)) or deviation.max() < UNITS * middle:
        return None
    top = int(np.flatnonzero(data.varied)[share.argmax()])
    return Finding(
        "look",
        f"Columns are not scaled, and column {data.column(top)} alone holds {share.max():.1%} of "
        f"the variance of {len(share)} columns: the code will describe little else.",
        f"Scale the columns: {setting('scaling', 'auto')}.",
        {"column": top, "share": float(share.max()), "effective": effective},
    )
