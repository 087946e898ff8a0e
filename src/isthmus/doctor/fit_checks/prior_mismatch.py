"""A prior from which codes are drawn that no example has."""

import numpy as np

from isthmus.doctor.finding import Finding, setting
from isthmus.doctor.fit import Fit

INSIDE = 0.99
"""Share of the prior's draws that reach a code as near as they reach each other."""

OUTSIDE = 0.25
"""Share of codes beyond that: 0.01 where the prior covers them, up to 0.1 for a beta of 1."""

FARTHER = 1.2
"""Ratio of the distances of samples and of reconstructions to the data from which it is said."""


def prior_mismatch(fit: Fit) -> Finding | None:
    """Find codes that lie where the prior has no draws.

    A code is outside if it is farther from the nearest draw of the prior than 99 of 100 further
    draws are. Where many are, samples come from a part of the codes alone, or from between them.
    """
    from sklearn.neighbors import NearestNeighbors

    if fit.drawn is None or fit.prior is None or len(fit.drawn) < 20:
        return None
    half = len(fit.prior) // 2
    reached = NearestNeighbors(n_neighbors=1).fit(fit.prior[:half])
    usual = np.quantile(reached.kneighbors(fit.prior[half:])[0], INSIDE)
    outside = float((reached.kneighbors(fit.drawn)[0] > usual).mean())
    if outside < OUTSIDE:
        return None
    far = ""
    if fit.distances is not None:
        rebuilt, sampled = (float(np.median(one)) for one in fit.distances)
        ratio = sampled / max(rebuilt, 1e-12)
        if ratio > FARTHER:
            far = f"; samples are {ratio:.1f} times as far from the data as reconstructions"
    beta = fit.settings.get("beta")
    low = beta is not None and beta < 1
    return Finding(
        "look",
        f"The prior is not where the codes are: {outside:.0%} of the codes lie outside it (1% if "
        f"it fits){far}.",
        f"Raise beta, which is {beta:g}: {setting('beta', 1.0)}."
        if low
        else "Train longer, or fit a sampler to the codes before generating.",
        {"outside": outside},
    )
