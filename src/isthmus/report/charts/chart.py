"""What charts have in common."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from isthmus.plainjson import JsonObject

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Chart(ABC):
    """Values to show, as a drawing of a page and as a figure of matplotlib.

    Attributes
    ----------
    template : str
        The file that draws it in a page: it sees what `view` returns as ``chart``, and the caption
        as ``chart.caption``.
    """

    template: ClassVar[str]

    @abstractmethod
    def figure(self) -> "Figure":
        """Return it as a figure."""

    @abstractmethod
    def view(self) -> JsonObject:
        """Return where everything lies on the drawing of a page."""

    def drawn(self, caption: str) -> JsonObject:
        """Return what a page needs to draw it: ``{% include chart.template %}``."""
        return {**self.view(), "template": self.template, "caption": caption}
