"""Examples of which some are in other units than the rest."""

import numpy as np

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding

FACTOR = 20.0
"""Least factor between the sizes of the two kinds of rows, with none between."""

LEAST_SHARE = 0.01
"""Least share of rows of either kind."""

LEAST_COLUMNS = 8
"""With fewer columns a row's greatest value says little about its units."""


def mixed_ranges(data: Data) -> Finding | None:
    """Find rows whose greatest values fall into two kinds, a factor of 20 apart.

    Some images divided by 255 and others not are the common case. The columns must agree: the
    medians of most differ by as much.
    """
    if data.width < LEAST_COLUMNS or len(data) < 20:
        return None
    size = np.nanmax(np.abs(data.sample), axis=1)
    kept = np.flatnonzero(size > 0)
    if len(kept) < 20:
        return None
    order = kept[np.argsort(size[kept])]
    logs = np.log(size[order])
    least = max(3, round(LEAST_SHARE * len(order)))
    steps = np.diff(logs)
    steps[: least - 1] = steps[len(steps) - least + 1 :] = 0
    cut = int(steps.argmax()) + 1
    if steps[cut - 1] < np.log(FACTOR):
        return None
    small, large = data.sample[order[:cut]], data.sample[order[cut:]]
    spread = [np.nanmean(np.abs(part), axis=0) for part in (small, large)]
    varied = spread[1] > 0
    if (spread[1][varied] > 0.5 * FACTOR * spread[0][varied]).mean() < 0.7:
        return None
    share = min(len(small), len(large)) / len(order)
    what = "images" if data.image_shape is not None else "rows"
    return Finding(
        "stop",
        f"{share:.1%} of the {what} are in other units than the rest: their greatest values are "
        f"{np.exp(steps[cut - 1]):,.0f} times apart, with none between.",
        "Bring all to the same units, for instance divide those of 0 to 255 by 255.",
        {"share": share, "factor": float(np.exp(steps[cut - 1]))},
    )
