"""Everything that the page and the figures show, gathered once as a plain dict."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isthmus.evaluation.probes import as_classes
from isthmus.report.measurements import SPLITS, Parts, encode, take

POINTS = 2_000
ELEMENTS = 30_000_000
THUMBNAIL = 32
GROUP = 6
COLUMNS = 40
AXES = 8
FILTERS = 48
GRID = 13
LABELS, UNDER_EACH = 12, 10


def collect(
    estimator: Any,
    parts: Parts,
    metrics: Mapping[str, Any],
    *,
    run: Mapping[str, Any] | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Gather what a report shows of a fit.

    Parameters
    ----------
    estimator : a fitted Autoencoder, with a head or told labels
    parts : mapping of str to (X, y)
        As for `measure_fit`.
    metrics : mapping
        What `measure_fit` returned.
    run : mapping, optional
        What `write_run` keeps in ``run.json``.
    seed : int
        Chooses examples, corruption and samples.

    Returns
    -------
    dict
        Plain values and arrays; a part that does not apply to this fit (a decoded grid
        for a code of 3, say) is None. Images are (n, H, W, C) in the input's own units.
    """
    facts: dict[str, Any] = {
        "run": dict(run or {}),
        "metrics": dict(metrics),
        "model": _describe(estimator, parts),
        "settings": {key: repr(v) for key, v in estimator.get_params(deep=False).items()},
        "history": {key: list(column) for key, column in estimator.history_.items()},
        "best_epoch": int(estimator.best_epoch_),
        "stop_reason": str(estimator.stop_reason_),
    }
    shape = estimator.image_shape_
    shape = None if shape is None else tuple(int(side) for side in shape)
    held_out = metrics["verdict"]["split"]
    sample, _ = parts[held_out]
    sample = take(sample, np.arange(min(len(sample), 200)))
    facts["image_shape"] = shape
    facts["limits"] = (float(np.nanmin(np.asarray(sample))), float(np.nanmax(np.asarray(sample))))

    coded = _code_points(estimator, parts, shape, seed)
    facts["scatter"] = coded["scatter"]
    return facts | _views(estimator, parts, metrics, coded, shape, seed)


def _views(
    estimator: Any,
    parts: Parts,
    metrics: Mapping[str, Any],
    coded: Mapping[str, Any],
    shape: tuple[int, ...] | None,
    seed: int,
) -> dict[str, Any]:
    """Gather what is decoded; of a model that is told labels, codes alone under one of them."""
    views: dict[str, Any] = dict.fromkeys(
        ("grid", "traversals", "effects", "filters", "reconstructions", "corruption", "samples",
         "columns", "under_labels")
    )  # fmt: skip
    held_out = metrics["verdict"]["split"]
    views["label"] = _commonest(estimator, parts["train"][1])
    decoder = estimator if views["label"] is None else estimator.given(views["label"])
    if shape is None:
        views["columns"] = _columns(estimator, metrics)
        views["effects"] = _effects(decoder, coded["codes"], parts["train"][0])
        return views
    shown = coded["examples"][held_out]
    views["reconstructions"] = _extremes(estimator, shown, coded["errors"][held_out], shape)
    if estimator.latent_dim == 2:
        views["grid"] = _grid(decoder, coded["codes"], shape)
    else:
        views["traversals"] = _traversals(decoder, coded["codes"], shape)
    views["filters"] = _filters(estimator, shape)
    if estimator.corruption is not None:
        views["corruption"] = _corruption(estimator, shown, shape, seed)
    if estimator.target_kind == "condition":
        views["under_labels"] = _under_labels(estimator, shape, seed)
    elif estimator.generative_:
        views["samples"] = as_images(estimator.sample(36, random_state=seed), shape)
    return views


def _commonest(estimator: Any, labels: Any) -> Any:
    """Return the label that most training examples have; None of a model that is told none."""
    if estimator.target_kind != "condition":
        return None
    kinds, counts = np.unique(np.asarray(labels), return_counts=True)
    return kinds[counts.argmax()].item()


