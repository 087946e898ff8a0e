"""A code with more dimensions than it uses."""

import numpy as np

from isthmus.doctor.finding import Finding, setting
from isthmus.doctor.fit import Fit
from isthmus.evaluation.advice import recommend_latent_dim

HALF = 0.5
"""Named where the advised size is at most this share of the code's."""


def code_too_large(fit: Fit) -> Finding | None:
    """Find codes half of whose principal directions explain next to nothing.

    Codes are cut to their first k principal directions and decoded. The advised size is the least
    from which no direction more explains a hundredth of the variance: see
    `isthmus.evaluation.advice`.
    """
    if fit.kept is None or fit.latent_dim < 2 or fit.kept[0] < 1.1 * fit.kept[-1]:
        return None
    sizes = np.flatnonzero(np.isfinite(fit.kept))
    sizes = sizes[sizes > 0]
    variance = float(fit.train.mean.mean())
    if variance <= 0 or fit.kept[-1] > 0.9 * variance:
        return None
    curve = np.minimum.accumulate(fit.kept[sizes])
    advised = recommend_latent_dim(sizes.tolist(), curve.tolist(), variance).latent_dim
    if advised > HALF * fit.latent_dim:
        return None
    explained = 1 - float(fit.kept[advised]) / variance
    return Finding(
        "note" if fit.stochastic else "look",
        f"The code has {fit.latent_dim} dimensions, and {advised} directions of it already explain "
        f"{explained:.1%} of the variance; each further one explains less than 1%.",
        f"Use {setting('latent_dim', advised)}.",
        {"advised": advised},
    )
