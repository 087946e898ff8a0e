"""`isthmus doctor`: what is wrong with data, with planned settings, or with a fitted model."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from isthmus.cli import consoles, errors, language, models, options, progress
from isthmus.cli.declaring import option, takes
from isthmus.cli.fit_options import DataOptions, TrainingOptions
from isthmus.cli.model_options import HeadOptions, ModelOptions

if TYPE_CHECKING:
    from isthmus.doctor import Finding

STOPPED = 3
"""Exit code of ``--strict`` where a finding says stop."""


@dataclass(frozen=True, kw_only=True)
class DoctorOptions(DataOptions, TrainingOptions, HeadOptions, ModelOptions):
    """What is looked at, and the settings that a fit would have."""

    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE|RUN",
            help="Data, as for `isthmus fit`, or a run folder or a model file.",
            autocompletion=options.complete_source,
            show_default=False,
        ),
    ]
    new: Annotated[
        str | None,
        typer.Argument(
            metavar="[NEW]",
            help="With RUN: further data, which is compared with the data of the fit.",
            show_default=False,
        ),
    ] = None
    strict: Annotated[
        bool, option("--strict", help="Exit with code 3 where a finding says stop.")
    ] = False
    json: options.JsonOption = False


@takes(DoctorOptions)
def doctor(given: DoctorOptions) -> int:
    """Name what is wrong with data, settings or a fitted model, each with a remedy.

    The settings are those that a fit would have: `isthmus doctor SOURCE` takes the options of
    `isthmus fit`.
    """
    with progress.stages(quiet=given.json) as stage:
        stage("looking")
        findings = _of_run(given) if _is_run(given.source) else _of_source(given)
    if given.json:
        consoles.print_json([one.record() for one in findings])
    else:
        show(findings)
    stop = any(one.severity == "stop" for one in findings)
    return STOPPED if given.strict and stop else errors.OK


def show(findings: "Sequence[Finding]") -> None:
    """Print findings, a line each, the most serious first."""
    console = consoles.out()
    for one in findings:
        consoles.say(console, f"{one.severity}: {language.translate(one.words())} [{one.check}]")
    if not findings:
        consoles.say(console, "Nothing found.")


def _is_run(text: str) -> bool:
    path = Path(text)
    return path.suffix == ".safetensors" or (path / "model.safetensors").is_file()


def _of_source(given: DoctorOptions) -> "Sequence[Finding]":
    """Look at data before a fit."""
    from dataclasses import replace

    from isthmus.cli import settings
    from isthmus.doctor import examine_data
    from isthmus.errors import SettingError
    from isthmus.estimators.planned import data_of, plan_of

    if given.new is not None:
        raise SettingError(f"{given.source!r} is no run, and {given.new!r} is for runs; leave it.")
    source = models.origin(given).open()
    estimator = settings.autoencoder(given)
    plan = replace(plan_of(estimator), limit=given.limit)
    if given.latent_dim is None:
        plan = replace(plan, latent_dim=None)
    return examine_data(data_of(source, plan, estimator.schema))


def _of_run(given: DoctorOptions) -> "Sequence[Finding]":
    """Look at a fitted model and its own data, or compare its data with other data."""
    from isthmus.cli import evaluation
    from isthmus.errors import SettingError

    estimator, facts = models.load(given.source), models.run_facts(given.source)
    if not facts:
        raise SettingError(
            f"{given.source!r} does not say what it was fitted on, as a run folder's run.json does;"
            " name a run folder."
        )
    parts = evaluation.own_parts(facts, estimator)
    if given.new is not None:
        origin = models.Origin(given.new, given.label, given.array, given.image_shape)
        from isthmus.estimators.diagnosis import compare

        examples, *labels = models.inputs(origin.open(), estimator)
        return compare(estimator, parts["train"][0], examples, *labels)
    test = parts.get("test", parts.get("validation", (None, None)))
    return estimator.diagnose(*parts["train"], *test)
