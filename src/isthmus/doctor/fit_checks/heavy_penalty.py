"""A penalty that outweighs the reconstruction."""

import numpy as np

from isthmus.doctor.finding import Finding
from isthmus.doctor.fit import Fit

OWN = frozenset(
    {"epoch", "train_loss", "validation_loss", "learning_rate", "seconds", "reconstruction", "kl",
     "latent_cost"}
)  # fmt: skip
"""Columns of a history that are no penalties."""

SHARE = 0.5
"""Share of the loss above its floor from which a penalty is the larger part."""

LEFT = 0.05
"""Share of the variance that must be lost for a penalty to have cost anything."""


def heavy_penalty(fit: Fit) -> Finding | None:
    """Find penalties that are most of the loss, in a fit that is no better than PCA."""
    name, share = penalty_share(fit)
    errors = fit.measured
    if share < SHARE or errors.ratio < LEFT or errors.own.mean() < 0.99 * errors.pca.mean():
        return None
    return Finding(
        "look",
        f"The penalty {name} is {min(share, 1):.0%} of what training lowered, and the "
        "reconstructions are no better than PCA's: the penalty is too strong.",
        "Lower its weight, to a tenth for a start.",
        {"penalty": name, "share": share},
    )


def penalty_share(fit: Fit) -> tuple[str, float]:
    """Return the largest penalty's name and its share of the loss above the floor, last epoch."""
    ends = {
        name: float(column[-1])
        for name, column in fit.history.items()
        if name not in OWN and len(column) and np.isfinite(column[-1:].astype(float)).all()
    }
    if not ends:
        return "", 0.0
    name = max(ends, key=lambda one: ends[one])
    return name, ends[name] / max(float(fit.loss[-1]) - fit.floor, 1e-9)
