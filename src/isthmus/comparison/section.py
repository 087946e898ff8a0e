"""A section of the page of a comparison: one file that collects and writes its part."""

from abc import ABC, abstractmethod
from typing import ClassVar, Generic, TypeVar

from isthmus.comparison.comparing import Comparison

Data = TypeVar("Data")


class ComparisonSection(ABC, Generic[Data]):
    """A section of the page that compares runs, as `isthmus.report.Section` is of a fit's.

    A section is a file in ``comparison/sections/`` and a row in the list ``SECTIONS`` there.

    Attributes
    ----------
    name : str
        The section's address in the page.
    title : str
        Its heading.
    template : str
        Jinja2 source of the HTML below the heading. It sees ``data`` (what `collect` returned),
        ``groups`` and what `view` returns. Filters ``number`` and ``percent`` write values,
        ``set_name`` the name of a part.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    template: ClassVar[str]

    @abstractmethod
    def collect(self, comparison: Comparison) -> Data | None:
        """Return what the section shows as plain values and arrays; None if it does not apply."""

    def view(self, data: Data) -> dict[str, object]:
        """Return what the template needs besides the data, such as encoded images."""
        return {}
