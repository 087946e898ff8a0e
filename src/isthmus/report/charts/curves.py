"""Curves: lines by name."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from isthmus import figures
from isthmus.figures.palette import page_marks
from isthmus.figures.style import Lines
from isthmus.plainjson import JsonObject
from isthmus.report.axes import fit_axis
from isthmus.report.charts.chart import Chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEFT, RIGHT, TOP, BOTTOM = 62, 628, 32, 270
"""Edges of the plot in its drawing of 640 by 310."""

DOTTED = 30
"""Maximum number of points of a line that are marked one by one."""


@dataclass(frozen=True)
class Curves(Chart):
    """Lines by name, each of (x, y) or (x, y, spread), of shape (n,).

    Attributes
    ----------
    lines : mapping of str to (x, y) or (x, y, spread)
        The spread, a standard deviation say, becomes bars.
    x_label, y_label : str
        With units.
    log_x, log_y : bool
        Logarithmic axes.
    """

    template: ClassVar[str] = "charts/curves.html.j2"

    lines: Lines
    x_label: str
    y_label: str
    log_x: bool = False
    log_y: bool = False

    def figure(self) -> "Figure":
        """Return them as a figure."""
        return figures.curves(
            self.lines,
            x_label=self.x_label,
            y_label=self.y_label,
            log_x=self.log_x,
            log_y=self.log_y,
        )

    def view(self) -> JsonObject:
        """Return where everything lies on the drawing of a page.

        Examples
        --------
        >>> view = Curves({"a": ([1, 2], [0.1, 0.2], [0, 0.05])}, "x", "y").view()
        >>> [point["x"] for point in view["lines"][0]["points"]]
        [83.0, 607.0]
        """
        each = [_columns(self.log_y, *line) for line in self.lines.values()]
        x = fit_axis(np.concatenate([line[0] for line in each]), LEFT, RIGHT, log=self.log_x)
        heights = [np.concatenate([low, high]) for _, _, low, high in each]
        y = fit_axis(np.concatenate(heights), BOTTOM, TOP, log=self.log_y)
        marks = page_marks(len(each))
        lines = []
        for name, (places, values, low, high), mark in zip(self.lines, each, marks, strict=True):
            rows = zip(
                places, values, x.at(places), y.at(values), y.at(low), y.at(high), strict=True
            )
            points = [
                {
                    "x": float(a),
                    "y": float(b),
                    "low": float(c),
                    "high": float(d),
                    "text": f"{name}: {value:.4g} at {place:g}",
                }
                for place, value, a, b, c, d in rows
            ]
            lines.append(
                {
                    "name": name,
                    "colour": mark.colour,
                    "dashed": mark.shape != "circle",
                    "dotted": len(points) <= DOTTED,
                    "points": points,
                }
            )
        return {
            "lines": lines,
            "x_ticks": x.ticks(),
            "y_ticks": y.ticks(),
            "x_label": _label(self.x_label, self.log_x),
            "y_label": _label(self.y_label, self.log_y),
            "x_name": self.x_label,
        }


def _label(words: str, log: bool) -> str:
    """Return the label of an axis, which says that it is logarithmic.

    Examples
    --------
    >>> _label("epoch", True), _label("error (scaled)", True)
    ('epoch (log scale)', 'error (scaled, log scale)')
    """
    if not log:
        return words
    return f"{words[:-1]}, log scale)" if words.endswith(")") else f"{words} (log scale)"


def _columns(log: bool, x: Any, y: Any, spread: Any = None) -> tuple[np.ndarray, ...]:
    """Return places, values, and the ends of their spread, where the values are finite.

    On a logarithmic axis all of them are above zero.
    """
    places, values = np.asarray(x, float), np.asarray(y, float)
    wide = [0.0 if one is None else one for one in (spread if spread is not None else [0] * len(y))]
    apart = np.nan_to_num(np.asarray(wide, float))
    finite = np.isfinite(values)
    places, values, apart = places[finite], values[finite], apart[finite]
    if not log:
        return places, values, values - apart, values + apart
    values = np.maximum(values, 1e-30)
    return places, values, np.maximum(values - apart, values / 10), values + apart
