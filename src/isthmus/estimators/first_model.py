"""The first model of a fit: examples checked, scaling and likelihood chosen, every slot filled."""

from dataclasses import replace

import numpy as np

from isthmus.annotations import Examples, ExamplesLike
from isthmus.data.source import Rows
from isthmus.errors import SettingError, warn
from isthmus.estimators.construction import (
    build_model,
    check_domain,
    resolved_likelihood,
    scaling_for,
)
from isthmus.estimators.division import loaded
from isthmus.estimators.door import enter_first, likelihood_setting
from isthmus.estimators.inputs import (
    check_varied,
    example_shape_of,
    flat_examples,
    flat_rows,
    image_shape_of,
)
from isthmus.estimators.learner import AbstractLearner
from isthmus.estimators.memory import WeightGenerator, memory
from isthmus.estimators.number_columns import columns_of
from isthmus.estimators.scaled import scaled_rows
from isthmus.estimators.slots import LikelihoodSetting
from isthmus.estimators.units import Range, range_of
from isthmus.model import Model
from isthmus.networks import conditioned
from isthmus.scaling import Choice, choose

LOOKED_AT = 60_000
"""Maximum number of examples, evenly spaced, that decide the scaling and are checked under it."""

BEGUN_FROM = 30_000
"""Maximum number of those, scaled, whose PCA training starts from."""


def first_examples(estimator: AbstractLearner, X: ExamplesLike) -> Examples:
    """Return the examples of a fit from nothing, checked; note their shape and schema."""
    X = enter_first(estimator, X)
    examples = loaded(estimator, flat_examples(estimator, X, fitting=True))
    features = estimator.width_
    estimator.image_shape_ = image_shape_of(X, estimator.image_shape, features)
    estimator._example_shape = example_shape_of(X)
    check_varied(examples)
    return examples


def first_model(estimator: AbstractLearner, examples: Examples, seed: int) -> Model:
    """Choose the scaling, fill the slots, and condition the networks where they are to be."""
    _warn_of_copying(estimator)
    looked_at = spread(examples, LOOKED_AT)
    likelihood, estimator.scaling_ = _look(estimator, looked_at)
    scaling = estimator.scaling_.scaling
    rng = WeightGenerator(seed, memory())
    model = build_model(
        estimator,
        likelihood,
        scaled_rows(scaling, spread(looked_at, BEGUN_FROM)),
        len(examples),
        estimator.scaling_,
        estimator.image_shape_,
        estimator._heads,
        rng,
    )
    estimator.likelihood_ = model.likelihood
    check_domain(model.likelihood, scaled_rows(scaling, looked_at))
    if estimator.target_kind != "condition":
        return model
    labels = len(estimator.classes_)
    return _conditioned(model, labels, np.random.default_rng([seed, labels]))


def spread(examples: Examples, most: int) -> Rows:
    """Return at most that number of the examples, evenly spaced, read where they are indexed."""
    return Rows(examples, np.arange(0, len(examples), -(-len(examples) // most)))


def _look(estimator: AbstractLearner, examples: Rows) -> tuple[LikelihoodSetting, Choice]:
    """Resolve the likelihood and choose the scaling."""
    x = flat_rows(examples, slice(None))
    seen = range_of(x)
    offset = 0.0 if estimator.offset_ is None else estimator.offset_
    estimator.range_ = Range(seen.low + offset, seen.high + offset)
    rows = estimator.schema_ is None and estimator.image_shape_ is None
    estimator.number_columns_ = columns_of(x, offset) if rows else None
    likelihood = resolved_likelihood(likelihood_setting(estimator), x)
    if estimator.schema_ is not None and estimator.scaling == "auto":
        encoded = choose("none", x)
        return likelihood, encoded._replace(reason="columns encoded by their kinds")
    kind = scaling_for(estimator.scaling, likelihood)
    left = None if isinstance(likelihood, str) else likelihood.unscaled_columns
    image = estimator.image_shape_ is not None
    return likelihood, choose(kind, x, image=image, left=left)


def _warn_of_copying(estimator: AbstractLearner) -> None:
    latent_dim, features = estimator.latent_dim, estimator.width_
    held_back = estimator.corruption is not None or estimator.penalties not in ("auto", ())
    rebuilds = estimator.decoder is not None
    if latent_dim > features and rebuilds and not held_back:
        warn(
            f"latent_dim is {latent_dim}, more than the {features} features, so the code can copy "
            "its input: take a smaller one, or add a penalty or a corruption."
        )


def _conditioned(model: Model, labels: int, rng: np.random.Generator) -> Model:
    """Return the model with its networks conditioned on a number of labels."""
    if model.attached_latent() != model.latent:
        raise SettingError(
            f"The prior of latent {type(model.latent).__name__} is made of posteriors of examples "
            "that have no label: take another prior."
        )
    encoder = conditioned(model.encoder, labels, rng)
    return replace(model, encoder=encoder, decoder=conditioned(model.decoder, labels, rng))
