"""`isthmus sweep`: many fits over a grid of settings and seeds."""

import base64
import json
import shlex
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from isthmus.atomic import new_file
from isthmus.cli import (
    consoles,
    folders,
    options,
    parsing,
    progress,
    runs,
    settings,
    targets,
)
from isthmus.cli import fit_options as given
from isthmus.errors import SettingError

if TYPE_CHECKING:
    from isthmus.sweep import Sweep

MARK = "sweep.json"
_NOT_OFFERED = (
    "channels", "batch_norm", "dropout", "decoder", "tied", "bound", "beta", "warmup", "corruption",
    "classifier", "classification_weight", "regressor", "regression_weight", "conditional",
    "start", "schedule", "optimizer", "gradient_clip", "latent_dim", "learning_rate",
)  # fmt: skip
"""Options of a fit that are reached through a recipe, or through the grid by a single value."""


def sweep(
    context: typer.Context,
    source: options.SourceArgument,
    grid: Annotated[
        list[str] | None,
        typer.Option(
            "--grid",
            metavar="NAME=VALUES",
            help="A parameter of the estimator and its values: latent_dim=2,5,10; repeatable.",
        ),
    ] = None,
    out: Annotated[
        str | None, typer.Option("--out", "-o", metavar="DIR", help="Folder for all results.")
    ] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="Fits of every setting.")] = 1,
    recipe: given.Recipe = None,
    architecture: given.Architecture = None,
    hidden: given.Hidden = None,
    activation: given.Activation = None,
    latent: given.Latent = None,
    likelihood: given.Likelihood = None,
    penalty: given.Penalty = None,
    scaling: given.Scaling = None,
    epochs: given.Epochs = None,
    batch_size: given.BatchSize = None,
    patience: given.Patience = None,
    strategy: Annotated[
        str,
        typer.Option(
            "--strategy", help="Fits of one shape: together, in turn, or auto, which measures."
        ),
    ] = "auto",
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", metavar="N", help="Processes; -1 for one a core.")
    ] = 1,
    seed: given.Seed = 0,
    validation_fraction: given.ValidationFraction = 0.2,
    label: given.Label = None,
    array: given.Array = None,
    image_shape: given.ImageShape = None,
    limit: given.Limit = None,
    keep_models: Annotated[
        bool, typer.Option("--keep-models", help="Keep every model, not the best alone.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a sweep that was stopped.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace an earlier sweep in DIR.")
    ] = False,
    quiet: given.Quiet = False,
) -> None:
    """Fit SOURCE at every point of a grid; recommend a code size, beside PCA's curve."""
    _run(context.params, context.obj)


def _run(given: Mapping[str, Any], command: Sequence[str]) -> None:
    """Check, search, report."""
    if not given["grid"] or given["out"] is None:
        raise SettingError(
            "a sweep needs --grid, such as --grid latent_dim=2,5,10, and --out, a folder to write."
        )
    values, folder = read_grid(given["grid"]), Path(given["out"])
    room = {"resume": given["resume"], "force": given["force"]}
    folders.check_room(folder, MARK, **room)
    if given["resume"] and not given["force"] and _is_finished(folder):
        raise SettingError(
            f"--out {str(folder)!r} holds a finished sweep, whose points are kept no longer; give"
            " --force to replace it, or another name."
        )
    estimator = settings.build(dict.fromkeys(_NOT_OFFERED) | dict(given))
    if targets.learns(estimator):
        raise SettingError(
            f"--recipe {given['recipe']} is told labels, which a sweep has none of; fit it."
        )
    _check_points(estimator, values)
    source = runs.origin(given).open(quiet=given["quiet"])
    limit = given["limit"]
    examples = source.examples if limit is None else source.examples[:limit]
    run = {"command": shlex.join(["isthmus", *command]), "source": given["source"]}
    folders.make_room(folder, MARK, **room)
    with folders.begun(folder, MARK, lambda mark: _write(mark, {"run": run, "finished": False})):
        searched = _search(estimator, values, examples, folder, given)
    _report(searched, folder, run)
    if not given["keep_models"]:
        shutil.rmtree(folder / "models")


def _check_points(estimator: Any, values: Mapping[str, Sequence[Any]]) -> None:
    """Raise `SettingError` for a setting of the grid that cannot be, before any is fitted."""
    from sklearn.base import clone
    from sklearn.model_selection import ParameterGrid

    from isthmus.estimators.parameter_checks import check_settings

    for point in ParameterGrid(dict(values)):
        one: Any = clone(estimator)
        check_settings(one.set_params(**point))


def _search(
    estimator: Any,
    values: Mapping[str, Sequence[Any]],
    examples: Any,
    folder: Path,
    given: Mapping[str, Any],
) -> "Sweep":
    """Fit every point, with progress on stderr."""
    from isthmus.sweep import Sweep

    with progress.counted("sweep", quiet=given["quiet"]) as shown:
        return Sweep(
            estimator,
            values,
            seeds=given["seeds"],
            validation_fraction=given["validation_fraction"],
            strategy=given["strategy"],
            n_jobs=given["jobs"],
            folder=folder / "models",
            on_result=lambda point, done, total: shown.tell(done, total, _words(point)),
            callbacks=(shown,),
            random_state=given["seed"],
        ).fit(examples)


def read_grid(texts: Sequence[str]) -> dict[str, list[Any]]:
    """Read ``latent_dim=2,5`` and the like.

    Examples
    --------
    >>> read_grid(["latent_dim=2,5", "learning_rate=1e-3"])
    {'latent_dim': [2, 5], 'learning_rate': [0.001]}
    """
    values: dict[str, list[Any]] = {}
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
        told = json.loads((folder / MARK).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return bool(told.get("finished")) and not (folder / "models").exists()


def _words(point: Any) -> str:
    setting = ", ".join(f"{name}={value}" for name, value in point.params.items())
    result = f"failed: {point.failure}" if point.failure else f"error {point.mse:.5g}"
    return f"{setting}, seed {point.seed}: {result}"


def _report(searched: "Sweep", folder: Path, run: Mapping[str, Any]) -> None:
    """Write the tables, the figures, the best model and the page; tell what came out."""
    import pyarrow as pa
    from pyarrow import csv, parquet

    from isthmus.report import circumstances
    from isthmus.report.run_folder import BEST
    from isthmus.report.sweep_page import collect_sweep, draw_sweep, render_sweep, sweep_table

    facts = collect_sweep(searched, {**circumstances(), **run})
    table = pa.table(sweep_table(searched))
    with new_file(folder / "sweep.csv") as partial:
        csv.write_csv(table, partial)
    with new_file(folder / "sweep.parquet") as partial:
        parquet.write_table(table, partial)
    searched.best_estimator_.save(folder / BEST)
    (folder / "figures").mkdir(exist_ok=True)
    drawn = []
    for name, figure, caption in draw_sweep(facts):
        path = folder / "figures" / f"{name}.png"
        figure.savefig(path, dpi=110)
        address = "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode("ascii")
        drawn.append((name, address, caption))
    with new_file(folder / "report.html") as partial:
        partial.write_text(render_sweep(facts, drawn), encoding="utf-8")
    _write(folder / MARK, facts | {"finished": True})
    _tell(facts, folder)


def _tell(facts: Mapping[str, Any], folder: Path) -> None:
    from rich.table import Table

    out = consoles.out()
    table = Table(*facts["names"], "squared error", "PCA's", "score, nats", "seconds a fit")
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


def _write(path: Path, value: Any) -> None:
    with new_file(path) as partial:
        partial.write_text(json.dumps(consoles.plain(value), indent=2) + "\n", encoding="utf-8")
