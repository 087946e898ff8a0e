"""What must hold of an estimator that came out of a model file, before anyone uses it."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from isthmus.annotations import PyTree
from isthmus.errors import ModelFileError
from isthmus.estimators.inference import assess, decode, encode, read_head, reconstruct
from isthmus.model import Model, count_parameters, objective
from isthmus.networks import Conditional
from isthmus.plainjson import Facts
from isthmus.records import Context

if TYPE_CHECKING:
    from isthmus.estimators.base import AbstractAutoencoder

PLAIN_STRINGS = 2**20
"""Bytes that labels may take whatever the size of their file; beyond, 16 a byte of the file."""

BYTES_A_BYTE = 16

Shapes = dict[str, tuple[tuple[int, ...], tuple[int, ...]]]
"""Shapes as they are and as they should be, by what they are shapes of."""


def check_consistent(estimator: "AbstractAutoencoder") -> None:
    """Raise `ModelFileError` if parts of a fitted estimator do not fit each other.

    The model is traced, not computed: no memory is taken for what a file merely announces.
    """
    model = estimator.model_
    _check_facts(estimator)
    _check_values(estimator)
    if model.conditional:
        counts = _label_counts(model)
        _demand(counts == {len(estimator.classes_)}, "labels", counts, len(estimator.classes_))
    _check_shapes(estimator)
    _check_passes(estimator)


def short_array(described: Facts, file_size: int) -> np.ndarray:
    """Return labels or names, which take no more memory than their file's size allows."""
    dtype, values = np.dtype(described["dtype"]), described["values"]
    if dtype.kind not in "iufbUO":
        raise ModelFileError(f"it holds labels of type {described['dtype']!r}.")
    count = int(np.size(np.array(values, dtype=object)))
    if count * dtype.itemsize > max(PLAIN_STRINGS, BYTES_A_BYTE * file_size):
        raise ModelFileError(f"it announces labels of type {described['dtype']!r}, longer than it.")
    array = np.array(values, dtype)
    if dtype.kind == "f" and not np.isfinite(array).all():
        raise ModelFileError("it holds labels that are not finite.")
    if dtype.kind == "O" and not all(isinstance(one, str) for one in array.ravel()):
        raise ModelFileError("it holds names that are not text.")
    return array


def _check_facts(estimator: "AbstractAutoencoder") -> None:
    """Check what is said of the fit: counts, shapes, the history."""
    model, features = estimator.model_, estimator.width_
    width = model.scaling.shift.value.size
    _demand(features == width, "features", features, width)
    _demand(estimator.latent_dim == model.latent_dim, "latent_dim", estimator.latent_dim, "")
    for name, shape in (("image", estimator.image_shape_), ("example", estimator._example_shape)):
        named = hasattr(estimator, "feature_names_in_")
        if shape is None or (name == "example" and shape == () and named):  # of a data frame
            continue
        good = _are_sizes(shape) and math.prod(shape) == features
        _demand(good, f"{name} shape", shape, features)
    image = estimator.image_shape_
    _demand(image is None or len(image) == 3, "image shape", image, "(H, W, C)")
    counted = (estimator.n_parameters_, estimator.n_trainable_parameters_)
    _demand(counted == count_parameters(model), "parameters", counted, count_parameters(model))
    history = estimator.history_
    lengths = {len(column) for column in history.values()}
    numbers = [one for column in history.values() for one in column if one is not None]
    _demand(len(lengths) <= 1 and all(map(_is_number, numbers)), "history", lengths, "columns")
    epochs = (estimator.best_epoch_, estimator.n_epochs_)
    _demand(all(_is_count(epoch) for epoch in epochs), "epochs", epochs, "counts")
    _demand(max(lengths, default=0) == estimator.n_epochs_, "epochs", lengths, estimator.n_epochs_)
    _demand(estimator.best_epoch_ <= estimator.n_epochs_, "best epoch", *epochs)
    _demand(isinstance(estimator.stop_reason_, str), "reason", estimator.stop_reason_, "text")
    temperature = getattr(estimator, "temperature_", 1.0)  # of a classifier
    _demand(_is_number(temperature) and temperature > 0, "temperature", temperature, "above 0")
    seconds = estimator.fit_seconds_
    _demand(_is_number(seconds) and seconds >= 0, "seconds", seconds, "a number")


