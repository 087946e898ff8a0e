"""`isthmus sweep`: many fits over a grid of settings and seeds."""

import shlex
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from isthmus.atomic import claimed, new_file
from isthmus.cli import (
    consoles,
    folders,
    language,
    models,
    parsing,
    progress,
    settings,
    targets,
)
from isthmus.cli.declaring import Alias, option, takes
from isthmus.cli.fit_options import DataOptions, TrainingOptions
from isthmus.cli.model_options import ModelOptions
from isthmus.errors import DataError, SettingError
from isthmus.plainjson import Facts, JsonObject, read_object, write_json

if TYPE_CHECKING:
    from isthmus.annotations import Examples
    from isthmus.estimators.conditional import AnyAutoencoder
    from isthmus.sweep import Sweep
    from isthmus.sweep.results import Point

MARK = "sweep.json"
"""The file by which a sweep's folder is known."""

RECIPE = "recipe"
"""The axis of a grid whose values are recipes."""

_sweep = partial(option, panel="The sweep")


@dataclass(frozen=True, kw_only=True)
class _Grid:
    """What is fitted, how often, and where the results go."""

    grid: Annotated[
        list[str] | None,
        _sweep(
            "--grid",
            metavar="NAME=VALUES",
            help="Parameter of the estimator and its values, such as latent_dim=2,5,10, or"
            " recipe=vae,wae_mmd; may be repeated.",
        ),
    ] = None
    seeds: Annotated[
        int,
        _sweep("--seeds", metavar="N", min=1, help="Fits of every setting.", default="1"),
    ] = 1
    validation_fraction: Annotated[
        float,
        _sweep(
            "--validation-fraction",
            metavar="SHARE",
            help="Share of the examples for validation, which decides when training stops and"
            " which setting is best.",
            default="0.2",
        ),
    ] = 0.2
    strategy: Annotated[
        str,
        _sweep(
            "--strategy",
            metavar="NAME",
            help="How models of one shape are trained: together in one program, or in turn.",
            default="auto: the one that is measured to be faster",
        ),
    ] = "auto"
    jobs: Annotated[
        int,
        _sweep("--jobs", "-j", metavar="N", help="Processes; -1 for one per core.", default="1"),
        Alias("n_jobs"),
    ] = 1
    out: Annotated[
        str | None, _sweep("--out", "-o", metavar="DIR", help="Folder for all results.")
    ] = None
    keep_models: Annotated[
        bool, _sweep("--keep-models", help="Keep every model instead of the best only.")
    ] = False
    resume: Annotated[bool, _sweep("--resume", help="Continue a sweep that was stopped.")] = False
    force: Annotated[bool, _sweep("--force", help="Replace an earlier sweep in --out.")] = False
    quiet: Annotated[bool, _sweep("--quiet", "-q", help="Show no progress.")] = False


@dataclass(frozen=True, kw_only=True)
class SweepOptions(DataOptions, TrainingOptions, ModelOptions, _Grid):
    """All options of `isthmus sweep`: its own, and those of a fit without labels."""


@takes(SweepOptions)
def sweep(given: SweepOptions, context: typer.Context) -> None:
    """Fit SOURCE at every point of a grid, and recommend a code size by comparison with PCA."""
    _run(given, context.obj)


def _run(given: SweepOptions, command: Sequence[str]) -> None:
    """Check, search, report."""
    if not given.grid or given.out is None:
        raise SettingError(
            "a sweep needs --grid, such as --grid latent_dim=2,5,10, and --out, a folder to write."
        )
    values, folder = read_grid(given.grid), Path(given.out)
    flags = {"resume": given.resume, "force": given.force}
    folders.check(folder, MARK, **flags)
    if given.resume and not given.force and _is_finished(folder):
        raise SettingError(
            f"--out {str(folder)!r} holds a finished sweep, whose points were not kept; give"
            " --force to replace it, or another name."
        )
    recipes = _recipes(values, given)
    estimator = next(iter(recipes.values()), None) or settings.autoencoder(given)
    for name, one in (recipes or {given.recipe: estimator}).items():
        if targets.learns(one):
            raise SettingError(
                f"the recipe {name} is conditioned on labels, which a sweep does not use; fit it"
                " with isthmus fit."
            )
    with language.untranslated(name.partition("__")[0] for name in values):
        _check_points(estimator, values)
        source = models.origin(given).open(quiet=given.quiet)
        examples = source.examples if given.limit is None else source.examples[: given.limit]
        run = {"command": shlex.join(["isthmus", *command]), "source": given.source}
        started = {"run": run, "finished": False}
        with claimed(folder):
            folders.prepare(folder, MARK, **flags)
            with folders.begun(folder, MARK, lambda mark: write_json(mark, started)):
                searched = _search(estimator, values, examples, folder, given, recipes)
            _report(searched, folder, run, recipes)
            if not given.keep_models:
                shutil.rmtree(folder / "models")


def _check_points(estimator: "AnyAutoencoder", values: Mapping[str, Sequence[object]]) -> None:
    """Raise `SettingError` for a setting of the grid that cannot be, before any is fitted."""
    from sklearn.model_selection import ParameterGrid

    from isthmus.estimators.parameter_checks import check_settings
    from isthmus.sweep.grid import unfitted_at

    for point in ParameterGrid(dict(values)):
        check_settings(unfitted_at(estimator, point))


