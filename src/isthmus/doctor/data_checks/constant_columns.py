"""Columns that hold one value."""

import numpy as np

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding


def constant_columns(data: Data) -> Finding | None:
    """Find columns without any variation in the rows that are looked at (up to 5,000).

    A note only: they cost nothing, and the border of most images is constant.
    """
    found = np.flatnonzero(~data.varied)
    if not len(found) or len(data) < 2:
        return None
    hold = "hold" if len(found) > 1 else "holds"
    what = "pixels" if data.image_shape is not None else "columns"
    return Finding(
        "note",
        f"{len(found)} of {data.width} {what} {hold} one value in all examples: "
        f"{data.columns(found)}.",
        "Drop them, or leave them: they are reconstructed exactly and tell nothing."
        if data.image_shape is None
        else "Nothing to do: they are reconstructed exactly.",
        {"columns": found.tolist()},
    )
