"""The weights of the first layer as images."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from isthmus import figures
from isthmus.plainjson import JsonObject
from isthmus.report.evaluated_fit import EvaluatedFit
from isthmus.report.png import data_uri, diverging, shrink
from isthmus.report.section import Metrics, Section

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = 48
"""Most hidden units shown: those with the largest weights."""


@dataclass(frozen=True)
class Filters:
    """Weights of hidden units as images (units, H, W), averaged over channels."""

    weights: np.ndarray


class FirstLayer(Section[Filters]):
    """What the first hidden units of a dense network respond to, in images."""

    name = "first-layer"
    title = "First-layer weights"
    template = """
<p class="lead">The input weights of one hidden unit per image, for the {{ data.weights | length
  }} units with the largest weights.</p>
<figure style="max-width:38rem">
  <img class="pixels" src="{{ address }}" alt="Weights of the first layer as images">
</figure>
<figcaption>negative <span class="ramp"></span> positive weight, one scale for all</figcaption>
"""

    def collect(self, fit: EvaluatedFit, metrics: Metrics) -> Filters | None:
        shape, weights = fit.model.image_shape, fit.model.estimator.first_layer_weights_
        if shape is None or weights is None or weights.shape[1] != np.prod(shape):
            return None
        strongest = np.argsort(-np.square(weights).sum(axis=1), kind="stable")[:SHOWN]
        return Filters(np.asarray(weights)[strongest].reshape(-1, *shape).mean(axis=-1))

    def view(self, data: Filters) -> JsonObject:
        weights = shrink(data.weights, 48)
        canvas = figures.mosaic(weights, min(12, len(weights)))
        return {"address": data_uri(diverging(canvas, float(np.abs(weights).max())))}

    def figures(self, data: Filters) -> Iterator[tuple[str, "Figure"]]:
        yield "filters", figures.filters(data.weights)
