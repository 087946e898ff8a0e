"""Fitting an estimator: examples in, held-out part, model, training, what is noted of it."""

import sys
from dataclasses import dataclass, replace
from typing import Any

import jax
import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state

from isthmus.data.source import Computed, Rows
from isthmus.engine import (
    Checkpoint,
    Devices,
    EpochRecord,
    Feed,
    Optimiser,
    Replica,
    Trained,
    train,
)
from isthmus.errors import SettingError, warn
from isthmus.estimators import inference
from isthmus.estimators.automatic import Plan, chosen_learning_rate, plan
from isthmus.estimators.construction import (
    build_model,
    check_domain,
    left_alone,
    scaling_for,
    settled_likelihood,
)
from isthmus.estimators.inputs import (
    check_varied,
    example_shape_of,
    flat_examples,
    flat_rows,
    image_shape_of,
    is_indexed,
)
from isthmus.estimators.settings import check_settings, fingerprint
from isthmus.model import Model, count_parameters
from isthmus.networks import conditioned
from isthmus.scaling import Choice, Scaling, choose

LEAST_VALIDATED = 20
"""With fewer examples none are held out."""

LOOKED_AT = 60_000
"""At most so many examples, evenly spaced, decide the scaling and show whether they fit it."""

BEGUN_FROM = 30_000
"""At most so many of those, scaled, decide the PCA that training starts from."""

VALIDATION_BATCH = 256
"""Held-out examples are judged at least so many at a time: one program for any number of them."""

COLUMNS = ("epoch", "train_loss", "validation_loss", "learning_rate", "seconds")
"""Columns of the history, before those of the loss's terms."""

Part = tuple[Any, np.ndarray | None]
"""Examples and their targets."""


def fit(
    estimator: Any,
    X: Any,
    target: np.ndarray | None,
    held_out: Part | None,
    checkpoint: Checkpoint | None,
    labels: int = 0,
) -> None:
    """Fit an estimator from nothing.

    Parameters
    ----------
    estimator
        Gets the fitted attributes.
    X
        Examples, as the user gave them.
    target : (n,), (n, targets) or None
        Numbers of their classes, or quantities.
    held_out
        The validation part; None takes a share of the examples.
    checkpoint
        Where to keep training's state, and whether to go on from it.
    labels
        How many labels, the targets, the networks are told; 0 for none.
    """
    if not isinstance(checkpoint, Checkpoint | None):
        raise SettingError(
            f"checkpoint is {checkpoint!r}; it must be an isthmus.engine.Checkpoint, such as "
            "Checkpoint('folder')."
        )
    ready = prepare(estimator, X, target, held_out, labels)
    if estimator.verbose:
        held = ready.lane.validation
        _announce(estimator, len(ready.examples), 0 if held is None else len(held.x))
    lane = ready.lane
    if checkpoint is not None:
        settings = fingerprint(estimator, ready.examples, lane.feed.target, lane.seed)
        checkpoint = replace(checkpoint, settings=settings)
    trained = train(
        lane.model,
        lane.optimiser,
        lane.feed,
        epochs=ready.sizes.epochs,
        seed=lane.seed,
        validation=lane.validation,
        patience=ready.sizes.patience,
        callbacks=(*estimator.callbacks, *((_print_record,) if estimator.verbose else ())),
        checkpoint=checkpoint,
        devices=ready.devices,
    )
    finish(estimator, trained, ready.examples, lane.feed.target)


@dataclass(frozen=True)
class Ready:
    """A fit with everything chosen, about to train.

    Parameters
    ----------
    lane
        Model, optimiser, feeds and seed.
    sizes
        Batch size, epochs and patience.
    examples
        The training part.
    devices
        Those that share every batch, or None.
    """

    lane: Replica
    sizes: Plan
    examples: Any
    devices: Devices | None


