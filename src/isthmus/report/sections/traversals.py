"""Images decoded along each dimension of the code."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from isthmus import figures
from isthmus.plainjson import JsonObject
from isthmus.report.along_axes import codes_along_axes
from isthmus.report.evaluated_fit import EvaluatedFit
from isthmus.report.png import strip
from isthmus.report.section import Metrics, Section

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STEPS = np.linspace(-2, 2, 9)
"""Standard deviations from the mean code."""


@dataclass(frozen=True)
class Traversal:
    """Images (axes, steps, H, W, C), the names of the axes, the label decoded, whose deviations."""

    images: np.ndarray
    steps: np.ndarray
    names: list[str]
    label: object
    limits: figures.Limits
    of_prior: bool = False


class Traversals(Section[Traversal]):
    """A row of images for each dimension of a code that is not shown as a grid."""

    name = "traversals"
    title = "Latent traversals"
    template = """
<p class="lead">Decoded codes that leave the mean code along one dimension at a time{%
  if metrics.latent.dim > rows | length %} (the {{ rows | length }} of {{ metrics.latent.dim
  }} dimensions that vary most){% endif %}{{
  ", for the label " ~ data.label if data.label is not none }}.</p>
<figure class="rows" style="max-width:38rem">
  {% for axis, address in rows %}
  <span>{{ axis }}</span><img class="pixels" src="{{ address }}" alt="Traversal of {{ axis }}">
  {% endfor %}
  <span></span><span class="steps">{% for step in data.steps %}<span>{{
    "%+.1f" | format(step) if step else "0" }}</span>{% endfor %}</span>
</figure>
<figcaption>Steps in standard deviations of {{ "the prior" if data.of_prior else "the dimension"
  }}.</figcaption>
"""

    def collect(self, fit: EvaluatedFit, metrics: Metrics) -> Traversal | None:
        shape = fit.model.image_shape
        if shape is None or fit.model.code_size == 2:
            return None
        prior = None if fit.examination is None else fit.examination.prior
        spread = None if prior is None else prior.std(axis=0)
        axes, codes = codes_along_axes(fit.codes, STEPS, spread)
        images = fit.model.images(fit.decode(codes)).reshape(len(axes), len(STEPS), *shape)
        names = [f"code {axis + 1}" for axis in axes]
        return Traversal(images, STEPS, names, fit.label, fit.limits, prior is not None)

    def view(self, data: Traversal) -> JsonObject:
        rows = zip(data.names, data.images, strict=True)
        return {"rows": [(name, strip(images, 48, data.limits)) for name, images in rows]}

    def figures(self, data: Traversal) -> Iterator[tuple[str, "Figure"]]:
        rows = data.images, data.steps, data.names
        yield "traversals", figures.traversals(*rows, data.limits)
