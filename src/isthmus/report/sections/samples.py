"""Images decoded from codes of the prior."""

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

DRAWN = 36
"""Images drawn."""


@dataclass(frozen=True)
class Drawn:
    """New images (n, H, W, C)."""

    images: np.ndarray
    limits: figures.Limits


class Samples(Section[Drawn]):
    """New images of a model whose code has a prior."""

    name = "samples"
    title = "Samples from the prior"
    template = """
<p class="lead">New examples: random codes of the prior, decoded.</p>
<figure style="max-width:38rem">
  <img class="pixels" src="{{ address }}" alt="Samples from the model">
</figure>
"""

    def collect(self, fit: EvaluatedFit, metrics: Metrics) -> Drawn | None:
        model = fit.model
        if model.image_shape is None or model.conditional or not model.estimator.generative_:
            return None
        images = model.images(model.estimator.sample(DRAWN, random_state=fit.seed))
        return Drawn(images, fit.limits)

    def view(self, data: Drawn) -> JsonObject:
        return {"address": picture(shrink(data.images, 64), 12, data.limits)}

    def figures(self, data: Drawn) -> Iterator[tuple[str, "Figure"]]:
        yield "samples", figures.samples(data.images, limits=data.limits)
