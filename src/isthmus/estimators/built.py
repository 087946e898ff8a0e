"""What was built: the settings of a fit with the chosen values in place of "auto"."""

from typing import TYPE_CHECKING

from isthmus.estimators.automatic import automatic_batch_size
from isthmus.networks import AbstractNetwork, nonlinear_branch
from isthmus.plainjson import JsonObject
from isthmus.specifications import Number

if TYPE_CHECKING:
    from isthmus.estimators.conditional import AnyAutoencoder


def built_settings(estimator: "AnyAutoencoder", examples: int | None = None) -> JsonObject:
    """Return the settings of a fitted estimator as numbers and words.

    Parameters
    ----------
    estimator
        A fitted one.
    examples
        How many it was fitted to, on which an automatic batch size depends; None if not known.

    Returns
    -------
    dict
        ``encoder`` and ``decoder`` (kind and widths), ``latent``, ``likelihood``, ``scaling``,
        ``bound``, ``beta``, ``corruption``, ``penalties`` with their weights, ``optimizer``,
        ``learning_rate`` (its highest), ``schedule``, ``batch_size``, ``epochs``, ``activation`` of
        the code; None for what there is not.
    """
    model = estimator.model_
    rates = [rate for rate in estimator.history_.get("learning_rate", ()) if rate is not None]
    size = estimator.batch_size
    if size == "auto":
        size = None if examples is None else min(automatic_batch_size(examples), examples)
    return {
        "encoder": _network(model.encoder),
        "decoder": _network(model.decoder),
        "latent": type(model.latent).__name__,
        "likelihood": type(estimator.likelihood_).__name__,
        "scaling": estimator.scaling_.kind,
        "bound": type(model.bound).__name__,
        "beta": _number(getattr(model.bound, "beta", None)),
        "corruption": _words(estimator.corruption),
        "penalties": _words(model.penalties),
        "optimizer": _words(estimator.optimizer),
        "learning_rate": float(max(rates)) if rates else None,
        "schedule": _words(estimator.schedule),
        "batch_size": None if size is None else int(size),
        "epochs": int(estimator.n_epochs_),
        "activation": getattr(model.latent, "activation", None),
    }


def _network(network: AbstractNetwork | None) -> str | None:
    """Return a network's kind and the widths of its hidden layers."""
    if network is None:
        return None
    chain = nonlinear_branch(network)
    path = ", and a linear path from PCA" if chain is not network else ""
    if chain is None or not chain.layer_shapes:
        return type(chain).__name__ + path
    shapes = ["x".join(map(str, shape)) for shape in chain.layer_shapes[1:-1]]
    return f"layers of {', '.join(shapes) or 'no width: linear'}{path}"


def _number(value: Number | None) -> float | None:
    return None if value is None else float(value)


def _words(value: object) -> str | None:
    if value is None or value == ():
        return None
    if isinstance(value, tuple):
        return ", ".join(map(repr, value))
    return value if isinstance(value, str) else repr(value)
