"""Outputs that leave the range of the data."""

import numpy as np

from isthmus.doctor.finding import Finding, setting
from isthmus.doctor.fit import Fit

BEYOND = 0.1
"""Share of the range's width by which a value is clearly outside."""

LEAST_SHARE = 0.001
"""Least share of such values."""

BOUNDED = ("pixels", "range", "unit", "binary", "minmax")
"""Scalings of data that have a range."""


def output_range(fit: Fit) -> Finding | None:
    """Find samples and reconstructions of bounded data that are clearly outside its range.

    A Gaussian likelihood knows no range. A note, since squared errors are what they are.
    """
    if fit.settings["scaling"] not in BOUNDED or fit.low is None or fit.high is None:
        return None
    width = np.maximum(np.asarray(fit.high) - np.asarray(fit.low), 1e-12)
    for what, values in (("samples", fit.samples), ("reconstructions", fit.outputs)):
        if values is None:
            continue
        out = (values < fit.low - BEYOND * width) | (values > fit.high + BEYOND * width)
        if (share := float(out.mean())) >= LEAST_SHARE:
            return Finding(
                "note",
                f"{share:.1%} of the values of {what} are outside the range of the data: they go "
                f"from {values.min():.3g} to {values.max():.3g}, and the data from "
                f"{np.min(fit.low):.3g} to {np.max(fit.high):.3g}.",
                f"Use {setting('likelihood', 'bernoulli')}, which keeps the range, or clip them."
                if fit.settings["likelihood"] == "Gaussian"
                else "Clip them.",
                {"share": share, "of": what},
            )
    return None
