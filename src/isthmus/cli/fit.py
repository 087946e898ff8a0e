"""`isthmus fit`: from a source to a run folder, with the comparison with PCA at the end."""

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from isthmus import stopping
from isthmus.cli import (
    consoles,
    errors,
    interrupts,
    language,
    models,
    progress,
    rescue,
    runs,
    tables,
)
from isthmus.cli.ahead import Ahead
from isthmus.cli.declaring import takes
from isthmus.cli.fit_options import FitOptions
from isthmus.errors import DoubtWarning
from isthmus.plainjson import Facts

if TYPE_CHECKING:
    from rich.console import Console

    from isthmus.data.parts import Parts
    from isthmus.estimators.conditional import AnyAutoencoder


@takes(FitOptions)
def fit(given: FitOptions, context: typer.Context) -> int:
    """Fit an autoencoder to SOURCE and compare it with PCA of the same code size."""
    return run(given, context.obj)


def run(given: FitOptions, command: Sequence[str]) -> int:
    """Fit in a folder that no other process writes; return the exit code."""
    with runs.claimed_folder(given) as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", DoubtWarning)  # which the findings say
        return _fit(given, command, folder)


def _fit(given: FitOptions, command: Sequence[str], folder: Path) -> int:
    """Fit, measure, write and print; return the exit code."""
    import numpy as np

    from isthmus.cli import settings, targets
    from isthmus.data import parts
    from isthmus.estimators.slots import takes_missing
    from isthmus.report import write_run
    from isthmus.tables import Rules

    console = consoles.err() if given.json else consoles.out()
    estimator = settings.build(given)
    origin = models.origin(given)
    source = origin.open(quiet=given.quiet)
    if origin.kinds:
        estimator.set_params(schema=Rules(kinds=origin.kinds))
    for note in source.notes:
        consoles.say(console, language.translate(note))
    targets.check_source(estimator, source)
    masked = takes_missing(estimator.likelihood)
    divided = parts.divide(source, **runs.division(given), missing_allowed=masked)
    targets.check_parts(estimator, divided, source.name)
    consoles.say(console, parts.describe(source, divided))
    runs.clear_checkpoints(folder, given)
    if given.resume and not runs.has_checkpoints(folder):
        consoles.say(console, f"no checkpoint in {folder}: training starts from the beginning")
    interrupts.check()
    _train(estimator, divided, folder, given, console)
    if source.feature_names is not None and estimator.schema_ is None:
        estimator.feature_names_in_ = np.array(source.feature_names, dtype=object)
    kept = rescue.kept_on_failure(estimator, folder)
    with kept, progress.stages(quiet=given.quiet) as stage:
        metrics = write_run(
            folder,
            estimator,
            divided,
            run=runs.record(given, origin, source, command),
            force=given.force or given.resume,
            seed=given.seed,
            live_limit=given.live_limit,
            progress=stage,
        )
    if given.json:
        consoles.print_json(metrics)
    else:
        _print(console, estimator, metrics, folder)
    return stopping.exit_code() if estimator.stop_reason_ == "interrupted" else errors.OK


def _train(
    estimator: "AnyAutoencoder", parts: "Parts", folder: Path, given: FitOptions, console: "Console"
) -> None:
    """Fit, with the choices printed on ``console`` and progress on stderr."""
    from isthmus.cli import targets

    X, y = parts["train"]
    validation = parts.get("validation")
    if validation is None:
        estimator.set_params(validation_fraction=0)
    elif not targets.learns(estimator):
        validation = validation[0]
    choices = Once(lambda: consoles.say(console, _choices(estimator)))
    with progress.Progress("fit", quiet=given.quiet) as shown, Ahead() as ahead:
        listeners = () if given.quiet else (shown, shown.on_epoch)
        estimator.set_params(callbacks=(choices, ahead, *listeners))
        checkpoint = runs.checkpoint(folder, given)
        estimator.fit(X, y, validation_data=validation, checkpoint=checkpoint)
        estimator.set_params(callbacks=())
    choices.do()
    if estimator.stop_reason_ == "interrupted" and not estimator.n_epochs_:
        raise KeyboardInterrupt  # nothing has been learned that could be kept
    if estimator.stop_reason_ == "interrupted":
        words = "interrupted; keeping the best model so far (Ctrl-C again leaves without it)"
        consoles.say(consoles.err(), words)


def _choices(estimator: "AnyAutoencoder") -> str:
    likelihood = type(estimator.likelihood_).__name__
    words = f"scaling {estimator.scaling_.describe()}; likelihood {likelihood}"
    if estimator.likelihood_.masked:
        words += ", which leaves out missing entries"
    if propagation := getattr(estimator, "propagation_", None):
        words += f"\n{_propagation(propagation)}"
    schema = estimator.schema_
    return words if schema is None else f"{schema.describe()}\n{words}"


def _propagation(found: Facts) -> str:
    """Say whether labels were propagated, and why."""
    verb = "labels spread to" if found["used"] else "labels do not spread to"
    words = f"{verb} unlabelled neighbours"
    if found["accuracy"] is None or found["linear_accuracy"] is None:
        return words
    return (
        f"{words}: they tell {found['accuracy']:.0%} of held-out labels, and logistic regression"
        f" {found['linear_accuracy']:.0%}"
    )


class Once:
    """A callback that does something at its first call, when training has begun."""

    def __init__(self, action: Callable[[], None]) -> None:
        self._action, self._done = action, False

    def __call__(self, record: object) -> None:
        """Hear of an epoch."""
        self.do()

    def on_progress(self, done_steps: int, total_steps: int) -> None:
        """Hear of steps."""
        self.do()

    def do(self) -> None:
        """Do it, unless it has been done."""
        if not self._done:
            self._action()
        self._done = True


def _print(console: "Console", estimator: "AnyAutoencoder", metrics: Facts, folder: Path) -> None:
    """Print the table, the verdict, the warnings, and where the report lies."""
    from isthmus.report.sections.summary import kept_epoch

    console.print(tables.comparison(metrics))
    if (columns := tables.columns(metrics)) is not None:
        console.print(columns)
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
    for warning in metrics["warnings"]:
        consoles.say(console, f"warning: {language.translate(warning)}")
    consoles.say(console, f"report: {folder / 'report.html'}")
