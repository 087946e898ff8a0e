"""Figures: reported ones, read from data files, and the measured ones to compare."""

import csv
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from statistics import fmean, stdev

from isthmus.plainjson import JsonObject

Key = tuple[str, str, str, str]
"""System, setting, metric and split."""

SILENT = "the report gives no figure"


@dataclass(frozen=True)
class Reported:
    """A figure that a report gives.

    Parameters
    ----------
    value
        As it is written there: its last digit says how far it was rounded.
    unit
        Such as "%" or "mse a pixel".
    better
        "lower" or "higher".
    source
        Where in the report it stands.
    """

    value: str
    unit: str
    better: str
    source: str

    @property
    def rounding(self) -> float:
        """Half a unit of the last digit.

        Examples
        --------
        >>> Reported("0.0367", "mse a pixel", "lower", "").rounding
        5e-05
        """
        return 0.5 * 10.0 ** -len(self.value.partition(".")[2])


def read_reported(study: str) -> dict[Key, Reported]:
    """Return what a report gives, by system, setting, metric and split.

    Examples
    --------
    >>> given = read_reported("convolutional")
    >>> given["transfer, frozen", "d=10, 80 labels", "accuracy", "test"].value
    '0.84'
    """
    file = resources.files("isthmus.studies") / "reported" / f"{study}.csv"
    rows = csv.DictReader(file.read_text("utf-8").splitlines())
    return {
        (row["system"], row["setting"], row["metric"], row["split"]): Reported(
            row["value"], row["unit"], row["better"], row["source"]
        )
        for row in rows
    }


WITHHELD = "withheld"
"""The verdict of a run at reduced size, whose figures say nothing about the report."""


@dataclass(frozen=True)
class Record:
    """A figure, reported and measured.

    Parameters
    ----------
    study, system, setting, metric, split, unit
        Which figure.
    reported
        None where the report is silent.
    measured, std, seeds
        Mean over the seeds, their standard deviation (None for one), how many.
    better
        "lower" or "higher".
    verdict
        "better", "matches", "worse", "not comparable"; `WITHHELD` in a run at reduced size.
    reason
        Why it is not comparable.
    source
        Where in the report the figure stands.
    quick
        Whether this is of a run at reduced size.
    """

    study: str
    system: str
    setting: str
    metric: str
    split: str
    unit: str
    reported: float | None
    measured: float
    std: float | None
    seeds: int
    better: str
    verdict: str
    reason: str | None
    source: str | None
    quick: bool

    def as_dict(self) -> JsonObject:
        """Return it as plain values."""
        return asdict(self)


def summarise(values: float | Sequence[float]) -> tuple[float, float | None, int]:
    """Return mean, standard deviation (None for one value) and number of values.

    Examples
    --------
    >>> summarise(0.5), summarise([1, 3])
    ((0.5, None, 1), (2.0, 1.4142135623730951, 2))
    """
    seeds = [float(values)] if isinstance(values, int | float) else [float(v) for v in values]
    return fmean(seeds), stdev(seeds) if len(seeds) > 1 else None, len(seeds)


def verdict_of(
    measured: float, std: float | None, seeds: int, reported: Reported, noise: float = 0.0
) -> str:
    """Say how a measured figure stands to a reported one.

    They match when they differ by no more than the reported figure's rounding and two standard
    errors of the difference: the report gives one run, of which the seeds here show the spread.

    Parameters
    ----------
    measured, std, seeds
        As `summarise` returns them.
    reported
        The figure to compare with.
    noise
        Standard error of a single run where ``std`` is not known.

    Returns
    -------
    {"better", "matches", "worse"}

    Examples
    --------
    >>> verdict_of(0.0168, None, 1, Reported("0.0367", "mse a pixel", "lower", ""))
    'better'
    >>> verdict_of(98.41, 0.02, 5, Reported("98.42", "%", "higher", ""))
    'matches'
    """
    spread = noise if std is None else std
    margin = reported.rounding + 2 * spread * math.sqrt(1 + 1 / seeds)
    difference = measured - float(reported.value)
    if abs(difference) <= margin * (1 + 1e-9):
        return "matches"
    return "better" if (difference > 0) == (reported.better == "higher") else "worse"