def _check_values(estimator: "AbstractAutoencoder") -> None:
    """Check that weights are finite, and that labels and names differ."""
    d = estimator.model_.latent_dim
    scaling = estimator.model_.scaling
    bend = scaling.bend
    spread = None if bend is None else bend.spread.value  # infinite for columns not bent
    for leaf in jax.tree.leaves(estimator.model_):
        number = jnp.issubdtype(jnp.result_type(leaf), jnp.inexact)
        if number and leaf is not spread and not np.isfinite(np.asarray(leaf)).all():
            raise ModelFileError("it holds weights that are not finite.")
    constants = [scaling.shift, scaling.scale, scaling.inverse_scale]
    constants += [] if bend is None else [bend.centre]
    numbers = all(one.value.dtype.kind == "f" for one in constants)
    finite = numbers and all(np.isfinite(one.value).all() for one in constants)
    known = spread is None or not np.isnan(spread).any()
    if not finite or not known or not scaling.scale.value.all():
        raise ModelFileError("it holds a scaling that is not finite.")
    inverse = scaling.inverse_scale.value  # 0 for a constant column
    undone = ((inverse == scaling.scale.value) | (inverse == 0)).all()
    _demand(undone, "scaling", "its inverse", "another")
    mean, covariance = estimator.code_mean_, estimator.code_covariance_
    _demand(mean.shape == (d,), "mean of codes", mean.shape, (d,))
    _demand(covariance.shape == (d, d), "covariance of codes", covariance.shape, (d, d))
    if not (np.isfinite(mean).all() and np.isfinite(covariance).all()):
        raise ModelFileError("it holds a mean or covariance of codes that is not finite.")
    _demand(np.allclose(covariance, covariance.T), "covariance of codes", "not", "symmetric")
    _check_columns(estimator)
    classes = getattr(estimator, "classes_", None)
    if classes is not None:
        unique = len(np.unique(classes)) == classes.size and classes.ndim == 1
        _demand(unique and classes.size > 0, "labels", classes.size, "different ones")


def _check_columns(estimator: "AbstractAutoencoder") -> None:
    """Check what is said of the columns: their names, ranges and spreads."""
    columns = estimator.n_features_in_
    names = np.shape(getattr(estimator, "feature_names_in_", range(columns)))
    _demand(names == (columns,), "names", names, columns)
    known = estimator.number_columns_
    if known is not None:
        good = all(one.shape == (columns,) for one in known) and known.whole.dtype == bool
        good = good and estimator.range_ is not None and bool(np.isfinite(known.std).all())
        _demand(good, "columns of numbers", "other ones", f"{columns} of them")
    seen = estimator.range_
    if seen is not None:
        numbers = all(end.shape == (estimator.width_,) and end.dtype.kind == "f" for end in seen)
        good = numbers and not np.isinf(seen).any() and not (seen.low > seen.high).any()
        _demand(good, "range of the columns", "another", f"{estimator.width_} from low to high")


def _check_shapes(estimator: "AbstractAutoencoder") -> None:
    """Trace the model on an example of the size that it claims."""
    model, features = _labelled(estimator.model_), estimator.width_
    d = model.latent_dim
    example = jax.ShapeDtypeStruct((1, features), jnp.float32)
    traced: Shapes = {"code": (_traced(encode, model, example), (1, d))}
    _demand_shapes(traced)  # first, since what follows takes memory for the code
    if model.decoder is not None:
        code = jax.ShapeDtypeStruct((1, d), jnp.float32)
        traced["reconstruction"] = (_traced(reconstruct, model, example), (1, features))
        traced["decoded code"] = (_traced(decode, model, code), (1, features))
    _demand_shapes(traced)
    own = estimator._heads(np.random.default_rng(0))
    _demand(_outline(model.heads) == _outline(own), "heads", "these", "the estimator's")
    if model.heads:
        _traced(read_head, model, example)


def _check_passes(estimator: "AbstractAutoencoder") -> None:
    """Trace what scoring, sampling and further training do."""
    model, d = _labelled(estimator.model_), estimator.model_.latent_dim
    example = jax.ShapeDtypeStruct((2, estimator.width_), jnp.float32)
    key = jax.ShapeDtypeStruct((), jax.random.key(0).dtype)
    drawn = jax.eval_shape(lambda k: model.attached_latent().sample_prior(k, 1, d), key)
    _demand(drawn is None or drawn.shape == (1, d), "code drawn", drawn, (1, d))
    if model.decoder is not None:
        jax.eval_shape(lambda x: assess(model, x), example)
        without_heads = replace(model, heads=())

        def train(key: Array, x: Array) -> PyTree:
            return objective(without_heads, x, None, Context(key, jnp.ones(2), jnp.zeros(())))[0]

        jax.eval_shape(train, key, example)


def _labelled(model: Model) -> Model:
    return model.given(jnp.zeros(1, jnp.int32)) if model.conditional else model


def _label_counts(model: Model) -> set[int]:
    """Return for how many labels the maps of a model have biases."""
    nodes = jax.tree.leaves(model, is_leaf=lambda node: isinstance(node, Conditional))
    return {len(node.weight) for node in nodes if isinstance(node, Conditional)}


def _traced(
    run: Callable[[Model, Array], Array], model: Model, example: jax.ShapeDtypeStruct
) -> tuple[int, ...]:
    return jax.eval_shape(lambda x: run(model, x), example).shape


def _outline(tree: PyTree) -> PyTree:
    """Return what two trees of one shape have in common: the structure, the shapes of leaves."""
    leaves, structure = jax.tree.flatten(tree)
    return structure, [np.shape(leaf) for leaf in leaves]


def _demand_shapes(shapes: Shapes) -> None:
    for what, (found, wanted) in shapes.items():
        _demand(found == wanted, what, found, wanted)


def _demand(holds: object, what: str, found: object, wanted: object) -> None:
    if not holds:
        raise ModelFileError(
            f"its parts do not fit each other ({what}: {str(found)[:60]}, {str(wanted)[:60]}): fit "
            "it again."
        )


def _are_sizes(shape: object) -> bool:
    return isinstance(shape, tuple) and all(_is_count(side) and side >= 1 for side in shape)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
