"""The verbs that describe a model: evaluate and info."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from isthmus.cli import consoles, models, options, progress, tables
from isthmus.cli.declaring import option, takes
from isthmus.errors import SettingError
from isthmus.plainjson import Facts, JsonObject

if TYPE_CHECKING:
    from isthmus.estimators.conditional import AnyAutoencoder

_SLOTS = ("latent", "bound")


@dataclass(frozen=True, kw_only=True)
class Evaluate(options.Model):
    """What a model is evaluated on."""

    source: Annotated[
        str | None,
        typer.Argument(
            metavar="[SOURCE]",
            help="Examples to evaluate on; without it, the parts of the run's own source.",
            autocompletion=options.complete_source,
            show_default=False,
        ),
    ] = None
    label: options.LabelOption = None
    array: options.ArrayOption = None
    image_shape: options.ImageShapeOption = None
    log_likelihood: Annotated[
        int | None,
        option(
            "--log-likelihood",
            min=1,
            metavar="K",
            help="Also estimate the log-likelihood of the test set by importance sampling with K"
            " draws of each posterior (5000 in the literature); for stochastic codes.",
        ),
    ] = None
    json: options.JsonOption = False


@takes(Evaluate)
def evaluate(given: Evaluate) -> None:
    """Measure a model again, and compare it with PCA fitted on the same training set."""
    from isthmus.cli import evaluation

    estimator = models.load(given.run)
    facts = models.run_facts(given.run)
    if given.source is None and not facts:
        raise SettingError(
            f"{given.run!r} does not say what it was fitted on, as a run folder's run.json does;"
            " name a SOURCE to evaluate on."
        )
    with progress.stages() as stage:
        stage("reading")
        if given.source is None:
            parts = evaluation.own_parts(facts, estimator)
        else:
            origin = models.Origin(given.source, given.label, given.array, given.image_shape)
            parts = evaluation.parts_of(origin, facts, estimator)
        stage("measuring, and fitting PCA")
        metrics = evaluation.measure(estimator, parts)
    if given.log_likelihood is not None:
        found = evaluation.log_likelihood(estimator, parts, given.log_likelihood)
        metrics["log_likelihood"] = {"test": found}
    if given.json:
        consoles.print_json(metrics)
        return
    consoles.out().print(tables.comparison(metrics))
    if "verdict" in metrics:
        consoles.say(consoles.out(), metrics["verdict"]["sentence"])
    else:
        consoles.say(consoles.out(), "Without the training set there is no PCA to compare with.")
    if "log_likelihood" in metrics:
        consoles.say(consoles.out(), _likelihood_sentence(metrics["log_likelihood"]["test"]))


def info(run: options.RunArgument, json: options.JsonOption = False) -> None:
    """Show a model's slots, sizes and scaling, and how its fit went."""
    estimator = models.load(run)
    facts = _facts(estimator, models.run_facts(run))
    if json:
        consoles.print_json(facts)
    else:
        consoles.out().print(tables.facts(facts))


def _likelihood_sentence(found: Facts) -> str:
    error = "" if found["standard_error"] is None else f" ± {found['standard_error']:.2g}"
    return (
        f"Log-likelihood of the test set, by {found['draws']} draws per example:"
        f" {found['nats']:.2f}{error} nats."
    )


def _facts(estimator: "AnyAutoencoder", run: Facts) -> JsonObject:
    from isthmus.estimators.built import built_settings

    kind, labels = type(estimator).__name__, getattr(estimator, "classes_", None)
    settings = estimator.get_params(deep=False)
    slots = {name: _words(settings[name]) for name in _SLOTS if name in settings}
    names = getattr(estimator, "feature_names_in_", None)
    return {
        "model": kind,
        "labels": None if labels is None else labels.tolist(),
        **slots,
        **built_settings(estimator),
        "likelihood": _words(estimator.likelihood_),
        "scaling": estimator.scaling_.describe(),
        "latent_dim": estimator.latent_dim,
        "features": estimator.n_features_in_,
        "feature_names": None if names is None else [str(name) for name in names],
        "image_shape": estimator.image_shape_,
        "parameters": estimator.n_parameters_,
        "trainable_parameters": estimator.n_trainable_parameters_,
        "epochs": estimator.n_epochs_,
        "best_epoch": estimator.best_epoch_,
        "stop_reason": estimator.stop_reason_,
        "fit_seconds": estimator.fit_seconds_,
        "source": _name(run.get("source")),
        "command": run.get("command"),
        "created": run.get("created"),
        "versions": run.get("versions"),
    }


def _words(value: object) -> str | None:
    if value is None or value == ():
        return None
    return value if isinstance(value, str) else repr(value)


def _name(source: object) -> object:
    """Return the name of a source as ``run.json`` has it, or None."""
    return source.get("name") if isinstance(source, Mapping) else None