def prepare(
    estimator: Any, X: Any, target: np.ndarray | None, held_out: Part | None, labels: int = 0
) -> Ready:
    """Check settings and data, choose what is "auto", draw the initial weights.

    The parameters are those of `fit`.
    """
    check_settings(estimator)
    examples = _first_examples(estimator, X)
    seed = check_random_state(estimator.random_state).randint(2**31 - 1)
    if held_out is not None:
        judged = flat_examples(estimator, held_out[0], held_out=True)
        held_out = (_loaded(estimator, judged), held_out[1])
    elif len(examples) >= LEAST_VALIDATED and estimator.validation_fraction > 0:
        (examples, target), held_out = _hold_out(estimator, examples, target, seed)
    model = _first_model(estimator, examples, seed)
    if labels:
        model = _told_labels(model, labels, np.random.default_rng([seed, labels]))
    sizes = plan(estimator, len(examples))
    judged, devices = max(sizes.batch_size, VALIDATION_BATCH), Devices.of(estimator.devices)
    if devices is not None:
        devices.check_batch(sizes.batch_size)
        judged += -judged % devices.count
    lane = Replica(
        model,
        _optimiser(estimator, model, estimator.schedule),
        _feed(estimator, (examples, target), sizes.batch_size, seed),
        None if held_out is None else _feed(estimator, held_out, judged, None),
        seed,
    )
    return Ready(lane, sizes, examples, devices)


def finish(
    estimator: Any, trained: Trained, examples: Any, target: np.ndarray | None = None
) -> None:
    """Give the estimator its fitted attributes."""
    _note(estimator, trained, examples, target)
    estimator.history_ = _history(trained, {})
    estimator.n_epochs_ = len(trained.records)
    estimator.best_epoch_ = trained.best_epoch
    estimator._state = None


def partial_fit(estimator: Any, X: Any, target: np.ndarray | None) -> None:
    """Take one pass over ``X`` from where the estimator stands, at a constant learning rate."""
    check_settings(estimator)
    first = not hasattr(estimator, "model_")
    examples = _first_examples(estimator, X) if first else flat_examples(estimator, X)
    seed = check_random_state(estimator.random_state).randint(2**31 - 1)
    done = 0 if first else estimator.n_epochs_
    size = plan(estimator, len(examples)).batch_size
    model = _first_model(estimator, examples, seed) if first else estimator.model_
    trained = train(
        model,
        _optimiser(estimator, model, "constant"),
        _feed(estimator, (examples, target), size, seed + done),  # another order each time
        epochs=1,
        seed=seed,
        state=None if first else getattr(estimator, "_state", None),
    )
    _note(estimator, trained, examples, target)
    estimator.history_ = _history(trained, {} if first else estimator.history_)
    estimator.n_epochs_ = estimator.best_epoch_ = len(estimator.history_["epoch"])
    estimator._state = trained.last


def _first_examples(estimator: Any, X: Any) -> Any:
    examples = _loaded(estimator, flat_examples(estimator, X, fitting=True))
    features = estimator.n_features_in_
    estimator.image_shape_ = image_shape_of(X, estimator.image_shape, features)
    estimator._example_shape = example_shape_of(X)
    check_varied(examples)
    return examples


def _loaded(estimator: Any, examples: Any) -> Any:
    """Return examples on disk as an array in memory, if the limit allows it."""
    size = len(examples) * estimator.n_features_in_ * examples.dtype.itemsize
    if not is_indexed(examples) or size > estimator.memory_limit:
        return examples
    return flat_rows(examples, slice(None))


def _hold_out(
    estimator: Any, examples: Any, target: np.ndarray | None, seed: int
) -> tuple[Part, Part]:
    """Split off the validation part: stratified where every class can be in both parts."""
    classes = None if target is None or target.dtype.kind == "f" else target
    index = np.arange(len(examples))
    share = {"test_size": estimator.validation_fraction, "random_state": seed}
    try:
        parts = train_test_split(index, **share, stratify=classes)
    except ValueError:
        parts = train_test_split(index, **share)
    kept, held = (np.sort(part) for part in parts)
    return _part(examples, target, kept), _part(examples, target, held)


def _part(examples: Any, target: np.ndarray | None, index: np.ndarray) -> Part:
    return Rows(examples, index), None if target is None else target[index]


def _first_model(estimator: Any, examples: Any, seed: int) -> Model:
    """Choose the scaling and fill the slots."""
    _warn_of_copying(estimator)
    looked_at = _spread(examples, LOOKED_AT)
    likelihood, estimator.scaling_ = _look(estimator, looked_at)
    scaling = estimator.scaling_.scaling
    rng = np.random.default_rng(seed)
    model = build_model(
        estimator,
        likelihood,
        _scaled(scaling, _spread(looked_at, BEGUN_FROM)),
        len(examples),
        estimator.scaling_,
        estimator.image_shape_,
        estimator._heads,
        rng,
    )
    estimator.likelihood_ = model.likelihood
    check_domain(model.likelihood, _scaled(scaling, looked_at))
    return model


