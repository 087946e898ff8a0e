"""Bars, side by side in groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from isthmus import figures
from isthmus.figures.palette import page_marks
from isthmus.plainjson import JsonObject
from isthmus.report.axes import Axis
from isthmus.report.charts.chart import Chart
from isthmus.report.charts.curves import BOTTOM, LEFT, RIGHT, TOP

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FILLED = 0.8
"""Share of the width of a name that its bars take."""


@dataclass(frozen=True)
class Bars(Chart):
    """A bar a name for each group, the groups side by side.

    Attributes
    ----------
    groups : mapping of str to (n,)
    names : sequence
        n names, along the axis.
    y_label : str
        With its unit.
    """

    template: ClassVar[str] = "charts/bars.html.j2"

    groups: Mapping[str, Sequence[float]]
    names: Sequence[object]
    y_label: str

    def figure(self) -> "Figure":
        """Return them as a figure."""
        return figures.bars(self.groups, self.names, y_label=self.y_label)

    def view(self) -> JsonObject:
        """Return where everything lies on the drawing of a page.

        Examples
        --------
        >>> view = Bars({"a": [1.0, 2.0]}, ["x", "y"], "height").view()
        >>> [bar["height"] for bar in view["groups"][0]["bars"]]
        [113.3, 226.7]
        """
        values = np.concatenate([np.asarray(one, float) for one in self.groups.values()])
        low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
        y = Axis(low, low + (1.05 * (high - low) or 1.0), BOTTOM, TOP)
        place = (RIGHT - LEFT) / len(self.names)
        width = FILLED * place / len(self.groups)
        ground = float(y.at(0.0))
        groups = []
        for k, (name, heights) in enumerate(self.groups.items()):
            bars = []
            for i, value in enumerate(np.asarray(heights, float)):
                end = float(y.at(value))
                left = LEFT + (i + (1 - FILLED) / 2) * place + k * width
                bars.append(
                    {
                        "x": round(left, 1),
                        "y": min(end, ground),
                        "height": round(abs(end - ground), 1),
                        "text": f"{name}, {self.names[i]}: {value:.4g}",
                    }
                )
            groups.append({"name": name, "colour": page_marks(k + 1)[k].colour, "bars": bars})
        middles = [LEFT + (i + 0.5) * place for i in range(len(self.names))]
        return {
            "groups": groups,
            "width": round(width, 1),
            "x_ticks": list(zip(middles, map(str, self.names), strict=True)),
            "y_ticks": y.ticks(),
            "y_label": self.y_label,
        }
