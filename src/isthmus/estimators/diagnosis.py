"""A fitted estimator as the plain numbers that the doctor's checks look at."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from sklearn.neighbors import NearestNeighbors

from isthmus.doctor import Errors, Fit
from isthmus.estimators import inference
from isthmus.evaluation.pca import PCABaseline, fit_pca
from isthmus.latents import AbstractLatent
from isthmus.latents.discrete import is_discrete
from isthmus.model import Model
from isthmus.typing import Array, Context

ROWS = 2_000
"""Maximum of examples of a part that are looked at."""

CLOSELY = 500
"""Maximum of those that are decoded several times."""

DIRECTIONS = 32
"""Maximum of sizes of a cut code that are tried."""


def examine(estimator: Any, X: Any, test: Any = None) -> Fit:
    """Return a fitted autoencoder as plain numbers.

    Parameters
    ----------
    estimator
        A fitted one, not conditioned on labels.
    X : (n, ...)
        Training examples.
    test : (m, ...) or None
        Others.
    """
    some = _spread(X, ROWS)
    scaled = estimator.scale(some)
    d = int(estimator.latent_dim)
    anchor = fit_pca(scaled, min(4 * d, *scaled.shape))
    codes = np.asarray(estimator.transform(some), np.float64)
    model: Model = estimator.model_
    reconstructs = model.decoder is not None
    measured = estimator.measure(some)
    few = _spread(some, CLOSELY)
    near = _nearness(estimator, scaled, few) if reconstructs else {}
    return Fit(
        features=int(estimator.n_features_in_),
        latent_dim=d,
        examples=len(X),
        settings=_settings(estimator, len(X)),
        history={name: np.asarray(column) for name, column in estimator.history_.items()},
        best_epoch=int(estimator.best_epoch_),
        floor=float(measured["floor_nats"]),
        train=_errors(estimator, anchor, some, d),
        test=None if test is None else _errors(estimator, anchor, _spread(test, ROWS), d),
        codes=codes,
        stochastic=bool(model.latent.stochastic),
        kl=measured.get("kl_per_dimension"),
        kept=_kept(estimator, few, codes),
        pca_curve=np.array([anchor.mse(scaled, k) for k in range(len(anchor.components) + 1)]),
        symbols=_symbols(model, some),
        **_corrupted(estimator, few),
        **_drawn(estimator, some),
        **_ranges(estimator, some),
        **near,
    )


def _spread(X: Any, most: int) -> Any:
    """Return up to ``most`` examples, evenly spaced."""
    rows = np.linspace(0, len(X) - 1, min(len(X), most)).astype(int)
    return X.iloc[rows] if hasattr(X, "iloc") else X[rows]


def _flat(X: Any) -> np.ndarray:
    return np.asarray(X, np.float64).reshape(len(X), -1)


def _errors(estimator: Any, anchor: PCABaseline, X: Any, d: int) -> Errors:
    scaled = estimator.scale(X)
    back = anchor.reconstruct(scaled, min(d, len(anchor.components)))
    return Errors(
        np.asarray(estimator.measure(X)["errors"], np.float64),
        np.square(scaled - back, dtype=np.float64).mean(axis=1),
        np.square(scaled - anchor.mean, dtype=np.float64).mean(axis=1),
    )


def _settings(estimator: Any, n: int) -> dict[str, Any]:
    """Return the settings as numbers and words, with the chosen values in place of "auto"."""
    rates = [rate for rate in estimator.history_.get("learning_rate", ()) if rate is not None]
    size = estimator.batch_size

    def words(value: Any) -> str | None:
        if value is None or value == ():
            return None
        return value if isinstance(value, str) else repr(value)

    bound = getattr(estimator, "bound", None)
    return {
        "learning_rate": float(max(rates)) if rates else None,
        "epochs": int(estimator.n_epochs_),
        "batch_size": None if size == "auto" else int(size),
        "beta": getattr(bound, "beta", None),
        "corruption": words(getattr(estimator, "corruption", None)),
        "penalties": words(getattr(estimator, "penalties", None)),
        "likelihood": type(estimator.likelihood_).__name__,
        "scaling": estimator.scaling_.kind,
        "latent": type(estimator.model_.latent).__name__,
        "activation": getattr(estimator.model_.latent, "activation", None),
        "stop_reason": estimator.stop_reason_,
        "examples": n,
    }


def _kept(estimator: Any, few: Any, codes: np.ndarray) -> np.ndarray | None:
    """Return the errors of reconstructions from the first principal directions of the code."""
    if estimator.model_.decoder is None or is_discrete(estimator.model_.latent):
        return None
    mean = codes.mean(axis=0)
    _, _, axes = np.linalg.svd(codes - mean, full_matrices=False)
    centred = np.asarray(estimator.transform(few), np.float64) - mean
    target, d = estimator.scale(few), codes.shape[1]
    sizes = np.unique(np.linspace(0, d, min(d, DIRECTIONS) + 1).astype(int))
    errors = np.full(d + 1, np.nan)
    for k in sizes:
        cut = mean + centred @ axes[:k].T @ axes[:k]
        decoded = estimator.inverse_transform(cut.astype(np.float32))
        errors[k] = np.square(estimator.scale(decoded) - target, dtype=np.float64).mean()
    return errors


def _corrupted(estimator: Any, few: Any) -> dict[str, np.ndarray]:
    if getattr(estimator, "corruption", None) is None or estimator.model_.decoder is None:
        return {}
    clean = estimator.scale(few)
    noisy = estimator.corrupt(few, seed=1)
    back = estimator.scale(estimator.reconstruct(noisy))
    return {
        "corrupted": np.square(back - clean, dtype=np.float64).mean(axis=1),
        "noise": np.square(estimator.scale(noisy) - clean, dtype=np.float64).mean(axis=1),
    }


def _drawn(estimator: Any, some: Any) -> dict[str, np.ndarray]:
    """Return codes from the posteriors and from the prior, for a code that is drawn."""
    model = estimator.model_
    if not model.latent.stochastic or is_discrete(model.latent):
        return {}
    rows = inference.map_rows(_draw_codes, model, _flat(some).astype(np.float32))
    return {
        "drawn": np.asarray(rows, np.float64),
        "prior": np.asarray(estimator.sample_codes(len(rows), random_state=0), np.float64),
    }


def _draw_codes(model: Model, x: Array) -> Array:
    h, _ = model.encoder(model.seen(model.scaling(x)), None)
    latent: AbstractLatent = model.bound_latent()
    return inference.draw_rows(latent, h, jax.random.key(1), 1).z[0]


def _ranges(estimator: Any, some: Any) -> dict[str, Any]:
    """Return what comes out beside what went in, in the data's own units."""
    if estimator.model_.decoder is None:
        return {}
    x = _flat(some)
    shared = estimator.scaling_.kind in ("pixels", "range", "unit", "binary")
    axis = None if shared or estimator.image_shape_ is not None else 0
    return {
        "outputs": _flat(estimator.reconstruct(some)),
        "low": np.nanmin(x, axis=axis),
        "high": np.nanmax(x, axis=axis),
    }


