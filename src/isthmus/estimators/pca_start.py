"""The start from PCA: a linear path from PCA, parallel to networks that output zero at first."""

import hashlib
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace

import jax.numpy as jnp
import numpy as np

from isthmus.data.source import Examples, blocks
from isthmus.errors import SettingError, unknown
from isthmus.estimators.parameters import Parameters
from isthmus.evaluation.pca import PCABaseline, fit_pca
from isthmus.model import Model
from isthmus.networks import LinearPath, start_at_zero
from isthmus.networks.layers import Linear

_shared: ContextVar[dict[Hashable, PCABaseline] | None] = ContextVar("shared", default=None)


def starts_from_pca(settings: Parameters, model: Model) -> bool:
    """Tell whether training starts from PCA: where the networks allow it, unless it is refused."""
    if settings.start not in ("auto", "pca", "random"):
        raise SettingError(unknown("start called", settings.start, ["auto", "pca", "random"]))
    decoder = model.decoder
    bare = model.encoder.ends_bare and decoder is not None and decoder.ends_bare
    possible = model.latent.free and model.likelihood.link is not None and bare
    if settings.start == "pca" and not possible:
        raise SettingError(
            "start is 'pca', which needs a deterministic code without an activation and built-in "
            "networks with a linear output that are not tied, and one likelihood for all columns: "
            "use start='random'."
        )
    return possible and settings.start != "random"


def start_from_pca(model: Model, pca: PCABaseline) -> Model:
    """Return the model with a linear path from PCA parallel to each network, which adds zero."""
    link = model.likelihood.link
    assert model.decoder is not None
    assert link is not None
    weight = _padded_components(pca, model.latent_dim)
    encoder_path = _path(weight.T, -pca.mean @ weight.T)
    decoder_path = _path(weight, pca.mean)
    return replace(
        model,
        encoder=LinearPath(encoder_path, start_at_zero(model.encoder)),
        decoder=LinearPath(decoder_path, start_at_zero(model.decoder), link),
    )


@contextmanager
def sharing_pca() -> Iterator[None]:
    """Fit PCA once for every sample and size of the code, in the fits that are prepared within."""
    token = _shared.set({})
    try:
        yield
    finally:
        _shared.reset(token)


def pca_of(sample: Examples, latent_dim: int) -> PCABaseline:
    """Return PCA of a sample: one fit for all fits that are prepared within `sharing_pca`."""
    known = _shared.get()
    if known is None:
        return fit_pca(sample, latent_dim)
    made = hashlib.blake2b(digest_size=16)
    for _, block in blocks(sample):
        made.update(np.ascontiguousarray(block).data)
    key = (made.digest(), sample.shape, latent_dim)
    if key not in known:
        known[key] = fit_pca(sample, latent_dim)
    return known[key]


def _path(weight: np.ndarray, bias: np.ndarray) -> Linear:
    fan_in, fan_out = weight.shape
    return Linear(
        weight=jnp.asarray(weight.astype(np.float32)),
        bias=jnp.asarray(bias.astype(np.float32)),
        in_shape=(fan_in,),
        out_shape=(fan_out,),
    )


def _padded_components(pca: PCABaseline, latent_dim: int) -> np.ndarray:
    """Return (d, D) components; directions that the sample does not have are zero."""
    components = np.zeros((latent_dim, pca.components.shape[1]), np.float32)
    components[: len(pca.components)] = pca.components
    return components
