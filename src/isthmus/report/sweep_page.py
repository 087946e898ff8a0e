"""The page, the table and the figures of a sweep, made from its results."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from isthmus.plainjson import Facts, JsonObject, to_json
from isthmus.report.charts import Curves
from isthmus.report.page import environment

if TYPE_CHECKING:
    from matplotlib.figure import Figure


Recipes = Facts
"""Names of the estimators that a grid chooses among."""

ERROR = "mean squared error (scaled)"

RECIPE = "recipe"
"""The name of that axis of the grid on the page and in the tables."""


def collect_sweep(sweep: Any, run: Facts, recipes: Recipes = MappingProxyType({})) -> JsonObject:
    """Return the facts of a sweep as plain values.

    Parameters
    ----------
    sweep : a fitted Sweep
        Asked through its public attributes only.
    run : mapping
        ``command``, ``source``, ``created``, ``versions``.
    recipes : mapping of str to estimator
        Names of the estimators that the grid chooses among, where it does.
    """
    results = sweep.cv_results_
    names = _names(sweep)
    grid = [
        {
            "params": dict.fromkeys(names) | named_settings(params, recipes),
            "latent_dim": sweep.code_sizes_[i],
            **{
                key: _cell(results[key][i])
                for key in (
                    "mean_test_score", "std_test_score", "mean_mse", "std_mse", "mean_fit_time"
                )
            },
            "rank": int(results["rank_test_score"][i]),
        }
        for i, params in enumerate(results["params"])
    ]  # fmt: skip
    advice = sweep.advice_
    return {
        "run": dict(run),
        "names": names,
        "grid": grid,
        "seeds": sweep.seeds,
        "criterion": sweep.criterion_,
        "best": named_settings(sweep.best_params_, recipes),
        "pca": {int(size): float(error) for size, error in sweep.pca_mse_.items()},
        "advice": None if advice is None else {"latent_dim": advice[0], "reason": advice[1]},
        "failures": [
            {"params": named_settings(p.params, recipes), "seed": p.seed, "sentence": p.failure}
            for p in sweep.points_
            if p.failure is not None
        ],
    }


def sweep_table(sweep: Any, recipes: Recipes = MappingProxyType({})) -> dict[str, list[Any]]:
    """Return every fit of a sweep as columns: the settings, the seed, and what came of it."""
    settings = [named_settings(point.params, recipes) for point in sweep.points_]
    columns: dict[str, list[Any]] = {
        name: [own.get(name) for own in settings] for name in _names(sweep)
    }
    for name in (
        "seed",
        "score",
        "mse",
        "mse_input",
        "nats",
        "seconds",
        "epochs",
        "best_epoch",
        "failure",
    ):
        columns[name] = [_cell(getattr(point, name)) for point in sweep.points_]
    return columns


def named_settings(params: Facts, recipes: Recipes) -> JsonObject:
    """Return the settings of a point of the grid as plain values, its estimator by name.

    Examples
    --------
    >>> named_settings({"estimator": (one := object()), "latent_dim": 2}, {"vae": one})
    {'recipe': 'vae', 'latent_dim': 2}
    """
    plain = {}
    for name, value in params.items():
        if name == "estimator":
            known = (recipe for recipe, estimator in recipes.items() if estimator is value)
            plain[RECIPE] = next(known, " ".join(str(value).split()))
        else:
            plain[name] = _cell(value)
    return plain


def _names(sweep: Any) -> list[str]:
    """Return the axes of the grid, as the page names them."""
    names = [name.removeprefix("param_") for name in sweep.cv_results_ if name.startswith("param_")]
    return [RECIPE if name == "estimator" else name for name in names]


class SweepCurves(NamedTuple):
    """Curves of a sweep, the name of their file, and their caption."""

    name: str
    curves: Curves
    caption: str


def sweep_curves(facts: Facts) -> Iterator[SweepCurves]:
    """Yield the curves that a sweep can show: against the code size, and against every number."""
    by_size = _best_by(facts["grid"], "latent_dim")
    if len(by_size) > 1:
        lines: JsonObject = _lines_by_recipe(facts["grid"])
        if facts["pca"]:
            lines["PCA"] = (list(facts["pca"]), list(facts["pca"].values()))
        curves = Curves(lines, "code size", ERROR, log_y=True)
        yield SweepCurves("rate-distortion", curves, _caption("the size of the code"))
    for name in facts["names"]:
        if name != "latent_dim" and _numeric(facts["grid"], name):
            yield _curves_of(facts["grid"], name)


def draw_sweep(facts: Facts) -> Iterator[tuple[str, "Figure"]]:
    """Yield the figures of a sweep, with the names of their files."""
    for name, curves, _ in sweep_curves(facts):
        yield name, curves.figure()


def render_sweep(facts: Facts) -> str:
    """Write the page of a sweep: HTML that needs no other file.

    Parameters
    ----------
    facts
        What `collect_sweep` returned.
    """
    template = environment().get_template("sweep.html.j2")
    ranked = sorted(facts["grid"], key=lambda row: row["rank"])
    charts = [curves.drawn(caption) for _, curves, caption in sweep_curves(facts)]
    return template.render(facts=facts, ranked=ranked, charts=charts)


def _lines_by_recipe(grid: Sequence[Facts]) -> JsonObject:
    """Return the error against the code size: a line for every recipe, or one for all."""
    recipes = dict.fromkeys(row["params"].get(RECIPE, "autoencoder") for row in grid)
    rows = {
        name: [row for row in grid if row["params"].get(RECIPE, name) == name] for name in recipes
    }
    best = {name: _best_by(own, "latent_dim") for name, own in rows.items()}
    return {name: _line(own) for name, own in best.items() if own}


def _curves_of(grid: Sequence[Facts], name: str) -> SweepCurves:
    """Return the error against a setting, a line a code size."""
    sizes = sorted({row["latent_dim"] for row in grid})
    lines = {
        f"code of {size}": _line(_best_by([row for row in grid if row["latent_dim"] == size], name))
        for size in sizes
    }
    values = [row["params"][name] for row in grid if row["params"][name] is not None]
    wide = min(values) > 0 and max(values) >= 10 * min(values)
    words = name.replace("__", " ")
    curves = Curves(lines, words, ERROR, log_x=wide, log_y=True)
    return SweepCurves(name, curves, _caption(words))


def _caption(words: str) -> str:
    return (
        f"Error on the validation set against {words}, at the best of the other settings. "
        "Bars are a standard deviation over seeds."
    )


def _best_by(grid: Sequence[Facts], name: str) -> dict[Any, Facts]:
    """Return, for each value of a setting in rising order, the row with the least error."""
    best: dict[Any, Facts] = {}
    for row in grid:
        value = row["latent_dim"] if name == "latent_dim" else row["params"][name]
        if value is None or row["mean_mse"] is None:
            continue
        if value not in best or row["mean_mse"] < best[value]["mean_mse"]:
            best[value] = row
    return dict(sorted(best.items()))


def _line(rows: Mapping[Any, Facts]) -> tuple[list[Any], list[float], list[float]]:
    return (
        list(rows),
        [row["mean_mse"] for row in rows.values()],
        [row["std_mse"] for row in rows.values()],
    )


def _numeric(grid: Sequence[Facts], name: str) -> bool:
    values = {row["params"][name] for row in grid if row["mean_mse"] is not None}
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    return len(numbers) > 1 and len(numbers) == len(values - {None})


def _cell(value: object) -> Any:
    """Return a number or a text that JSON, a table and a set can hold; NaN becomes None."""
    plain = to_json(value)
    return str(value) if isinstance(plain, list | dict) else plain
