"""Runs compared: as plain data, as a table, and as one self-contained page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Literal

from isthmus.atomic import new_file
from isthmus.comparison.groups import Group, differences, group, representatives
from isthmus.comparison.measures import Row, one_scaling, table
from isthmus.comparison.paired import Difference, errors_against_first
from isthmus.comparison.run import (
    ComparedRun,
    Place,
    check_comparable,
    measured_run,
    open_run,
)
from isthmus.comparison.shared import SharedRows, shared_rows
from isthmus.data.parts import Parts
from isthmus.errors import SettingError
from isthmus.fitted import FittedAutoencoder
from isthmus.plainjson import JsonObject, to_json


@dataclass(frozen=True, eq=False)
class Comparison:
    """Runs compared; `isthmus.compare` makes one.

    Attributes
    ----------
    groups : tuple of Group
        Runs that differ in the seed alone are one group. The first group is the reference.
    """

    groups: tuple[Group, ...]

    @property
    def runs(self) -> list[ComparedRun]:
        """All runs."""
        return [run for group in self.groups for run in group.runs]

    @property
    def error(self) -> Literal["mse", "mse_input"]:
        """What is tested: the scaled error; in the data's own units where scalings differ."""
        return "mse" if one_scaling(self.groups) else "mse_input"

    @cached_property
    def table(self) -> list[Row]:
        """The measures, a row each, with a cell per group."""
        return table(self.groups)

    @cached_property
    def differences(self) -> dict[str, list[str]]:
        """The settings in which the groups differ, with a value per group."""
        return differences(self.groups)

    @cached_property
    def tests(self) -> list[Difference]:
        """The errors of every further group less those of the first, paired."""
        return errors_against_first(self.groups, self.error)

    @cached_property
    def shown(self) -> list[ComparedRun]:
        """The run of every group that pictures show."""
        return representatives(self.groups)

    @cached_property
    def shared(self) -> SharedRows:
        """Examples as the runs that pictures show encode and decode them."""
        return shared_rows(self.shown)

    def to_dict(self) -> JsonObject:
        """Return the comparison as plain values, ready for JSON."""
        names = [group.name for group in self.groups]
        plain = to_json(
            {
                "groups": [
                    {
                        "name": group.name,
                        "runs": [run.name for run in group.runs],
                        "seeds": [run.seed for run in group.runs],
                    }
                    for group in self.groups
                ],
                "measures": {
                    row.measure.key: {
                        "comparable": row.comparable,
                        **{
                            name: {"mean": cell.mean, "std": cell.spread, "values": cell.values}
                            for name, cell in zip(names, row.cells, strict=True)
                        },
                    }
                    for row in self.table
                },
                "settings": {
                    name: dict(zip(names, values, strict=True))
                    for name, values in self.differences.items()
                },
                "tested": self.error,
                "tests": [
                    {
                        "group": test.name,
                        "reference": test.reference,
                        "rows": None if test.rows is None else test.rows._asdict(),
                        "seeds": None if test.seeds is None else test.seeds._asdict(),
                    }
                    for test in self.tests
                ],
            }
        )
        assert isinstance(plain, dict)
        return plain

    def to_html(self) -> str:
        """Return the page: HTML that needs no other file and no network."""
        from isthmus.comparison.page import render

        return render(self)

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the page; it appears whole or not at all."""
        target = Path(path)
        with new_file(target) as partial:
            partial.write_text(self.to_html(), encoding="utf-8")
        return target


def compare(
    runs: Sequence[Place] | Mapping[str, Place | FittedAutoencoder], data: Parts | None = None
) -> Comparison:
    """Compare runs: what differs in their settings, and in what they reach on the same examples.

    Runs that differ in the seed alone are grouped, and the spread over seeds is shown. Groups are
    compared with the first one by paired tests over the examples of their test sets.

    Parameters
    ----------
    runs : sequence of paths, or mapping of str to path or fitted estimator
        The folders of runs; or what to compare by name, fitted estimators too.
    data : mapping of str to (X, y), optional
        ``"train"``, ``"validation"`` and ``"test"``, where they exist; y is None without labels.
        All runs are measured on these. Without it each run's own data is read again, as its
        ``run.json`` says.

    Returns
    -------
    Comparison
        With `table`, `tests` and `differences`; `save` writes the page.

    Raises
    ------
    SettingError
        If there are fewer than two runs, or they take examples of different sizes, or there are
        estimators without data.
    DataError
        If a run's data cannot be found again.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> import isthmus
    >>> X, y = load_iris(return_X_y=True)
    >>> quick = {"hidden": (8,), "epochs": 2, "random_state": 0}
    >>> fits = {
    ...     "one": isthmus.Autoencoder(1, **quick).fit(X),
    ...     "two": isthmus.Autoencoder(2, **quick).fit(X),
    ... }
    >>> found = isthmus.compare(fits, {"train": (X, y), "test": (X, y)})
    >>> found.differences
    {'latent_dim': ['1', '2']}
    >>> found.tests[0].rows.mean < 0, found.tests[0].rows.pairs  # one flower is there twice
    (True, 149)
    """
    named = dict(runs) if isinstance(runs, Mapping) else _named(runs)
    if len(named) < 2:
        raise SettingError(f"{len(named)} run was given; give two at least, to compare them.")
    known: dict[str, Parts] = {}
    opened = [_opened(name, run, data, known) for name, run in named.items()]
    check_comparable(opened)
    return Comparison(group(opened))


def _opened(
    name: str, run: Place | FittedAutoencoder, data: Parts | None, known: dict[str, Parts]
) -> ComparedRun:
    if isinstance(run, str | PathLike):
        if data is None:
            return open_run(run, name, known)
        from isthmus.estimators.persistence import load
        from isthmus.report import model_path

        return measured_run(load(model_path(run)), name, data)
    if data is None:
        raise SettingError(
            f"{name} is an estimator; give the examples to measure it on, as"
            ' data={"train": (X, y), "test": (X, y)}.'
        )
    return measured_run(run, name, data)


def _named(places: Sequence[Place]) -> dict[str, Place]:
    """Return runs by the names of their folders, as much of the path as tells them apart."""
    paths = [Path(place).absolute() for place in places]
    if twice := {str(path) for path in paths if paths.count(path) > 1}:
        raise SettingError(f"{min(twice)!r} is given twice; name each run once.")
    names, depth = [path.name for path in paths], 1
    while len(set(names)) < len(names):
        depth += 1
        names = ["/".join(path.parts[-depth:]) for path in paths]
    return dict(zip(names, places, strict=True))
