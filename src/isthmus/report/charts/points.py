"""Points in the plane: coloured by class, or each with its name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from isthmus import figures
from isthmus.plainjson import JsonObject
from isthmus.report.axes import fit_axis
from isthmus.report.charts.chart import Chart
from isthmus.report.marks import SHAPES, marked_classes
from isthmus.report.plane import ordered_classes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEFT, RIGHT, TOP, BOTTOM = 50, 630, 10, 478
"""Edges of the plot in its drawing of 640 by 505."""

SHOWN = 2_000
"""Maximum number of points that a page draws; of more, every second or third and so on."""


@dataclass(frozen=True)
class Points(Chart):
    """Points, a mark a class, each class named at its median.

    Attributes
    ----------
    points : ndarray of shape (n, 2)
    labels : ndarray of shape (n,)
        Classes.
    axis_names : (str, str)
    """

    template: ClassVar[str] = "charts/points.html.j2"

    points: np.ndarray
    labels: np.ndarray
    axis_names: tuple[str, str] = ("code 1", "code 2")

    def figure(self) -> "Figure":
        """Return them as a figure."""
        return figures.code_scatter(self.points, self.labels, axis_names=self.axis_names)

    def view(self) -> JsonObject:
        """Return where everything lies on the drawing of a page.

        Examples
        --------
        >>> view = Points(np.eye(2), np.array(["a", "b"])).view()
        >>> [(one["name"], one["places"]) for one in view["classes"]]
        [('a', [(608.5, 460.7)]), ('b', [(71.5, 27.3)])]
        """
        step = -(-len(self.points) // SHOWN)
        view = _plane(self.points[::step], self.axis_names)
        places = view["places"]
        names, members = ordered_classes(np.asarray(self.labels[::step]).astype(str))
        classes = [
            {
                "name": kind["name"],
                "colour": kind["colour"],
                "mark": SHAPES[kind["shape"]],
                "places": [places[i] for i in kind["members"]],
                "middle": np.median([places[i] for i in kind["members"]], axis=0).tolist(),
            }
            for kind in marked_classes(names, members)
        ]
        return {**view, "classes": classes, "names": []}


@dataclass(frozen=True)
class NamedPoints(Chart):
    """Points (n, 2), each with its name next to it."""

    template: ClassVar[str] = "charts/points.html.j2"

    points: np.ndarray
    names: Sequence[object]
    axis_names: tuple[str, str] = ("code 1", "code 2")

    def figure(self) -> "Figure":
        """Return them as a figure."""
        return figures.labelled_points(self.points, self.names, axis_names=self.axis_names)

    def view(self) -> JsonObject:
        """Return where everything lies on the drawing of a page."""
        view = _plane(self.points, self.axis_names)
        named = zip(view["places"], map(str, self.names), strict=True)
        return {**view, "classes": [], "names": list(named)}


def _plane(points: np.ndarray, axis_names: tuple[str, str]) -> JsonObject:
    """Return the places of points, and the axes."""
    x, y = fit_axis(points[:, 0], LEFT, RIGHT), fit_axis(points[:, 1], BOTTOM, TOP)
    places = zip(x.at(points[:, 0]).tolist(), y.at(points[:, 1]).tolist(), strict=True)
    return {
        "places": list(places),
        "x_ticks": x.ticks(),
        "y_ticks": y.ticks(),
        "axes": axis_names,
    }
