"""A run to compare: a fitted estimator, its measures, and the data that they were taken on."""

from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path

from isthmus.comparison.rows import AssessedRows, assess_rows
from isthmus.data.parts import Parts, divide
from isthmus.errors import DataError, SettingError
from isthmus.estimators.fit_cache import IRRELEVANT, contents
from isthmus.estimators.persistence import load
from isthmus.fitted import FittedAutoencoder
from isthmus.plainjson import Facts, JsonObject, read_object
from isthmus.report import measure_fit, model_path
from isthmus.report.passes import SPLITS
from isthmus.report.run_origin import run_origin

OF_THE_SEED = "random_state"
"""The setting in which runs of one group may differ."""

Place = str | PathLike[str]


@dataclass(frozen=True, eq=False)
class ComparedRun:
    """A run.

    Attributes
    ----------
    name : str
    estimator : FittedAutoencoder
    parts : mapping of str to (X, y)
        The training, validation and test set.
    metrics : mapping
        What ``metrics.json`` holds.
    facts : mapping
        What ``run.json`` holds; empty for an estimator that was never written.
    """

    name: str
    estimator: FittedAutoencoder
    parts: Parts
    metrics: Facts
    facts: Facts

    @property
    def split(self) -> str:
        """Name of the part that the run is measured on: the one furthest from the training."""
        return [name for name in SPLITS if name in self.metrics["reconstruction"]][-1]

    @property
    def seed(self) -> object:
        """What the fit's random numbers were drawn from; None where that is unknown."""
        return self.estimator.get_params(deep=False).get(OF_THE_SEED)

    @cached_property
    def rows(self) -> AssessedRows:
        """What the model makes of examples of that part."""
        X, y = self.parts[self.split]
        return assess_rows(self.estimator, X, y)

    @cached_property
    def settings(self) -> dict[str, str]:
        """All that decided the fit but its seed, as text."""
        params = self.estimator.get_params(deep=False)
        text = {"estimator": type(self.estimator).__name__}
        text |= {
            name: value if isinstance(value, str) else repr(value)
            for name, value in sorted(params.items())
            if name not in (*IRRELEVANT, OF_THE_SEED)
        }
        if self.facts:
            text["source"] = str(self.facts["source"]["name"])
            shares = {k: v for k, v in self.facts["split"].items() if k != "seed"}
            text |= {f"split: {name}": str(value) for name, value in shares.items()}
        return text


def open_run(place: Place, name: str, known: dict[str, Parts]) -> ComparedRun:
    """Return the run of a folder, its data read again.

    Parameters
    ----------
    place
        The folder of a fit.
    name
        What to call it.
    known
        Parts that were read before, by the text that says where they are from; those of this run
        are added.

    Raises
    ------
    DataError
        If the folder does not say what its model was fitted on, or that is no longer there.
    """
    estimator = load(model_path(place))
    facts = _read(Path(place) / "run.json")
    origin = run_origin(facts, f"give another run than {name}, or the data in Python")
    masked = bool(getattr(estimator.likelihood_, "masked", False))
    key = f"{origin!r} {masked}"
    if key not in known:
        source = origin.open()
        if origin.contents not in (None, contents(source.examples)):
            raise DataError(
                f"{source.name} is not what it was when the run {name} was fitted, so its test "
                "examples cannot be found again; fit again, or give the data in Python."
            )
        known[key] = divide(source, **origin.division, missing_allowed=masked)
    metrics = _read(Path(place) / "metrics.json")
    parts = known[key]
    return ComparedRun(name, estimator, parts, metrics or measure_fit(estimator, parts), facts)


def measured_run(estimator: FittedAutoencoder, name: str, parts: Parts) -> ComparedRun:
    """Return a run of a fitted estimator, measured on given data."""
    return ComparedRun(name, estimator, parts, measure_fit(estimator, parts), {})


def check_comparable(runs: list[ComparedRun]) -> None:
    """Raise `SettingError` unless all models take examples of one size."""
    first = runs[0]
    for run in runs[1:]:
        if run.estimator.n_features_in_ != first.estimator.n_features_in_:
            raise SettingError(
                f"{run.name} was fitted to {run.estimator.n_features_in_} values per example and "
                f"{first.name} to {first.estimator.n_features_in_}; compare runs on the same data."
            )


def _read(path: Path) -> JsonObject:
    """Return what a run's file holds, or nothing where there is none."""
    try:
        return read_object(path)
    except (FileNotFoundError, NotADirectoryError):
        return {}
