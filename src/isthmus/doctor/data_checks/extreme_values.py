"""A few values so far away that they set the scale of a column."""

import numpy as np

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding, setting

FEW = 0.001
"""Share of the values that may be the extreme ones; at least one."""

FAR = 10.0
"""Factor by which the few stretch the column's range before it is called theirs."""

ABSURD = 100.0
"""Factor beyond which a value is a mistake under any scaling."""


def extreme_values(data: Data) -> Finding | None:
    """Find columns whose range without one value in a thousand is a tenth of what it is.

    Such a column is squeezed by ``minmax`` and ``range``; under the others it is only named where
    the factor is 100. Columns of which half is one value are left out: rare events are no mistake.
    """
    if len(data) < 30 or data.image_shape is not None:
        return None
    squeezed = data.plan.scaling in ("minmax", "range", "none")
    least = FAR if squeezed else ABSURD
    varied = np.flatnonzero(data.varied).tolist()
    found = [(j, _stretch(data.sample[:, j])) for j in varied]
    found = [(j, factor) for j, factor in found if factor >= least]
    if not found:
        return None
    j, factor = max(found, key=lambda one: one[1])
    values = data.sample[:, j]
    worst = float(values[np.nanargmax(np.abs(values - np.nanmedian(values)))])
    remedy = "Look whether the value is a mistake; if it is, drop it or make it missing."
    if squeezed:
        remedy += f" Otherwise use {setting('scaling', 'standard')}, which is logarithmic far out."
    return Finding(
        "look",
        f"Column {data.column(j)} holds {worst:g}, and 99.9% of its values lie in a range that is "
        f"{factor:,.0f} times narrower.",
        remedy,
        {"columns": [j for j, _ in found], "value": worst, "factor": factor},
    )


def _stretch(values: np.ndarray) -> float:
    """Return by which factor the farthest few values widen the range of the others."""
    values = np.sort(values[~np.isnan(values)])
    few = max(1, round(FEW * len(values)))
    if len(values) < 30 or values[len(values) // 4] == values[3 * len(values) // 4]:
        return 1.0
    width = values[-1] - values[0]
    narrower = min(
        values[len(values) - 1 - few + i] - values[i] for i in range(few + 1)
    )  # the narrowest range that leaves the few out
    return float(width / max(narrower, 1e-12 * width))
