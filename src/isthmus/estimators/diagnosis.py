"""A fitted estimator as the plain numbers that the doctor's checks look at, and what they find."""

import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import jax
import numpy as np
from jaxtyping import Array

from isthmus.annotations import ExamplesLike, Targets
from isthmus.data.source import take
from isthmus.doctor import (
    Data,
    Errors,
    Finding,
    Fit,
    examine_data,
    examine_fit,
    harder_examples,
    ordered,
)
from isthmus.doctor.data import TableFacts
from isthmus.estimators import inference
from isthmus.estimators.built import built_settings
from isthmus.estimators.diagnosed_head import Part, head_of
from isthmus.estimators.diagnosed_imputation import imputed
from isthmus.estimators.planned import plan_of
from isthmus.estimators.symbols import write_symbols
from isthmus.estimators.table_facts import table_facts
from isthmus.evaluation.pca import PCABaseline, fit_pca
from isthmus.evaluation.reconstruction import ErrorSums, ReconstructionErrors
from isthmus.latents.discrete import is_discrete
from isthmus.model import Model
from isthmus.plainjson import JsonObject

if TYPE_CHECKING:
    from isthmus.estimators.base import AbstractAutoencoder

VALUES, RUN = 8_000_000, 500
"""Maximum of values that are read of a part, and how many neighbouring rows are read at a time."""

CLOSELY = 500
"""Maximum of those that are decoded several times."""

DRAWS = 64
"""Draws of each posterior in the bound of the log likelihood."""

DIRECTIONS = 16
"""Maximum of sizes of a cut code that are tried."""

BOUNDED = ("pixels", "range", "unit", "binary", "minmax")
"""Scalings of data that have a range, which all columns share but under ``minmax``."""


def examine(
    estimator: "AbstractAutoencoder",
    X: ExamplesLike,
    y: Targets | None,
    X_test: ExamplesLike | None,
    y_test: Targets | None,
    names: Sequence[str] | None = None,
    table: TableFacts | None = None,
) -> tuple[Fit | None, tuple[Finding, ...]]:
    """Return a fitted model as numbers, and what is found in data, settings and model.

    The parameters are those of `numbers_of`, names of the columns where the estimator has none, and
    what a table says besides its rows; without a decoder there are no numbers. A table of several
    kinds of columns is looked at as the model sees it, and its numbers in their own units.
    """
    X, y = read_some(X, y)
    if X_test is not None:
        X_test, y_test = read_some(X_test, y_test)
    if estimator.schema_ is not None:
        rows, names = estimator.of_encoded_rows(), estimator.schema_.feature_names
        test = None if X_test is None else estimator.encode_table(X_test)
        facts = table_facts(estimator.schema_, X, estimator.schema)
        return examine(rows, estimator.encode_table(X), y, test, y_test, names, facts)
    X_numbers, own = _numbers(X)
    names = own if names is None else names
    known = getattr(estimator, "feature_names_in_", None)
    data = Data(
        X_numbers,
        labels=None if y is None else np.asarray(y),
        names=names if names is not None or known is None else [str(name) for name in known],
        image_shape=estimator.image_shape_,
        test=None if X_test is None else _numbers(X_test)[0],
        plan=plan_of(estimator),
        table=TableFacts() if table is None else table,
    )
    found = examine_data(data)
    if estimator.model_.decoder is None:
        return None, found
    with warnings.catch_warnings():  # of what the model itself made, and of noisy examples
        warnings.simplefilter("ignore")
        fit = numbers_of(estimator, X, y, X_test, y_test, data.table.spans)
    return fit, ordered([*found, *examine_fit(fit)])


