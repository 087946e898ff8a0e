"""The parts of a fitted estimator that can be exported, each as a function of one example."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import jax.numpy as jnp

from isthmus.bounds import ELBO
from isthmus.errors import SettingError, unknown
from isthmus.estimators import inference
from isthmus.export.program import Program
from isthmus.export.tracing import trace

Function = Callable[..., Mapping[str, Any]]
"""From (model, input (1, n)) to named outputs."""


def _encoder(model: Any, x: Any) -> dict[str, Any]:
    return {"code": inference.encode(model, x)}


def _decoder(model: Any, code: Any) -> dict[str, Any]:
    return {"reconstruction": inference.decode(model, code)}


def _reconstruct(model: Any, x: Any) -> dict[str, Any]:
    return {"reconstruction": inference.reconstruct(model, x)}


def _score(model: Any, x: Any) -> dict[str, Any]:
    rows = inference.assess(model, x)
    return {"score": -(rows["nats"] + rows["kl"])}


def _head(model: Any, x: Any) -> dict[str, Any]:
    return {"output": inference.read_head(model, x)}


PARTS: dict[str, tuple[Function, str]] = {
    "encoder": (_encoder, "example"),
    "decoder": (_decoder, "code"),
    "reconstruct": (_reconstruct, "example"),
    "score": (_score, "example"),
}
"""The parts by name: what they compute, and of what."""


def part_of(estimator: Any, part: str) -> Program:
    """Return a part of a fitted estimator as a program, in the data's own units.

    Parameters
    ----------
    estimator
        Fitted; one that is conditioned on labels takes the number of the label as a further input
        ``label``, its place in ``classes_``.
    part
        ``encoder``: ``example`` (D,) to ``code`` (d,). ``decoder``: ``code`` to ``reconstruction``
        (D,). ``reconstruct``: ``example`` to ``reconstruction``. ``score``: ``example`` to
        ``score`` (), nats, as `score_samples` gives it.

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
    if part not in PARTS:
        raise SettingError(unknown("part", part, PARTS))
    model = estimator.model_
    if part != "encoder" and model.decoder is None:
        raise SettingError(f"This model has no decoder, so it has no {part}: export the encoder.")
    model = replace(model, corruption=None, bound=ELBO(), penalties=(), heads=())
    function, name = PARTS[part]
    size = estimator.n_features_in_ if name == "example" else model.latent_dim
    inputs: dict[str, tuple[int, str]] = {name: (size, "float")}
    if not model.conditional:
        return trace(function, model, inputs)

    def under_label(model: Any, x: Any, label: Any) -> Mapping[str, Any]:
        return function(model.given(jnp.asarray(label)), x)

    return trace(under_label, model, inputs | {"label": (0, "int")})
