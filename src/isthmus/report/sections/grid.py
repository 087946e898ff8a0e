"""A decoded grid over a code of two dimensions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from isthmus import figures
from isthmus.plainjson import JsonObject
from isthmus.report.evaluated_fit import EvaluatedFit
from isthmus.report.png import picture, shrink
from isthmus.report.section import Metrics, Section

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIDE = 13
"""Images along each side of the grid."""


@dataclass(frozen=True)
class DecodedGrid:
    """Images (169, H, W, C) of codes (xs, ys), row by row, ``ys`` falling; the label decoded."""

    images: np.ndarray
    xs: np.ndarray
    ys: np.ndarray
    label: object
    limits: figures.Limits


class Grid(Section[DecodedGrid]):
    """Images decoded from a grid over the middle 96% of the codes."""

    name = "grid"
    title = "Decoded grid"
    template = """
{% set xs, ys = data.xs, data.ys %}
<p class="lead">Codes on a grid over the middle 96% of the map, decoded{{
  " for the label " ~ data.label if data.label is not none }}.</p>
<figure class="framed">
  <div class="up"><span>{{ ys[-1] | float | number }}</span><span>code 2</span><span>{{
    ys[0] | float | number }}</span></div>
  <img class="pixels" src="{{ address }}" alt="Decoded grid over the two code dimensions">
  <div class="along"><span>{{ xs[0] | float | number }}</span><span>code 1</span><span>{{
    xs[-1] | float | number }}</span></div>
</figure>
"""

    def collect(self, fit: EvaluatedFit, metrics: Metrics) -> DecodedGrid | None:
        if fit.model.image_shape is None or fit.model.code_size != 2:
            return None
        low, high = np.percentile(fit.codes, [2, 98], axis=0)
        xs, ys = (np.linspace(low[i], high[i], SIDE, dtype=np.float32) for i in range(2))
        ys = ys[::-1]
        codes = np.column_stack([np.tile(xs, SIDE), np.repeat(ys, SIDE)])
        images = fit.model.images(fit.decode(codes))
        return DecodedGrid(images, xs, ys, fit.label, fit.limits)

    def view(self, data: DecodedGrid) -> JsonObject:
        images = shrink(data.images, 40)
        return {"address": picture(images, len(data.xs), data.limits, gap=0)}

    def figures(self, data: DecodedGrid) -> Iterator[tuple[str, "Figure"]]:
        yield "decoded_grid", figures.decoded_grid(data.images, data.xs, data.ys, data.limits)