def _spread(examples: Any, most: int) -> Rows:
    """Return at most so many of the examples, evenly spaced, read where they are indexed."""
    return Rows(examples, np.arange(0, len(examples), -(-len(examples) // most)))


def _look(estimator: Any, examples: Rows) -> tuple[Any, Choice]:
    """Settle the likelihood and choose the scaling."""
    x = flat_rows(examples, slice(None))
    likelihood = settled_likelihood(estimator.likelihood, x)
    kind, left = scaling_for(estimator.scaling, likelihood), left_alone(likelihood)
    image = estimator.image_shape_ is not None
    return likelihood, choose(kind, x, image=image, left=left)


def _scaled(scaling: Scaling, examples: Rows) -> Computed:
    """Return examples (n, D) scaled, where they are indexed."""
    shape = (len(examples), int(np.prod(examples.shape[1:])))
    return Computed(lambda rows: inference.map_scaling(scaling, flat_rows(examples, rows)), shape)


def _warn_of_copying(estimator: Any) -> None:
    latent_dim, features = estimator.latent_dim, estimator.n_features_in_
    held_back = estimator.corruption is not None or estimator.penalties not in ("auto", ())
    rebuilds = estimator.decoder is not None
    if latent_dim > features and rebuilds and not held_back:
        warn(
            f"latent_dim is {latent_dim}, more than the {features} features, so the code can copy "
            "its input: take a smaller one, or add a penalty or a corruption."
        )


def _feed(estimator: Any, part: Part, batch_size: int, seed: int | None) -> Feed:
    """Return the feed of a part, on the accelerator where there is one and the part fits it."""
    examples, target = part
    held = examples.examples if isinstance(examples, Rows) else examples
    resident = isinstance(held, np.ndarray) and held.nbytes <= estimator.memory_limit
    if resident and jax.default_backend() != "cpu":
        examples = jax.device_put(examples[:])
    return Feed(examples, target, batch_size, seed)


def _optimiser(estimator: Any, model: Model, schedule: Any) -> Optimiser:
    learning_rate = chosen_learning_rate(estimator.learning_rate, schedule, model)
    return Optimiser(estimator.optimizer, learning_rate, schedule, estimator.gradient_clip)


def _told_labels(model: Model, labels: int, rng: np.random.Generator) -> Model:
    """Return the model with its networks told one of so many labels."""
    if model.attached_latent() != model.latent:
        raise SettingError(
            f"The prior of latent {type(model.latent).__name__} is made of posteriors of examples "
            "that have no label: take another prior."
        )
    encoder = conditioned(model.encoder, labels, rng)
    return replace(model, encoder=encoder, decoder=conditioned(model.decoder, labels, rng))


def _note(
    estimator: Any, trained: Trained, examples: Any, target: np.ndarray | None = None
) -> None:
    estimator.model_ = trained.model
    estimator.stop_reason_ = trained.stop_reason
    estimator.fit_seconds_ = trained.seconds
    estimator.n_parameters_, estimator.n_trainable_parameters_ = count_parameters(trained.model)
    some = _spread(examples, 20_000)
    labels = None if target is None else target[some.index]
    codes = inference.encode_labelled(trained.model, some, labels)
    if len(codes) > 1:  # one example, added by `partial_fit`, has no covariance
        estimator.code_mean_ = codes.mean(axis=0)
        estimator.code_covariance_ = np.atleast_2d(np.cov(codes.T))


def _history(trained: Trained, earlier: dict[str, list]) -> dict[str, list]:
    """Return the columns of the history: those of an earlier training, and the records below."""
    records = trained.records
    done = len(earlier.get("epoch", ()))
    now = {name: [getattr(record, name) for record in records] for name in COLUMNS}
    now["epoch"] = [done + epoch for epoch in now["epoch"]]
    terms = records[0].terms if records else ()
    now |= {name: [record.terms[name] for record in records] for name in terms}
    return {name: [*earlier.get(name, ()), *now.get(name, ())] for name in earlier | now}


def _announce(estimator: Any, learned: int, held_out: int) -> None:
    sys.stdout.write(
        f"{learned} examples to learn from, {held_out} held out; "
        f"scaling {estimator.scaling_.describe()}; "
        f"likelihood {type(estimator.likelihood_).__name__}\n"
    )


def _print_record(record: EpochRecord) -> None:
    held_out = (
        "" if record.validation_loss is None else f"  validation {record.validation_loss:.4f}"
    )
    sys.stdout.write(
        f"epoch {record.epoch}/{record.epochs}  train {record.train_loss:.4f}{held_out}  "
        f"{record.seconds:.1f} s\n"
    )
