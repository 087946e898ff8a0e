"""The measures of a fitted autoencoder's reconstructions."""

from typing import Any, TypedDict

import numpy as np

from isthmus.data.source import Examples
from isthmus.estimators import inference
from isthmus.evaluation.reconstruction import NATS, within_support
from isthmus.model import Model

SQUARES = ("squares", "squares_input")
"""What is averaged over observed entries, where some are missing."""


class Measures(TypedDict):
    """What `isthmus.Autoencoder.measure` returns; ``kl`` and below where the latent has them."""

    mse: float
    mse_input: float
    nats: float
    floor_nats: float
    errors: np.ndarray
    column_mse: np.ndarray
    column_mse_input: np.ndarray
    outside: int
    kl: float
    elbo: float
    negative_elbo: float
    kl_per_dimension: np.ndarray


def measure(model: Model, examples: Examples, labels: np.ndarray | None) -> Measures:
    """Measure the reconstructions of examples, in one pass over them.

    Parameters
    ----------
    model
        Fitted.
    examples : (n, ...)
        In their own units.
    labels : (n,) or None
        Numbers of the labels that the model is conditioned on.
    """
    features = int(np.prod(examples.shape[1:]))
    sums: dict[str, np.ndarray] = {}
    errors = []
    for rows in inference.iterate_rows(inference.assess, model, examples, labels):
        counts = rows["observed"].sum(axis=1) if "observed" in rows else features
        squares = rows["squares"].sum(axis=1, dtype=np.float64)
        errors.append(squares / np.maximum(counts, 1))
        for name, values in within_support(rows).items():
            sums[name] = sums.get(name, 0.0) + values.sum(axis=0, dtype=np.float64)
    inside = sums.pop("inside")
    observed = sums.pop("observed", np.full(features, float(len(examples))))
    mse, mse_input = (float(sums[name].sum() / observed.sum()) for name in SQUARES)
    sizes: dict[str, Any] = {name: np.maximum(observed, 1) for name in SQUARES}
    sizes |= dict.fromkeys(NATS, inside)
    means = {name: total / sizes.get(name, len(examples)) for name, total in sums.items()}
    measured: Any = Measures(  # pyright: ignore[reportCallIssue]
        mse=mse,
        mse_input=mse_input,
        nats=float(means["nats"]),
        floor_nats=float(means["floor_nats"]),
        errors=np.concatenate(errors),
        column_mse=means["squares"],
        column_mse_input=means["squares_input"],
        outside=len(examples) - int(inside),
    )
    if model.latent.stochastic:
        measured["kl"] = float(means["kl"])
        measured["negative_elbo"] = float(means["drawn_nats"] + means["kl"])
        measured["elbo"] = -measured["negative_elbo"]
    if "kl_dimensions" in means:
        measured["kl_per_dimension"] = means["kl_dimensions"]
    return measured
