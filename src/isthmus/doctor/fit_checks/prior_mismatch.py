"""A prior from which codes are drawn that no example has."""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from isthmus.doctor.finding import Finding, setting
from isthmus.doctor.fit import Fit

TOLD_APART = 0.7
"""Share of codes whose nearest neighbour is of their own kind: 0.5 where the kinds are the same,
with a standard error of 0.01 for 1,000 codes; models of beta 1 have up to 0.56."""

CODES = 1_000
"""Maximum of codes of either kind."""


def prior_mismatch(fit: Fit) -> Finding | None:
    """Tell codes of examples from codes of the prior by their nearest neighbours.

    If the prior is where the codes are, the nearest neighbour of a code is of either kind with the
    same probability (Schilling, 1986). Where the kinds are told apart, samples are of codes that
    the decoder never saw.
    """
    if fit.drawn is None or fit.prior is None or fit.distances is None or len(fit.drawn) < 20:
        return None
    n = min(len(fit.drawn), len(fit.prior), CODES)
    both = np.concatenate([fit.drawn[:n], fit.prior[:n]])
    near = NearestNeighbors(n_neighbors=2).fit(both).kneighbors(both)[1][:, 1]
    kinds = np.repeat([0, 1], n)
    apart = float((kinds[near] == kinds).mean())
    rebuilt, sampled = (float(np.median(one)) for one in fit.distances)
    ratio = sampled / max(rebuilt, 1e-12)
    if apart < TOLD_APART:
        return None
    beta = fit.settings.get("beta")
    low = beta is not None and beta < 1
    return Finding(
        "look",
        f"The prior is not where the codes are: {apart:.0%} of codes and draws from the prior are "
        "told apart by their nearest neighbour (50% if they match), and samples are "
        f"{ratio:.1f} times as far from the data as reconstructions are.",
        f"Raise beta, which is {beta:g}: {setting('beta', 1.0)}."
        if low
        else "Train longer, or fit a sampler to the codes before generating.",
        {"apart": apart, "ratio": ratio},
    )
