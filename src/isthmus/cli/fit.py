"""`isthmus fit`: from a source to a run folder, with the honest table at the end."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from isthmus.cli import config, consoles, errors, interrupts, options, progress, runs, tables
from isthmus.cli import fit_options as given

if TYPE_CHECKING:
    from rich.console import Console

    from isthmus.cli.parts import Parts


def fit(
    context: typer.Context,
    source: options.SourceArgument,
    out: given.Out = None,
    config: config.Config = None,
    latent_dim: given.LatentDim = None,
    recipe: given.Recipe = None,
    architecture: given.Architecture = None,
    hidden: given.Hidden = None,
    channels: given.Channels = None,
    activation: given.Activation = None,
    batch_norm: given.BatchNorm = False,
    dropout: given.Dropout = None,
    decoder: given.Decoder = None,
    tied: given.Tied = False,
    latent: given.Latent = None,
    corruption: given.Corruption = None,
    likelihood: given.Likelihood = None,
    bound: given.Bound = None,
    beta: given.Beta = None,
    warmup: given.Warmup = None,
    penalty: given.Penalty = None,
    classifier: given.Classifier = False,
    classification_weight: given.ClassificationWeight = None,
    regressor: given.Regressor = False,
    regression_weight: given.RegressionWeight = None,
    conditional: given.Conditional = False,
    scaling: given.Scaling = None,
    start: given.Start = None,
    epochs: given.Epochs = None,
    batch_size: given.BatchSize = None,
    learning_rate: given.LearningRate = None,
    schedule: given.Schedule = None,
    optimizer: given.Optimizer = None,
    gradient_clip: given.GradientClip = None,
    patience: given.Patience = None,
    seed: given.Seed = 0,
    validation_fraction: given.ValidationFraction = 0.1,
    test_fraction: given.TestFraction = 0.1,
    label: given.Label = None,
    array: given.Array = None,
    image_shape: given.ImageShape = None,
    limit: given.Limit = None,
    force: given.Force = False,
    checkpoint_every: given.CheckpointEvery = None,
    resume: given.Resume = False,
    quiet: given.Quiet = False,
    json: given.Json = False,
) -> int:
    """Fit an autoencoder to SOURCE and set it beside PCA of the same code size."""
    return _run(context.params, context.obj)


def _run(given: Mapping[str, Any], command: Sequence[str]) -> int:
    """Fit, measure, write and tell; give the exit code."""
    folder = runs.choose_folder(given)
    import numpy as np

    from isthmus.cli import parts, settings, targets
    from isthmus.estimators.slots import takes_missing
    from isthmus.report import write_run

    console = consoles.err() if given["json"] else consoles.out()
    estimator = settings.build(given)
    origin = runs.origin(given)
    source = origin.open(quiet=given["quiet"])
    targets.check_source(estimator, source)
    masked = takes_missing(estimator.likelihood)
    divided = parts.divide(source, **runs.division(given), missing_allowed=masked)
    targets.check_parts(estimator, divided, source.name)
    consoles.say(console, parts.describe(source, divided))
    runs.clear_checkpoints(folder, given)
    if given["resume"] and not runs.has_checkpoints(folder):
        consoles.say(console, f"no checkpoint in {folder}: the fit begins anew")
    interrupts.check()
    _train(estimator, divided, folder, given, console)
    if source.feature_names is not None:
        estimator.feature_names_in_ = np.array(source.feature_names, dtype=object)
    with progress.stages(quiet=given["quiet"]) as stage:
        metrics = write_run(
            folder,
            estimator,
            divided,
            run=runs.record(given, origin, source, command),
            force=given["force"] or given["resume"],
            seed=given["seed"],
            progress=stage,
        )
    if given["json"]:
        consoles.print_json(metrics)
    else:
        _tell(console, estimator, metrics, folder)
    return errors.INTERRUPTED if estimator.stop_reason_ == "interrupted" else errors.OK


def _train(
    estimator: Any, parts: "Parts", folder: Path, given: Mapping[str, Any], console: "Console"
) -> None:
    """Fit, with the choices told on ``console`` and progress on stderr."""
    from isthmus.cli import targets

    X, y = parts["train"]
    held_out = parts.get("validation")
    if held_out is None:
        estimator.set_params(validation_fraction=0)
    elif not targets.learns(estimator):
        held_out = held_out[0]
    told = progress.Choices(estimator, console)
    with progress.fit_progress(quiet=given["quiet"]) as shown:
        estimator.set_params(callbacks=(told, *shown))
        checkpoint = runs.checkpoint(folder, given)
        estimator.fit(X, y, validation_data=held_out, checkpoint=checkpoint)
        estimator.set_params(callbacks=())
    told.tell()
    if estimator.stop_reason_ == "interrupted" and not estimator.n_epochs_:
        raise KeyboardInterrupt  # nothing has been learned that could be kept
    if estimator.stop_reason_ == "interrupted":
        words = "interrupted; keeping the best model so far (Ctrl-C again leaves without it)"
        consoles.say(consoles.err(), words)


def _tell(console: "Console", estimator: Any, metrics: Mapping[str, Any], folder: Path) -> None:
    """Print the table, the verdict, the warnings, and where the report lies."""
    from isthmus.report.facts import kept_epoch

    console.print(tables.honest(metrics))
    count, trainable = metrics["model"]["parameters"], metrics["model"]["trainable_parameters"]
    parameters = f"{count:,} parameters"
    if trainable != count:
        parameters += f" ({trainable:,} trainable)"
    consoles.say(
        console,
        f"{parameters}; {metrics['timing']['fit_seconds']:.1f} s, {estimator.n_epochs_} epochs,"
        f" {kept_epoch(estimator)} was kept ({estimator.stop_reason_})",
    )
    consoles.say(console, metrics["verdict"]["sentence"])
    for warning in (*metrics["warnings"], *metrics["latent"]["warnings"]):
        consoles.say(console, f"warning: {warning}")
    consoles.say(console, f"report: {folder / 'report.html'}")
