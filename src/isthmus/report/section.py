"""A section of the report: one file that computes, draws and writes its part of the page."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from isthmus.plainjson import Facts, JsonObject
from isthmus.report.evaluated_fit import EvaluatedFit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Data = TypeVar("Data")
Metrics = Facts


class Section(ABC, Generic[Data]):
    """A section of the report of a fit.

    A section is a file in ``report/sections/`` and a row in the list ``SECTIONS`` there. The page,
    its table of contents, ``metrics.json`` and ``figures/`` follow from these.

    Attributes
    ----------
    name : str
        The section's address in the page.
    title : str
        Its heading.
    template : str
        Jinja2 source of the HTML below the heading. It sees ``data`` (what `collect` returned),
        ``metrics`` (what ``metrics.json`` holds), ``split`` (the set that the model is measured on)
        and what `view` returns. Filters ``number`` and ``percent`` write values,
        ``set_name`` the name of a part.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    template: ClassVar[str]

    def measure(self, fit: EvaluatedFit) -> JsonObject:
        """Return the section's entries of ``metrics.json``, which other sections do not have."""
        return {}

    def warn(self, fit: EvaluatedFit, metrics: Metrics) -> list[str]:
        """Return what the user should know, one sentence per finding, each with a remedy."""
        return []

    @abstractmethod
    def collect(self, fit: EvaluatedFit, metrics: Metrics) -> Data | None:
        """Return what the section shows as plain values and arrays; None if it does not apply."""

    def view(self, data: Data) -> JsonObject:
        """Return what the template needs besides the data, such as encoded images."""
        return {}

    def figures(self, data: Data) -> Iterator[tuple[str, "Figure"]]:
        """Yield the section's files in ``figures/``: a name without its ending, and a figure."""
        yield from ()