def _nearness(estimator: Any, scaled: np.ndarray, few: Any) -> dict[str, Any]:
    """Return samples, and distances of reconstructions and samples to training examples."""
    samples = estimator.sample(min(len(few), CLOSELY), random_state=0)
    found = NearestNeighbors(n_neighbors=1).fit(scaled)
    rebuilt = estimator.scale(estimator.reconstruct(few))
    drawn = estimator.scale(samples)
    distances = tuple(found.kneighbors(one)[0][:, 0] for one in (rebuilt, drawn))
    return {"samples": _flat(samples), "distances": distances}


def _symbols(model: Model, some: Any) -> tuple[int, int, int] | None:
    """Return how many values of the code occur, how many there are, and how many were looked at."""
    if not is_discrete(model.latent):
        return None
    index = inference.map_rows(_write_symbols, model, _flat(some).astype(np.float32))
    sizes = model.latent.alphabet(index.shape[1])  # pyright: ignore[reportAttributeAccessIssue]
    if getattr(model.latent, "codebook", None) is not None:  # shared by all symbols
        return len(np.unique(index)), int(sizes[0]), index.size
    used = sum(len(np.unique(column)) for column in index.T)
    return used, int(sum(sizes)), index.size


def _write_symbols(model: Model, x: Array) -> Array:
    h, _ = model.encoder(model.seen(model.scaling(x)), None)
    context = Context(jax.random.key(0), jnp.ones(len(x)), jnp.asarray(jnp.inf), False)
    draw, _ = model.latent(h, context, 1)
    return model.latent.symbols(draw)  # pyright: ignore[reportAttributeAccessIssue]
