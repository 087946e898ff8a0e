"""The parts of a fitted estimator that can be exported: each a function of one example."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple, cast

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from isthmus.annotations import Targets
from isthmus.bounds import ELBO
from isthmus.errors import SettingError, unknown
from isthmus.estimators import inference
from isthmus.estimators.fitted import Fitted
from isthmus.estimators.regressor import AutoencoderRegressor
from isthmus.export.program import Program
from isthmus.export.tracing import Traced, trace
from isthmus.model import Model


class Part(NamedTuple):
    """A part that can be exported.

    Parameters
    ----------
    function
        From (estimator, model, input (1, n)) to named outputs, in JAX.
    takes
        ``example`` or ``code``.
    reference
        From (estimator, inputs (n, ...), labels) to what the estimator itself gives (n, ...).
    gives
        What it computes, for people.
    """

    function: Callable[[Fitted, Model, Array], Mapping[str, Array]]
    takes: str
    reference: Callable[[Fitted, np.ndarray, Targets | None], np.ndarray]
    gives: str


def _encoder(estimator: Fitted, model: Model, x: Array) -> dict[str, Array]:
    return {"code": inference.encode(model, x)}


def _decoder(estimator: Fitted, model: Model, code: Array) -> dict[str, Array]:
    return {"reconstruction": inference.decode(model, code)}


def _reconstruct(estimator: Fitted, model: Model, x: Array) -> dict[str, Array]:
    return {"reconstruction": inference.reconstruct(model, x)}


def _score(estimator: Fitted, model: Model, x: Array) -> dict[str, Array]:
    rows = inference.assess(model, x)
    return {"score": -(rows["nats"] + rows["kl"])}


def _predict(estimator: Fitted, model: Model, x: Array) -> dict[str, Array]:
    read = inference.read_head(model, x)
    if hasattr(estimator, "predict_proba"):
        return {"probabilities": jax.nn.softmax(read / getattr(estimator, "temperature_", 1.0))}
    quantities = cast(AutoencoderRegressor, estimator)
    scale, mean = (
        jnp.asarray(values, jnp.float32).reshape(1, -1)
        for values in (quantities.target_scale_, quantities.target_mean_)
    )
    return {"prediction": read * scale + mean}


def _predicted(estimator: Fitted, x: np.ndarray, labels: Targets | None) -> np.ndarray:
    name = "predict_proba" if hasattr(estimator, "predict_proba") else "predict"
    return getattr(estimator, name)(x)


PARTS = {
    "encoder": Part(
        _encoder, "example", lambda e, x, labels: e.transform(x, labels),
        "the code of an example",
    ),
    "decoder": Part(
        _decoder, "code", lambda e, z, labels: e.inverse_transform(z, labels),
        "the mean reconstruction of a code, in the data's own units",
    ),
    "reconstruct": Part(
        _reconstruct, "example", lambda e, x, labels: e.reconstruct(x, labels),
        "the mean reconstruction of an example, in the data's own units",
    ),
    "score": Part(
        _score, "example", lambda e, x, labels: e.score_samples(x, labels),
        "the log-likelihood of an example at its code, less the divergence, in nats",
    ),
    "predict": Part(
        _predict, "example", _predicted,
        "the classifier's probabilities, or the quantities, of an example",
    ),
}  # fmt: skip
"""The parts by name."""


def part_of(estimator: Fitted, part: str) -> Program:
    """Return a part of a fitted estimator as a program, in the data's own units.

    Parameters
    ----------
    estimator
        Fitted; one that is conditioned on labels takes the number of the label as a further input
        ``label``, its place in ``classes_``.
    part
        ``encoder``: ``example`` (D,) to ``code`` (d,). ``decoder``: ``code`` to ``reconstruction``
        (D,). ``reconstruct``: ``example`` to ``reconstruction``. ``score``: ``example`` to
        ``score`` (), nats, as `score_samples` gives it. ``predict``: ``example`` to
        ``probabilities`` (classes,) or ``prediction`` (quantities,).

    Raises
    ------
    SettingError
        If there is no part of that name, the model lacks it, or it cannot be exported.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from isthmus import Autoencoder
    >>> fitted = Autoencoder(2, hidden=(8,), epochs=1, random_state=0).fit(load_digits().data)
    >>> program = part_of(fitted, "decoder")
    >>> [(port.name, port.shape) for port in (*program.inputs, *program.outputs)]
    [('code', (2,)), ('reconstruction', (64,))]
    """
    return trace_part(estimator, part).program


def width_of(estimator: Fitted) -> int:
    """Return the size D of an example: of a table with a schema, of the encoded row."""
    schema = estimator.schema_
    return estimator.n_features_in_ if schema is None else schema.width


def trace_part(estimator: Fitted, part: str) -> Traced:
    """Return `part_of` with JAX's own values of its layers, by which differences are located."""
    if part not in PARTS:
        raise SettingError(unknown("part", part, PARTS))
    model = estimator.model_
    if estimator.offset_ is not None:
        raise SettingError(
            "Columns of this model vary so little about a large value that it subtracts an offset "
            "in double precision first, and exports compute in single precision: subtract "
            "estimator.offset_ from those columns yourself, and fit again."
        )
    if part not in ("encoder", "predict") and model.decoder is None:
        raise SettingError(f"This model has no decoder, so it has no {part}: export the encoder.")
    if part == "predict" and not model.heads:
        raise SettingError(
            "This model has no head to predict with: fit an AutoencoderClassifier or an "
            "AutoencoderRegressor, or export another part."
        )
    heads = model.heads[:1] if part == "predict" else ()
    model = replace(model, corruption=None, bound=ELBO(), penalties=(), heads=heads)
    function, name = PARTS[part].function, PARTS[part].takes
    size = width_of(estimator) if name == "example" else model.latent_dim
    inputs: dict[str, tuple[int, str]] = {name: (size, "float")}
    if not model.conditional:
        return trace(lambda model, x: function(estimator, model, x), model, inputs)

    def under_label(model: Model, x: Array, label: Array) -> Mapping[str, Array]:
        return function(estimator, model.given(jnp.asarray(label)), x)

    return trace(under_label, model, inputs | {"label": (0, "int")})
