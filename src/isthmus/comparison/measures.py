"""What runs are measured by: a row of the table each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from isthmus.comparison.groups import Group
from isthmus.comparison.run import ComparedRun
from isthmus.plainjson import Facts
from isthmus.report.numbers import number, percent

Better = Literal["less", "more", "neither"]
Metrics = Facts


@dataclass(frozen=True)
class Measure:
    """A row of the table.

    Attributes
    ----------
    key : str
        Its name in JSON.
    title : str
        Its name for a reader.
    read : callable
        Returns the value of a run from what ``metrics.json`` holds and the part that the run is
        measured on; None where it has none.
    write : callable
        Returns a value as text.
    better : {"less", "more", "neither"}
        Which value is better, where the values compare.
    in_nats : bool
        Whether values compare only between models of one likelihood and one scaling.
    scaled : bool
        Whether values compare only between models of one scaling.
    """

    key: str
    title: str
    read: Callable[[Metrics, str], float | None]
    write: Callable[[float | None], str] = number
    better: Better = "neither"
    in_nats: bool = False
    scaled: bool = False


def _own(key: str) -> Callable[[Metrics, str], float | None]:
    return lambda metrics, split: metrics["reconstruction"][split].get(key)


def _negative_elbo(metrics: Metrics, split: str) -> float | None:
    own = metrics["reconstruction"][split]
    return own.get("negative_elbo", own.get("elbo"))  # format 2 has it under the shorter name


def _nearest(metrics: Metrics, split: str) -> float | None:
    probe = metrics.get("probe")
    return None if probe is None else probe["code"]


def _head(kind: str) -> Callable[[Metrics, str], float | None]:
    def read(metrics: Metrics, split: str) -> float | None:
        head = metrics.get("head")
        return head.get(split) if head is not None and head["kind"] == kind else None

    return read


MEASURES = (
    Measure("mse", "Mean squared error, scaled", _own("mse"), better="less", scaled=True),
    Measure(
        "pca_mse",
        "the same for PCA of the same code size",
        lambda metrics, split: metrics["pca"].get(split, {}).get("mse"),
    ),
    Measure("mse_input", "Mean squared error, input units", _own("mse_input"), better="less"),
    Measure("explained_variance", "Explained variance", _own("explained_variance"), percent),
    Measure(
        "nats",
        "Negative log-likelihood at the code, nats per example",
        _own("nats"),
        better="less",
        in_nats=True,
    ),
    Measure("kl", "KL divergence of the code from the prior, nats per example", _own("kl")),
    Measure(
        "negative_elbo",
        "Negative ELBO, nats per example",
        _negative_elbo,
        better="less",
        in_nats=True,
    ),
    Measure(
        "neighbours",
        "Accuracy of 5 nearest neighbours on the code",
        _nearest,
        percent,
        better="more",
    ),
    Measure("accuracy", "Accuracy of the classifier", _head("accuracy"), percent, better="more"),
    Measure("r2", "R² of the regressor", _head("r2"), percent, better="more"),
    Measure(
        "active", "Active dimensions of the code", lambda metrics, _: metrics["latent"]["active"]
    ),
    Measure("latent_dim", "Code size", lambda metrics, _: metrics["latent"]["dim"]),
    Measure(
        "effective_rank",
        "Effective rank of the code",
        lambda metrics, _: metrics["latent"]["effective_rank"],
    ),
    Measure("parameters", "Parameters", lambda metrics, _: metrics["model"]["parameters"]),
    Measure("fit_seconds", "Time to fit, s", lambda metrics, _: metrics["timing"]["fit_seconds"]),
)
"""Every measure, in the order of the table."""


@dataclass(frozen=True)
class Cell:
    """A measure of a group.

    Attributes
    ----------
    values : list of float
        One per run that has it.
    mean, spread : float or None
        Mean and standard deviation over the runs, the latter of at least two.
    best : bool
        Whether no comparable group is better.
    """

    values: list[float]
    mean: float | None
    spread: float | None
    best: bool = False


@dataclass(frozen=True)
class Row:
    """A measure of every group, and whether its values compare."""

    measure: Measure
    cells: list[Cell]
    comparable: bool

    @property
    def title(self) -> str:
        """The measure's name, with an asterisk where its values do not compare."""
        return self.measure.title + ("" if self.comparable else " *")

    def text(self, cell: Cell) -> str:
        """Return the mean of a cell and its spread, where there is one, for a reader."""
        mean, spread = self.measure.write(cell.mean), cell.spread
        if not spread:
            return mean
        exact = self.measure.write is number
        return f"{mean} ± {f'{spread:.2g}' if exact else self.measure.write(spread)}"


def table(groups: Sequence[Group]) -> list[Row]:
    """Return every measure that at least one group has."""
    rows = []
    for measure in MEASURES:
        cells = [_cell(group, measure) for group in groups]
        if any(cell.values for cell in cells):
            rows.append(_marked(measure, cells, _compares(measure, groups)))
    return rows


def one_scaling(groups: Sequence[Group]) -> bool:
    """Tell whether all models scale examples in one way."""
    return len({_scaling(run) for group in groups for run in group.runs}) == 1


def _compares(measure: Measure, groups: Sequence[Group]) -> bool:
    if not (measure.scaled or measure.in_nats):
        return True
    runs = [run for group in groups for run in group.runs]
    likelihoods = {type(run.estimator.likelihood_).__name__ for run in runs}
    return one_scaling(groups) and not (measure.in_nats and len(likelihoods) > 1)


def _scaling(run: ComparedRun) -> str:
    scaling = run.estimator.scaling_
    return str(getattr(scaling, "kind", scaling.describe()))


def _cell(group: Group, measure: Measure) -> Cell:
    read = (measure.read(run.metrics, run.split) for run in group.runs)
    values = [float(value) for value in read if value is not None]
    if not values:
        return Cell([], None, None)
    spread = float(np.std(values, ddof=1)) if len(values) > 1 else None
    return Cell(values, float(np.mean(values)), spread)


def _marked(measure: Measure, cells: list[Cell], comparable: bool) -> Row:
    """Mark the best cells: those that are written as the best is."""
    known = [cell.mean for cell in cells if cell.mean is not None]
    if not comparable or measure.better == "neither" or len(known) < 2:
        return Row(measure, cells, comparable)
    best = measure.write(min(known) if measure.better == "less" else max(known))
    marked = [
        Cell(cell.values, cell.mean, cell.spread, measure.write(cell.mean) == best)
        for cell in cells
    ]
    return Row(measure, marked, comparable)