def compare(
    estimator: "AbstractAutoencoder",
    X: ExamplesLike,
    new: ExamplesLike,
    labels: Targets | None = None,
) -> tuple[Finding, ...]:
    """Return how new examples differ from those of the fit.

    Parameters
    ----------
    estimator
        A fitted one.
    X : (n, ...)
        Training examples.
    new : (m, ...)
        New examples.
    labels : (m,) or None
        Their labels, where the model is conditioned on labels.
    """
    X, new = read_some(X, None)[0], read_some(new, None)[0]
    names = getattr(estimator, "feature_names_in_", None)
    if estimator.schema_ is not None:
        X, new = (estimator.encode_table(part) for part in (X, new))
        estimator, names = estimator.of_encoded_rows(), estimator.schema_.feature_names
    data = Data(
        _numbers(X)[0],
        names=None if names is None else [str(name) for name in names],
        image_shape=estimator.image_shape_,
        test=_numbers(new)[0],
    )
    found = [one for one in examine_data(data) if one.check in ("parts-differ", "repeated-rows")]
    if estimator.model_.decoder is not None and labels is None and not estimator.model_.conditional:
        with warnings.catch_warnings():  # of new examples, which the findings are about
            warnings.simplefilter("ignore")
            parts = [Part.of(estimator, one, None) for one in (X, new)]
            errors = [estimator.measure(part.X)["errors"] for part in parts]
        found += filter(None, [harder_examples(*errors)])
    return ordered(found)


