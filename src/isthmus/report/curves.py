"""Curves as a page draws them: one description for the page's drawing and for matplotlib's."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from isthmus import figures
from isthmus.figures.palette import page_marks
from isthmus.figures.style import Lines
from isthmus.report.axes import fit_axis

if TYPE_CHECKING:
    from matplotlib.figure import Figure


LEFT, RIGHT, TOP, BOTTOM = 62, 628, 32, 270
"""Edges of the plot in its drawing of 640 by 310."""


@dataclass(frozen=True)
class Curves:
    """Lines by name, each of (x, y, spread), on a logarithmic axis of errors.

    Attributes
    ----------
    name : str
        Of the file.
    lines : mapping of str to (x, y) or (x, y, spread)
    x_label, y_label : str
    caption : str
    log_x : bool
    """

    name: str
    lines: Lines
    x_label: str
    y_label: str
    caption: str
    log_x: bool = False

    def figure(self) -> "Figure":
        """Return them as a figure."""
        return figures.curves(
            self.lines, x_label=self.x_label, y_label=self.y_label, log_x=self.log_x, log_y=True
        )

    def chart(self) -> dict[str, object]:
        """Return where everything lies on the drawing of a page.

        Examples
        --------
        >>> chart = Curves("a", {"b": ([1, 2], [0.1, 0.2], [0, 0.05])}, "x", "y", "").chart()
        >>> [point["x"] for point in chart["lines"][0]["points"]]
        [83.0, 607.0]
        """
        each = [_columns(*line) for line in self.lines.values()]
        x = fit_axis(np.concatenate([line[0] for line in each]), LEFT, RIGHT, log=self.log_x)
        heights = [np.concatenate([low, high]) for _, _, low, high in each]
        y = fit_axis(np.concatenate(heights), BOTTOM, TOP, log=True)
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
            lines.append({"name": name, "colour": mark.colour, "points": points})
        return {
            "lines": lines,
            "x_ticks": x.ticks(),
            "y_ticks": y.ticks(),
            "x_label": self.x_label,
            "y_label": self.y_label,
            "caption": self.caption,
            "log_x": self.log_x,
        }


def _columns(x: ArrayLike, y: ArrayLike, spread: ArrayLike | None = None) -> tuple[np.ndarray, ...]:
    """Return places, values, and the ends of their spread, which stay above zero."""
    places, values = np.asarray(x, float), np.maximum(np.asarray(y, float), 1e-30)
    apart = np.zeros_like(values) if spread is None else np.nan_to_num(np.asarray(spread, float))
    return places, values, np.maximum(values - apart, values / 10), values + apart
