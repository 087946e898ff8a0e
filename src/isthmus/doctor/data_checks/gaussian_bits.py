"""Zeros and ones under the Gaussian likelihood of a drawn code."""

import numpy as np

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding, setting


def gaussian_bits(data: Data) -> Finding | None:
    """Find bits under a Gaussian likelihood of unit variance and a KL divergence.

    A bit then costs at most half a nat, so the divergence outweighs what the code could tell.
    """
    if data.plan.likelihood != "gaussian" or not data.plan.stochastic:
        return None
    x = data.sample[~np.isnan(data.sample)]
    if not np.isin(x, (0, 1)).all():
        return None
    return Finding(
        "look",
        "The values are zeros and ones, and the likelihood is Gaussian, under which a bit costs at "
        "most half a nat: the divergence of the code outweighs it.",
        f"Use {setting('likelihood', 'bernoulli')}.",
    )
