"""Columns that say the same as another."""

import numpy as np

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding

WIDEST = 2_000
"""Maximum of columns that are compared."""

SAME = 1 - 1e-9
"""Correlation from which two columns are equal up to unit, sign and offset: rounding is left."""


def duplicate_columns(data: Data) -> Finding | None:
    """Find tables with columns that are another column, in the same or in another unit."""
    if data.image_shape is not None or len(data) < 10 or np.isnan(data.sample).all(axis=0).any():
        return None
    varied = np.flatnonzero(data.varied)[:WIDEST]
    if len(varied) < 2:
        return None
    z = data.standardised(data.sample)[:, varied]
    same = np.abs(z.T @ z) / len(z) > SAME
    missing = np.isnan(data.sample[:, varied])
    same &= missing.T.astype(float) @ missing == missing.sum(axis=0)  # missing in the same rows
    later, first = np.nonzero(np.tril(same, -1))
    if not len(later):
        return None
    copies = np.unique(varied[later])
    bits = all(len(np.unique(data.sample[:, j])) <= 2 for j in copies)
    return Finding(
        "note" if bits else "look",
        f"Column {data.columns(copies)} says the same as column "
        f"{data.columns(np.unique(varied[first]))}, in the same or another unit.",
        "Keep one of each: what stands twice counts twice in the error.",
        {"columns": copies.tolist()},
    )
