"""Dimensions of a plain code that hardly vary."""

import numpy as np

from isthmus.doctor.finding import Finding, setting
from isthmus.doctor.fit import Fit

DEAD = 1e-4
"""Variance of a dead dimension, as a share of the largest."""

SAME = 1e-3
"""Share by which the error must change where all codes are replaced by their mean."""

FEW = 0.25
"""Share of the dimensions from which dead ones are more than the price of a sparse code."""


def dead_dimensions(fit: Fit) -> Finding | None:
    """Find dimensions below 1/10,000 of the largest variance, or codes that are all the same."""
    if fit.stochastic or fit.symbols is not None or len(fit.codes) < 2:
        return None
    variance = fit.codes.var(axis=0)
    dead = np.flatnonzero(variance <= DEAD * variance.max())
    d = fit.latent_dim
    same = variance.max() < 1e-12 or (
        fit.kept is not None and abs(fit.kept[0] - fit.kept[-1]) <= SAME * fit.kept[-1]
    )
    relu = fit.settings.get("activation") == "relu"
    if same:
        sentence = "Every example has the same code, so nothing is encoded."
    elif len(dead):
        shown = ", ".join(map(str, dead[:6])) + (", ..." if len(dead) > 6 else "")
        sentence = f"{len(dead)} of {d} dimensions of the code hardly vary ({shown})."
    else:
        return None
    return Finding(
        "stop" if same else "look" if len(dead) >= FEW * d else "note",
        sentence,
        _remedy(fit, len(dead), relu, bool(same)),
        {"dead": dead.tolist()},
    )


def _remedy(fit: Fit, dead: int, relu: bool, same: bool) -> str:
    lower = fit.penalised
    if relu:
        return (
            "The code is a ReLU, which dies where its input is negative: take a code without an "
            f"activation ({setting('latent', 'deterministic')}) or lower the learning rate"
            f"{', or the penalty' if lower else ''}."
        )
    if same:
        return "Lower the penalty." if lower else "Lower the learning rate."
    return f"Use {setting('latent_dim', fit.latent_dim - dead)}" + (
        ", or lower the penalty." if lower else "."
    )