def read_some(X: Any, y: Targets | None) -> tuple[ExamplesLike, np.ndarray | None]:
    """Read up to 8 million values of examples, once: runs of rows, evenly spaced; with targets.

    Runs, because the order of rows tells something too.
    """
    n, width = len(X), max(1, int(np.prod(X.shape[1:])))
    most = max(2 * RUN, VALUES // width)
    rows = np.arange(n)
    if n > most:
        starts = np.linspace(0, n - RUN, most // RUN).astype(int)
        rows = np.unique(starts[:, None] + np.arange(RUN))
    some = take(X, rows if len(rows) < n else slice(None))
    return some, None if y is None else np.asarray(y)[rows]


def _numbers(X: Any) -> tuple[np.ndarray, list[str] | None]:
    """Return examples as an array, and the names of a data frame's columns; its numeric ones."""
    if not hasattr(X, "iloc"):
        return X, None
    numeric = X.select_dtypes(["number", "bool"])
    return numeric.to_numpy(np.float64), [str(name) for name in numeric.columns]


def numbers_of(
    estimator: "AbstractAutoencoder",
    X: ExamplesLike,
    y: Targets | None,
    X_test: ExamplesLike | None,
    y_test: Targets | None,
    spans: Sequence[tuple[int, int]] = (),
) -> Fit:
    """Return a fitted autoencoder as plain numbers.

    Parameters
    ----------
    estimator
        A fitted one, with a decoder.
    X : (n, ...)
        Training examples.
    y : (n,) or None
        Their targets.
    X_test, y_test
        Other examples, and their targets, or None.
    spans : as of `imputed`
    """
    train = Part.of(estimator, X, y)
    test = None if X_test is None else Part.of(estimator, X_test, y_test)
    d = int(estimator.latent_dim)
    seen = _Seen.of(estimator, train)
    pca = fit_pca(seen.scaled, min(4 * d, *seen.scaled.shape))
    seen_test = None if test is None else _Seen.of(estimator, test)
    fit = Fit(
        features=int(estimator.n_features_in_),
        latent_dim=d,
        examples=len(X),
        settings=_settings(estimator, len(X)),
        history={name: np.asarray(column) for name, column in estimator.history_.items()},
        best_epoch=int(estimator.best_epoch_),
        floor=seen.means.floor_nats,
        train=_errors(seen, pca, d),
        test=None if seen_test is None else _errors(seen_test, pca, d),
        codes=seen.codes.astype(np.float64),
        stochastic=bool(estimator.model_.latent.stochastic),
        kl=seen.means.kl_per_dimension,
        pca_curve=np.array([pca.mse(seen.scaled, k) for k in range(len(pca.components) + 1)]),
        head=head_of(estimator, (X, y), None if X_test is None else (X_test, y_test)),
    )
    few = Part.of(estimator, train.X, train.y, CLOSELY)
    fit = replace(fit, **_corrupted(estimator, few, pca), **_ranges(estimator, train, seen))
    if train.labels is not None:  # a code alone is nothing to a conditional model
        return fit
    seen_few, measured = _Seen.of(estimator, few), train if test is None else test
    return replace(
        fit,
        imputed=imputed(estimator, train, measured, spans),
        kept=_kept(estimator, seen_few, fit.codes),
        symbols=_symbols(estimator.model_, seen.scaled),
        **_drawn(estimator, seen),
        **_nearness(estimator, seen, seen_few),
        **_bounds(estimator, seen.scaled, measured),
    )


class _Seen(NamedTuple):
    """What the model made of some examples.

    Parameters
    ----------
    scaled : (n, D)
        The examples in the scaled space.
    observed : (n, D) or None
        0 for missing entries, 1 for the others; None where none can be missing.
    codes : (n, d)
    errors : (n,)
        Mean squared error of each, scaled space.
    means
        Of all of them.
    """

    scaled: np.ndarray
    observed: np.ndarray | None
    codes: np.ndarray
    errors: np.ndarray
    means: ReconstructionErrors

    @classmethod
    def of(cls, estimator: "AbstractAutoencoder", part: Part) -> Self:
        """Encode and decode the examples of a part."""
        rows, sums = estimator.assess(part.X, part.labels), ErrorSums()
        errors = np.asarray(sums.add(rows), np.float64)
        return cls(rows["scaled"], rows.get("observed"), rows["code"], errors, sums.errors())


def _flat(X: ExamplesLike) -> np.ndarray:
    return np.asarray(X, np.float64).reshape(len(X), -1)


def _errors(seen: _Seen, pca: PCABaseline, d: int) -> Errors:
    """Return errors of the model, of PCA and of the mean, over the entries that are observed."""
    observed = np.ones(seen.scaled.shape) if seen.observed is None else seen.observed
    counts = np.maximum(observed.sum(axis=1), 1)

    def error(back: np.ndarray) -> np.ndarray:
        squares = np.square(seen.scaled - back, dtype=np.float64)
        return np.where(observed > 0, squares, 0).sum(axis=1) / counts

    back = pca.reconstruct(seen.scaled, min(d, len(pca.components)))
    return Errors(seen.errors, error(back), error(np.broadcast_to(pca.mean, seen.scaled.shape)))


def _settings(estimator: "AbstractAutoencoder", examples: int) -> JsonObject:
    """Return the settings with the chosen values in place of "auto", and whether decay was."""
    given = estimator.penalties
    automatic = isinstance(given, str) and given == "auto"
    return built_settings(estimator, examples) | {"automatic_penalties": automatic}


def _kept(estimator: "AbstractAutoencoder", few: _Seen, codes: np.ndarray) -> np.ndarray | None:
    """Return the errors of reconstructions from the first principal directions of the code."""
    if is_discrete(estimator.model_.latent):
        return None
    mean = codes.mean(axis=0)
    _, _, axes = np.linalg.svd(codes - mean, full_matrices=False)
    centred, d = few.codes.astype(np.float64) - mean, codes.shape[1]
    sizes = np.unique(np.linspace(0, d, min(d, DIRECTIONS) + 1).astype(int))
    errors = np.full(d + 1, np.nan)
    for k in sizes:
        cut = mean + centred @ axes[:k].T @ axes[:k]
        decoded = estimator.scale(estimator.inverse_transform(cut.astype(np.float32)))
        errors[k] = np.square(decoded - few.scaled, dtype=np.float64).mean()
    return errors


def _corrupted(
    estimator: "AbstractAutoencoder", few: Part, pca: PCABaseline
) -> dict[str, np.ndarray]:
    if estimator.corruption is None:
        return {}
    clean = estimator.scale(few.X)
    noisy = estimator.corrupt(few.X, seed=1)
    back = estimator.scale(estimator.reconstruct(noisy, few.labels))
    given = estimator.scale(noisy)
    linear = pca.reconstruct(given, min(int(estimator.latent_dim), len(pca.components)))
    return {
        "corrupted": np.square(back - clean, dtype=np.float64).mean(axis=1),
        "noise": np.square(given - clean, dtype=np.float64).mean(axis=1),
        "pca_corrupted": np.square(linear - clean, dtype=np.float64).mean(axis=1),
    }


def _drawn(estimator: "AbstractAutoencoder", seen: _Seen) -> dict[str, np.ndarray]:
    """Return codes from the posteriors and from the prior, for a code that is drawn."""
    model: Model = estimator.model_
    if not model.latent.stochastic or is_discrete(model.latent):
        return {}
    rows = inference.map_rows(_draw_codes, model, seen.scaled)
    return {
        "drawn": np.asarray(rows, np.float64),
        "prior": np.asarray(estimator.sample_codes(len(rows), random_state=0), np.float64),
    }


def _draw_codes(model: Model, scaled: Array) -> Array:
    h, _ = model.encoder(model.seen(scaled), None)
    return inference.draw_rows(model.attached_latent(), h, jax.random.key(1), 1).z[0]


def _ranges(estimator: "AbstractAutoencoder", part: Part, seen: _Seen) -> JsonObject:
    """Return the ranges of outputs and of inputs, in the data's own units."""
    if estimator.scaling_.kind not in BOUNDED:
        return {}
    x = _flat(part.X)
    axis = 0 if estimator.scaling_.kind == "minmax" else None
    return {
        "outputs": _flat(estimator.inverse_transform(seen.codes, part.labels)),
        "low": np.nanmin(x, axis=axis),
        "high": np.nanmax(x, axis=axis),
    }


def _nearness(estimator: "AbstractAutoencoder", seen: _Seen, few: _Seen) -> JsonObject:
    """Return samples, and distances of reconstructions and samples to training examples."""
    from sklearn.neighbors import NearestNeighbors

    samples = estimator.sample(min(len(few.codes), CLOSELY), random_state=0)
    found = NearestNeighbors(n_neighbors=1).fit(seen.scaled)
    rebuilt = estimator.scale(estimator.inverse_transform(few.codes))
    sampled = estimator.scale(samples)
    distances = tuple(found.kneighbors(one)[0][:, 0] for one in (rebuilt, sampled))
    return {
        "samples": _flat(samples) if estimator.scaling_.kind in BOUNDED else None,
        "distances": distances,
        "samples_apart": _apart(rebuilt, sampled),
    }


def _apart(one: np.ndarray, other: np.ndarray) -> float:
    """Return the share of rows whose nearest neighbour is of their own kind (Schilling, 1986)."""
    from sklearn.neighbors import NearestNeighbors

    n = min(len(one), len(other))
    both, kinds = np.concatenate([one[:n], other[:n]]), np.repeat([0, 1], n)
    near = NearestNeighbors(n_neighbors=2).fit(both).kneighbors(both)[1][:, 1]
    return float((kinds[near] == kinds).mean())


def _bounds(
    estimator: "AbstractAutoencoder", known: np.ndarray, measured: Part
) -> dict[str, np.ndarray]:
    """Return bounds of the log likelihood, and probabilistic PCA's log likelihood.

    Both are densities of scaled examples, where the likelihood is normal; no others are compared.
    """
    from sklearn.decomposition import PCA

    normal = estimator.likelihood_.normal
    if not estimator.model_.latent.stochastic or measured.labels is not None or not normal:
        return {}
    few = Part.of(estimator, measured.X, measured.y, CLOSELY)
    asked = estimator.scale(few.X)
    d = int(estimator.latent_dim)
    if d >= min(known.shape):
        return {}
    linear = PCA(d).fit(known.astype(np.float64))
    return {
        "bound": np.asarray(estimator.log_likelihood(few.X, DRAWS, random_state=0), np.float64),
        "linear_bound": linear.score_samples(asked.astype(np.float64)),
    }


def _symbols(model: Model, scaled: np.ndarray) -> tuple[int, int, int] | None:
    """Return how many values of the code occur, how many there are, and how many were looked at."""
    if not is_discrete(model.latent):
        return None
    index = inference.map_rows(write_symbols, model, scaled)
    sizes = model.latent.alphabet(index.shape[1])  # pyright: ignore[reportAttributeAccessIssue]
    if getattr(model.latent, "codebook", None) is not None:  # shared by all symbols
        return len(np.unique(index)), int(sizes[0]), index.size
    used = sum(len(np.unique(column)) for column in index.T)
    return used, int(sum(sizes)), index.size
