"""Fitting an estimator: examples in, validation set, model, training, fitted attributes."""

import sys
from dataclasses import dataclass, replace
from typing import Any

import jax
import numpy as np
import optax
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state

from isthmus.annotations import Examples, ExamplesLike, Targets
from isthmus.data.source import Rows
from isthmus.engine import (
    Checkpoint,
    Devices,
    EpochRecord,
    Feed,
    Optimiser,
    Partners,
    Replica,
    Trained,
    train,
)
from isthmus.engine.compiled import refuse_forked
from isthmus.errors import SettingError
from isthmus.estimators import inference
from isthmus.estimators.automatic import Plan, chosen_learning_rate, plan
from isthmus.estimators.division import Part, divided, given_validation, weighted
from isthmus.estimators.door import enter
from isthmus.estimators.first_model import first_examples, first_model, spread
from isthmus.estimators.fit_cache import digest, fingerprint
from isthmus.estimators.inputs import (
    flat_examples,
)
from isthmus.estimators.learner import AbstractLearner, History
from isthmus.estimators.memory import memory_named
from isthmus.estimators.neighbour_graph import neighbour_graph
from isthmus.estimators.parameter_checks import check_settings
from isthmus.estimators.scaled import scaled_examples
from isthmus.estimators.supervising import count_labelled, supervision_of, validates_labels
from isthmus.estimators.targets import ValidationData
from isthmus.model import Model, count_parameters

CODED = 20_000
"""Maximum number of examples, evenly spaced, whose codes give the mean and covariance."""

VALIDATION_BATCH = 256
"""Smallest batch of the validation set: one program for any number of its examples."""

COLUMNS = ("epoch", "train_loss", "validation_loss", "learning_rate", "seconds")
"""Columns of the history, before those of the loss's terms."""


@dataclass(frozen=True)
class Ready:
    """A fit with everything chosen, about to train.

    Parameters
    ----------
    replica
        Model, optimiser, feeds and seed.
    sizes
        Batch size, epochs and patience.
    examples
        The training set.
    devices
        Those that share every batch, or None.
    labelled
        How many of the training examples have a label, where some have none; else None.
    """

    replica: Replica
    sizes: Plan
    examples: Examples
    devices: Devices | None
    labelled: int | None = None


@memory_named
def fit(
    estimator: AbstractLearner,
    X: ExamplesLike,
    y: Targets | None,
    validation_data: ValidationData | None,
    checkpoint: Checkpoint | None,
    sample_weight: ArrayLike | None = None,
) -> None:
    """Fit an estimator from nothing; it gets the fitted attributes.

    Parameters
    ----------
    estimator
        To fit.
    X, y
        Examples and targets, as the user gave them.
    validation_data
        The validation set as the user gave it; None takes a share of the examples.
    checkpoint
        Where to keep training's state, and whether to go on from it.
    sample_weight
        Weights of the examples as the user gave them.
    """
    if not isinstance(checkpoint, Checkpoint | None):
        raise SettingError(
            f"checkpoint is {checkpoint!r}; it must be an isthmus.engine.Checkpoint, such as "
            "Checkpoint('folder')."
        )
    ready = prepare(estimator, X, y, validation_data, sample_weight)
    if estimator.verbose:
        validation = ready.replica.validation
        _announce(estimator, ready, 0 if validation is None else len(validation.x))
    replica = ready.replica
    if checkpoint is not None:
        settings = fingerprint(estimator, ready.examples, replica.feed.target, replica.seed)
        if replica.feed.weights is not None:
            settings |= {"sample_weight": digest(replica.feed.weights)}
        checkpoint = replace(checkpoint, settings=settings)
    trained = train(
        replica.model,
        replica.optimiser,
        replica.feed,
        epochs=ready.sizes.epochs,
        seed=replica.seed,
        validation=replica.validation,
        patience=ready.sizes.patience,
        callbacks=(*estimator.callbacks, *((_print_record,) if estimator.verbose else ())),
        checkpoint=checkpoint,
        devices=ready.devices,
    )
    finish(estimator, ready, trained)


@memory_named
def prepare(
    estimator: AbstractLearner,
    X: ExamplesLike,
    y: Targets | None = None,
    validation_data: ValidationData | None = None,
    sample_weight: ArrayLike | None = None,
) -> Ready:
    """Check settings and data, choose what is "auto", draw the initial weights.

    The parameters are those of `fit`.
    """
    refuse_forked()
    target = estimator._learn_targets(X, y)
    given = given_validation(estimator, validation_data)
    check_settings(estimator)
    whole = weighted(estimator, Part(first_examples(estimator, X), target), y, sample_weight)
    seed = check_random_state(estimator.random_state).randint(2**31 - 1)
    training, validation = divided(estimator, whole, given, seed)
    model = first_model(estimator, training.examples, seed)
    labelled = count_labelled(estimator, training.target)
    if training.target is not None:
        taught = estimator._teach(model, training.examples, training.target, seed)
        training = training._replace(target=taught)
    partners, devices = _partners(model, training.examples, seed), Devices.of(estimator.devices)
    validated = partners is None and validates_labels(estimator, validation)
    sizes = plan(estimator, len(training.examples), validated=validated)
    replica = Replica(
        model,
        _optimiser(estimator, model, estimator.schedule),
        _feed(estimator, training, sizes.batch_size, seed, partners, devices),
        _validation_feed(estimator, validation, sizes.batch_size, devices),
        seed,
    )
    return Ready(replica, sizes, training.examples, devices, labelled)


