"""Images of data with names around them: their pixels alone are a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from isthmus import figures
from isthmus.plainjson import JsonObject
from isthmus.report.charts.chart import Chart
from isthmus.report.png import data_uri, diverging, picture, shrink

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIDE = 40
"""Maximum number of pixels along a side of an image."""


@dataclass(frozen=True)
class ImageRows(Chart):
    """Rows of images, each row named, and each column where ``columns`` is given.

    Attributes
    ----------
    rows : mapping of str to (n, H, W) or (n, H, W, C)
        Equally many images a row.
    columns : sequence or None
        n names.
    limits : (float, float) or None
        Black and white; None takes the range of all images.
    """

    template: ClassVar[str] = "charts/image_rows.html.j2"

    rows: Mapping[str, np.ndarray]
    columns: Sequence[object] | None = None
    limits: figures.Limits | None = None

    def figure(self) -> "Figure":
        """Return them as a figure."""
        return figures.image_table(self.rows, self.columns, self.limits)

    def view(self) -> JsonObject:
        """Return a picture a row, and the names."""
        stacks = {name: shrink(np.asarray(images), SIDE) for name, images in self.rows.items()}
        limits = self.limits or (
            float(min(images.min() for images in stacks.values())),
            float(max(images.max() for images in stacks.values())),
        )
        count = len(next(iter(stacks.values())))
        return {
            "count": count,
            "rows": [
                {"name": name.strip(), "address": picture(images, count, limits)}
                for name, images in stacks.items()
            ],
            "columns": [] if self.columns is None else [*map(str, self.columns)],
        }


@dataclass(frozen=True)
class ImagesOfCodes(Chart):
    """Images decoded from a grid of codes, laid out where the codes lie.

    Attributes
    ----------
    images : ndarray of shape (len(ys) * len(xs), H, W) or (..., H, W, C)
        Row by row, ``ys`` falling from the top.
    xs, ys : ndarray
        Values of code 1 (left to right) and code 2 (top to bottom).
    limits : (float, float)
        Black and white.
    """

    template: ClassVar[str] = "charts/images_of_codes.html.j2"

    images: np.ndarray
    xs: np.ndarray
    ys: np.ndarray
    limits: figures.Limits

    def figure(self) -> "Figure":
        """Return them as a figure."""
        return figures.decoded_grid(self.images, self.xs, self.ys, self.limits)

    def view(self) -> JsonObject:
        """Return one picture, and the ends of the axes."""
        address = picture(shrink(self.images, SIDE), len(self.xs), self.limits, gap=0)
        return {"address": address, "x": _ends(self.xs), "y": _ends(self.ys[::-1])}


@dataclass(frozen=True)
class Weights(Chart):
    """Weights of units as images, a colour a sign, near white at zero.

    Attributes
    ----------
    weights : ndarray of shape (units, H, W)
    columns : int
        Images a row.
    """

    template: ClassVar[str] = "charts/weights.html.j2"

    weights: np.ndarray
    columns: int = 12

    def figure(self) -> "Figure":
        """Return them as a figure."""
        return figures.filters(self.weights, self.columns)

    def view(self) -> JsonObject:
        """Return one picture, and the greatest absolute weight."""
        reach = float(np.abs(self.weights).max())
        canvas = figures.mosaic(self.weights, min(self.columns, len(self.weights)))
        return {"address": data_uri(diverging(canvas, reach)), "reach": reach}


def _ends(values: np.ndarray) -> tuple[float, float]:
    return float(values[0]), float(values[-1])
