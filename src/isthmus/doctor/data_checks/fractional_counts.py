"""Numbers that are no counts under a likelihood of counts."""

import numpy as np

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding, setting


def fractional_counts(data: Data) -> Finding | None:
    """Find fractions under Poisson or negative binomial, which give them no probability."""
    if not data.plan.counts:
        return None
    x = data.sample[~np.isnan(data.sample)]
    share = float((x != np.round(x)).mean()) if x.size else 0.0
    if share == 0:
        return None
    return Finding(
        "look",
        f"{share:.1%} of the values are fractions, and the likelihood {data.plan.likelihood} is "
        "one of counts, which are whole numbers.",
        f"Use {setting('likelihood', 'auto')}, or give the counts as they were before scaling.",
        {"share": share},
    )