def as_images(X: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Give rows of any layout the shape (n, H, W, C)."""
    return np.asarray(X).reshape(-1, *shape)


def feature_names(estimator: Any) -> list[str]:
    """Return the names of the input's columns, numbered where they have none."""
    names = getattr(estimator, "feature_names_in_", None)
    if names is None:
        names = [f"column {i}" for i in range(int(estimator.n_features_in_))]
    return [str(name) for name in names]


def _describe(estimator: Any, parts: Parts) -> list[tuple[str, str]]:
    """Say in words what was fitted and on what, a line each."""
    sizes = [f"{len(parts[name][0]):,} {name}" for name in SPLITS if name in parts]
    shape = estimator.image_shape_
    width = int(estimator.n_features_in_)
    each = f"{width} columns" if shape is None else f"{' by '.join(map(str, shape[:2]))} pixels"
    lines = [
        ("Examples", f"{', '.join(sizes)}, {each}"),
        (
            "Code size",
            f"{estimator.latent_dim} for {width} {'columns' if shape is None else 'values'}",
        ),
        ("Scaling", str(estimator.scaling_.describe())),
        ("Likelihood", _name(estimator.likelihood_)),
    ]
    if estimator.target_kind == "condition":
        count = len(estimator.classes_)
        lines.append(("Labels", f"encoder and decoder are told which of {count} an example has"))
    if estimator.corruption is not None:
        lines.append(("Corruption", _name(estimator.corruption)))
    epochs = f"{estimator.n_epochs_} epochs ({estimator.stop_reason_})"
    trained = f"{epochs}, {kept_epoch(estimator)} was kept"
    return [*lines, ("Training", trained)]


def kept_epoch(own: Any) -> str:
    """Say which epoch's weights a fitted estimator has."""
    return f"epoch {own.best_epoch_}" if own.best_epoch_ else "the start"


def _name(spec: Any) -> str:
    return spec if isinstance(spec, str) else repr(spec).removesuffix("()")


def _code_points(
    estimator: Any, parts: Parts, shape: tuple[int, ...] | None, seed: int
) -> dict[str, Any]:
    """Encode up to 2,000 examples, held-out ones first, and lay their codes in the plane."""
    features = int(estimator.n_features_in_)
    room = int(np.clip(ELEMENTS // features, 100, POINTS))
    examples, codes, errors, labels, origin = {}, [], {}, [], []
    for name in (n for n in reversed(SPLITS) if n in parts):
        X, y = parts[name]
        if room <= 0:
            break
        coded = encode(estimator, X, y, seed=seed, most=room)
        examples[name], room = (coded.X, coded.y), room - len(coded.X)
        codes.append(coded.codes)
        measured = estimator.measure(coded.X, estimator.labels_from(coded.y))
        errors[name] = np.asarray(measured["errors"], np.float64)
        labels.append(coded.y)
        origin += [name] * len(coded.X)
    known = None if any(y is None for y in labels) else as_classes(np.concatenate(labels))
    stacked = np.concatenate(codes)
    points, axes = _plane(stacked, np.concatenate(list(errors.values())))
    pictures = None
    if shape is not None:
        pictures = np.concatenate([_shrink(as_images(X, shape)) for X, _ in examples.values()])
    scatter = {
        "points": points,
        "axes": axes,
        "labels": known,
        "parts": origin,
        "errors": np.concatenate(list(errors.values())),
        "pictures": pictures,
    }
    return {"scatter": scatter, "examples": examples, "codes": stacked, "errors": errors}


def _plane(codes: np.ndarray, errors: np.ndarray) -> tuple[np.ndarray, tuple[str, str]]:
    """Show a code of any size in two dimensions, and say what these are."""
    if codes.shape[1] == 1:
        return np.column_stack([codes, errors]), ("code", "squared error of the example (scaled)")
    if codes.shape[1] == 2:
        return codes, ("code 1", "code 2")
    centred = codes - codes.mean(axis=0)
    _, singular, axes = np.linalg.svd(centred, full_matrices=False)
    share = singular**2 / max(float((singular**2).sum()), 1e-30)
    names = [f"principal axis {i + 1} of the code ({100 * share[i]:.0f}%)" for i in range(2)]
    return centred @ axes[:2].T, (names[0], names[1])


def _shrink(images: np.ndarray) -> np.ndarray:
    """Drop pixels evenly until an image is at most 32 high and wide."""
    step = -(-max(images.shape[1:3]) // THUMBNAIL)
    return images[:, ::step, ::step]


def _extremes(
    estimator: Any, part: tuple[Any, Any], errors: np.ndarray, shape: tuple[int, ...]
) -> dict[str, dict[str, np.ndarray]]:
    """Pick the best, the typical and the worst reconstructions."""
    X, y = part
    order = np.argsort(errors)
    count = max(1, min(GROUP, len(order) // 3))
    middle = len(order) // 2 - count // 2
    groups = {
        "best": order[:count],
        "typical": order[middle : middle + count],
        "worst": order[::-1][:count],
    }
    rows = np.concatenate(list(groups.values()))
    chosen = take(X, rows)
    back = estimator.reconstruct(chosen, estimator.labels_from(None if y is None else y[rows]))
    originals, rebuilt = as_images(chosen, shape), as_images(back, shape)
    picked = {}
    for i, (name, members) in enumerate(groups.items()):
        own = slice(i * count, (i + 1) * count)
        picked[name] = {
            "original": originals[own],
            "rebuilt": rebuilt[own],
            "errors": errors[members],
        }
    return picked


def _grid(estimator: Any, codes: np.ndarray, shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    """Decode a grid over the middle 96% of a two-dimensional code."""
    low, high = np.percentile(codes, [2, 98], axis=0)
    xs, ys = (np.linspace(low[i], high[i], GRID, dtype=np.float32) for i in range(2))
    ys = ys[::-1]
    spots = np.column_stack([np.tile(xs, GRID), np.repeat(ys, GRID)])
    return {"images": as_images(estimator.inverse_transform(spots), shape), "xs": xs, "ys": ys}


def _walk(codes: np.ndarray, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Walk along the widest code axes from the mean code: axes (a,), codes (a * steps, d)."""
    spread = codes.std(axis=0)
    axes = np.sort(np.argsort(-spread, kind="stable")[:AXES])
    spots = np.tile(codes.mean(axis=0), (len(axes), len(steps), 1))
    for row, axis in enumerate(axes):
        spots[row, :, axis] += steps * spread[axis]
    return axes, spots.reshape(-1, codes.shape[1]).astype(np.float32)


def _traversals(estimator: Any, codes: np.ndarray, shape: tuple[int, ...]) -> dict[str, Any]:
    steps = np.linspace(-2, 2, 9)
    axes, spots = _walk(codes, steps)
    images = as_images(estimator.inverse_transform(spots), shape)
    return {
        "images": images.reshape(len(axes), len(steps), *shape),
        "steps": steps,
        "names": [f"code {axis + 1}" for axis in axes],
    }


def _effects(estimator: Any, codes: np.ndarray, train: Any) -> dict[str, Any]:
    """Measure how far each column moves, in its own deviations, over two of a code axis."""
    axes, spots = _walk(codes, np.array([-1.0, 1.0]))
    decoded = np.asarray(estimator.inverse_transform(spots), np.float64)
    low, high = decoded[::2], decoded[1::2]
    spread = np.asarray(train, np.float64).std(axis=0)
    moved = (high - low) / np.where(spread > 0, spread, 1.0)  # (axes, D)
    columns = np.sort(np.argsort(-np.abs(moved).max(axis=0), kind="stable")[:COLUMNS])
    names = feature_names(estimator)
    return {
        "axes": [f"code {axis + 1}" for axis in axes],
        "columns": [names[i] for i in columns],
        "values": moved[:, columns].T,
    }


def _columns(estimator: Any, metrics: Mapping[str, Any]) -> dict[str, Any]:
    """List the errors of a table's columns, the 40 hardest when there are more."""
    own = np.array(metrics["columns"]["autoencoder"], float)
    linear = np.array(metrics["columns"]["pca"], float)
    order = np.argsort(-own, kind="stable")[:COLUMNS]
    names = feature_names(estimator)
    return {
        "names": [names[i] for i in order],
        "autoencoder": own[order],
        "pca": linear[order],
        "total": len(names),
    }


def _filters(estimator: Any, shape: tuple[int, ...]) -> np.ndarray | None:
    """Return the first layer's strongest units as pictures, averaged over channels."""
    weights = getattr(estimator, "first_layer_weights_", None)
    if weights is None or weights.shape[1] != np.prod(shape):
        return None
    weights = np.asarray(weights)
    strongest = np.argsort(-np.square(weights).sum(axis=1), kind="stable")[:FILTERS]
    return weights[strongest].reshape(-1, *shape).mean(axis=-1)


def _corruption(
    estimator: Any, part: tuple[Any, Any], shape: tuple[int, ...], seed: int
) -> dict[str, np.ndarray]:
    X, y = part
    some = np.arange(min(12, len(X)))
    clean = take(X, some)
    seen = estimator.corrupt(clean, seed)
    back = estimator.reconstruct(seen, estimator.labels_from(None if y is None else y[some]))
    return {
        "clean": as_images(clean, shape),
        "corrupted": as_images(seen, shape),
        "denoised": as_images(back, shape),
    }


def _under_labels(estimator: Any, shape: tuple[int, ...], seed: int) -> dict[str, np.ndarray]:
    """Decode the same new codes (10, d) under each of at most twelve labels."""
    codes = estimator.sample_codes(UNDER_EACH, random_state=seed)
    labels = estimator.classes_[:LABELS].tolist()
    return {
        str(label): as_images(estimator.given(label).inverse_transform(codes), shape)
        for label in labels
    }
