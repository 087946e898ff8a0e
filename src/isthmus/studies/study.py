"""What a study is, and where each is found."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from isthmus.errors import SettingError, unknown

if TYPE_CHECKING:
    from isthmus.studies.workbench import Workbench

_REPORTS = (
    "fully-connected",
    "pca-comparison",
    "font-and-vae",
    "joint-classifier",
    "convolutional",
)
_NAMES = (*_REPORTS, "family")


@dataclass(frozen=True)
class Study:
    """Reported figures to reproduce: one report's, or, in ``family``, those of several papers.

    Parameters
    ----------
    name
        As on the command line.
    title
        What it is about, in a line.
    needs
        Names of data sets, as `isthmus.open_source` takes them; "a or b" where either will do.
    minutes
        That a complete run took on two cores; docs/reproduction.md has the run.
    run
        Does the work, on a workbench.
    """

    name: str
    title: str
    needs: tuple[str, ...]
    minutes: float
    run: "Callable[[Workbench], None]"


def names() -> tuple[str, ...]:
    """Return the names of all studies.

    Examples
    --------
    >>> len(names())
    6
    """
    return _NAMES


def reports() -> tuple[str, ...]:
    """Return the names of those that reproduce one written report each.

    Examples
    --------
    >>> set(names()) - set(reports())
    {'family'}
    """
    return _REPORTS


def get(name: str) -> Study:
    """Return a study by name.

    Raises
    ------
    SettingError
        If there is none of that name.
    """
    if name not in _NAMES:
        raise SettingError(unknown("study", name, _NAMES))
    module = importlib.import_module(f"isthmus.studies.{name.replace('-', '_')}")
    return module.STUDY
