"""The measures of a fitted autoencoder's reconstructions."""

from typing import Any, TypedDict

import numpy as np

from isthmus.data.source import Examples
from isthmus.estimators import inference
from isthmus.evaluation.reconstruction import ErrorSums
from isthmus.model import Model


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
    sums, errors = ErrorSums(), []
    for rows in inference.iterate_rows(inference.assess, model, examples, labels):
        if not model.latent.stochastic:
            del rows["kl"], rows["drawn_nats"]
        errors.append(sums.add(rows))
    means = sums.errors()
    measured: Any = Measures(  # pyright: ignore[reportCallIssue]
        mse=means.mse,
        mse_input=means.mse_input,
        nats=means.nats,
        floor_nats=means.floor_nats,
        errors=np.concatenate(errors),
        column_mse=means.column_mse,
        column_mse_input=means.column_mse_input,
        outside=means.outside,
    )
    if means.kl is not None and means.elbo is not None:
        measured |= {"kl": means.kl, "negative_elbo": -means.elbo, "elbo": means.elbo}
    if means.kl_per_dimension is not None:
        measured["kl_per_dimension"] = means.kl_per_dimension
    return measured