def _recipes(values: dict[str, list[object]], given: SweepOptions) -> JsonObject:
    """Return the estimators of a grid over recipes, which take that axis's place, by name."""
    names = values.pop(RECIPE, [])
    if names and given.recipe is not None:
        raise SettingError(
            f"--recipe {given.recipe} and --grid {RECIPE}=... both name recipes; give one of them."
        )
    recipes = {str(name): settings.autoencoder(replace(given, recipe=str(name))) for name in names}
    if recipes:
        values["estimator"] = [*recipes.values()]
    return recipes


def _search(
    estimator: "AnyAutoencoder",
    values: Mapping[str, Sequence[object]],
    examples: "Examples",
    folder: Path,
    given: SweepOptions,
    recipes: Facts,
) -> "Sweep":
    """Fit every point, with progress on stderr."""
    from isthmus.sweep import Sweep

    with progress.Progress("sweep", quiet=given.quiet) as shown:
        return Sweep(
            estimator,
            values,
            seeds=given.seeds,
            validation_fraction=given.validation_fraction,
            strategy=given.strategy,
            n_jobs=given.jobs,
            folder=folder / "models",
            on_result=lambda point, done, total: shown.on_result(
                done, total, _words(point, recipes)
            ),
            callbacks=(shown,),
            random_state=given.seed,
        ).fit(examples)


def read_grid(texts: Sequence[str]) -> dict[str, list[object]]:
    """Read ``latent_dim=2,5`` and the like.

    Examples
    --------
    >>> read_grid(["latent_dim=2,5", "learning_rate=1e-3"])
    {'latent_dim': [2, 5], 'learning_rate': [0.001]}
    """
    values: dict[str, list[object]] = {}
    for text in texts:
        name, equals, rest = text.partition("=")
        if not equals or not name or not rest.strip(" ,"):
            raise SettingError(f"--grid is {text!r}; it should be such as latent_dim=2,5,10.")
        if name.strip() in values:
            raise SettingError(f"--grid names {name.strip()} twice; give all its values at once.")
        values[name.strip()] = [parsing.value(one) for one in rest.split(",") if one.strip()]
    return values


def _is_finished(folder: Path) -> bool:
    """Tell whether a folder holds a finished sweep without its models."""
    try:
        facts = read_object(folder / MARK)
    except (OSError, DataError):
        return False
    return bool(facts.get("finished")) and not (folder / "models").exists()


def _words(point: "Point", recipes: Facts) -> str:
    from isthmus.report.sweep_page import named_settings

    settings = named_settings(point.params, recipes)
    setting = ", ".join(f"{name}={value}" for name, value in settings.items())
    result = f"failed: {point.failure}" if point.failure else f"error {point.mse:.5g}"
    return f"{setting}, seed {point.seed}: {result}"


def _report(searched: "Sweep", folder: Path, run: Facts, recipes: Facts) -> None:
    """Write the tables, the figures, the best model and the page; print the outcome."""
    import pyarrow as pa
    from pyarrow import csv, parquet

    from isthmus.data.spreadsheets import guarded
    from isthmus.report import circumstances
    from isthmus.report.run_folder import BEST
    from isthmus.report.sweep_page import collect_sweep, draw_sweep, render_sweep, sweep_table

    facts = collect_sweep(searched, {**circumstances(), **run}, recipes)
    table = pa.table(sweep_table(searched, recipes))
    with new_file(folder / "sweep.csv") as partial:
        csv.write_csv(guarded(table), partial)
    with new_file(folder / "sweep.parquet") as partial:
        parquet.write_table(table, partial)
    searched.best_estimator_.save(folder / BEST)
    (folder / "figures").mkdir(exist_ok=True)
    for name, figure in draw_sweep(facts):
        figure.savefig(folder / "figures" / f"{name}.png", dpi=110)
    with new_file(folder / "report.html") as partial:
        partial.write_text(render_sweep(facts), encoding="utf-8")
    write_json(folder / MARK, facts | {"finished": True})
    _print(facts, folder)


def _print(facts: Facts, folder: Path) -> None:
    from rich.table import Table

    out = consoles.out()
    score = "score, nats" if facts["criterion"] == "score" else "negative error, input units"
    table = Table(*facts["names"], "squared error", "PCA's", score, "seconds per fit")
    for row in sorted(facts["grid"], key=lambda row: row["rank"]):
        pca = facts["pca"].get(row["latent_dim"])
        numbers = (row["mean_mse"], pca, row["mean_test_score"], row["mean_fit_time"])
        cells = ["" if number is None else f"{number:.5g}" for number in numbers]
        table.add_row(*(str(row["params"][name]) for name in facts["names"]), *cells)
    out.print(table)
    if facts["advice"] is not None:
        size, reason = facts["advice"]["latent_dim"], facts["advice"]["reason"]
        consoles.say(out, f"recommended code size: {size}. {reason}")
    consoles.say(out, f"report: {folder / 'report.html'}")