def finish(estimator: AbstractLearner, ready: Ready, trained: Trained) -> None:
    """Give the estimator its fitted attributes."""
    _note(estimator, trained, Part(ready.examples, ready.replica.feed.target))
    validation = ready.replica.validation
    if validation is not None and validation.target is not None:
        estimator._calibrate(validation.x, validation.target)
    estimator.history_ = _history(trained, {})
    estimator.n_epochs_ = len(trained.records)
    estimator.best_epoch_ = trained.best_epoch
    estimator._state = None


@memory_named
def partial_fit(
    estimator: AbstractLearner,
    X: ExamplesLike,
    target: np.ndarray | None,
    y: Targets | None = None,
    sample_weight: ArrayLike | None = None,
) -> None:
    """Take one pass over ``X`` from where the estimator stands, at a constant learning rate."""
    check_settings(estimator)
    first = not hasattr(estimator, "model_")
    if first:
        examples = first_examples(estimator, X)
    else:
        examples = flat_examples(estimator, enter(estimator, X))
    seed = check_random_state(estimator.random_state).randint(2**31 - 1)
    done = 0 if first else estimator.n_epochs_
    part = weighted(estimator, Part(examples, target), y, sample_weight)
    examples = part.examples
    size = plan(estimator, len(examples)).batch_size
    model = first_model(estimator, examples, seed) if first else estimator.model_
    order = seed + done  # another order each time
    trained = train(
        model,
        _optimiser(estimator, model, "constant"),
        _feed(estimator, part, size, order, _partners(model, examples, order)),
        epochs=1,
        seed=seed,
        state=None if first else getattr(estimator, "_state", None),
    )
    _note(estimator, trained, part)
    estimator.history_ = _history(trained, {} if first else estimator.history_)
    estimator.n_epochs_ = estimator.best_epoch_ = len(estimator.history_["epoch"])
    estimator._state = trained.last


def _validation_feed(
    estimator: AbstractLearner, validation: Part | None, batch_size: int, devices: Devices | None
) -> Feed | None:
    """Return the feed of the validation set, in batches that the devices can share."""
    size = max(batch_size, VALIDATION_BATCH)
    if devices is not None:
        devices.check_batch(batch_size)
        size += -size % devices.count
    return None if validation is None else _feed(estimator, validation, size, None)


def _partners(model: Model, examples: Examples, seed: int) -> Partners | None:
    """Return what draws the neighbours that penalties ask for; None where none does."""
    pairs = model.pairs
    if pairs is None or not pairs.neighbours:
        return None
    scaled = scaled_examples(model, examples)
    return Partners(neighbour_graph(scaled, pairs.neighbours), None, seed)


def _feed(
    estimator: AbstractLearner,
    part: Part,
    batch_size: int,
    seed: int | None,
    partners: Partners | None = None,
    devices: Devices | None = None,
) -> Feed:
    """Return the feed of a part, on the accelerator where there is one and the part fits it."""
    examples, target, weights = part
    held = examples.examples if isinstance(examples, Rows) else examples
    resident = isinstance(held, np.ndarray) and held.nbytes <= estimator.memory_limit
    if resident and jax.default_backend() != "cpu":
        examples = jax.device_put(examples[:])
    supervision = supervision_of(estimator, target, seed, devices)
    return Feed(examples, target, batch_size, seed, partners, weights, supervision)


def _optimiser(
    estimator: AbstractLearner, model: Model, schedule: str | optax.Schedule
) -> Optimiser:
    learning_rate: Any = chosen_learning_rate(estimator.learning_rate, schedule, model)
    return Optimiser(estimator.optimizer, learning_rate, schedule, estimator.gradient_clip)


def _note(estimator: AbstractLearner, trained: Trained, part: Part) -> None:
    model = trained.model
    estimator.model_ = model
    estimator.stop_reason_ = trained.stop_reason
    estimator.fit_seconds_ = trained.seconds
    estimator.n_parameters_, estimator.n_trainable_parameters_ = count_parameters(model)
    some = spread(part.examples, CODED)
    labels = part.target[some.index] if model.conditional and part.target is not None else None
    codes = inference.map_rows(inference.encode, model, some, labels).astype(np.float64)
    if len(codes) > 1:  # one example, added by `partial_fit`, has no covariance
        estimator.code_mean_ = codes.mean(axis=0)
        estimator.code_covariance_ = np.atleast_2d(np.cov(codes.T))


def _history(trained: Trained, earlier: History) -> History:
    """Return the columns of the history: those of an earlier training, and the records below."""
    records = trained.records
    done = len(earlier.get("epoch", ()))
    columns = dict(zip(EpochRecord._fields, zip(*records, strict=True), strict=False))
    now = {name: list(columns.get(name, ())) for name in COLUMNS}
    now["epoch"] = [done + epoch for epoch in now["epoch"]]
    terms = records[0].terms if records else ()
    now |= {name: [own[name] for own in columns["terms"]] for name in terms}
    return {name: [*earlier.get(name, ()), *now.get(name, ())] for name in earlier | now}


def _announce(estimator: AbstractLearner, ready: Ready, validation: int) -> None:
    training = len(ready.examples)
    known = "" if ready.labelled is None else f" ({ready.labelled} labelled)"
    sys.stdout.write(
        f"{training} examples to learn from{known}, {validation} for validation; "
        f"scaling {estimator.scaling_.describe()}; "
        f"likelihood {type(estimator.likelihood_).__name__}\n"
    )


def _print_record(record: EpochRecord) -> None:
    loss = record.validation_loss
    validation = "" if loss is None else f"  validation {loss:.4f}"
    sys.stdout.write(
        f"epoch {record.epoch}/{record.epochs}  train {record.train_loss:.4f}{validation}  "
        f"{record.seconds:.1f} s\n"
    )
