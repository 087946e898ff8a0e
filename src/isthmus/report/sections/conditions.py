"""Images decoded from the same codes under each label of a conditional model."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from isthmus import figures
from isthmus.plainjson import JsonObject
from isthmus.report.evaluated_fit import EvaluatedFit
from isthmus.report.png import strip
from isthmus.report.section import Metrics, Section

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LABELS, CODES = 12, 10
"""Most labels, and the number of codes decoded under each."""


@dataclass(frozen=True)
class ImagesPerLabel:
    """Images (codes, H, W, C) by label; column i is decoded from the same code for every label."""

    rows: dict[str, np.ndarray]
    limits: figures.Limits


class Conditions(Section[ImagesPerLabel]):
    """New images under each label."""

    name = "conditions"
    title = "Samples per label"
    template = """
{% set count = metrics.model.condition_labels %}
<p class="lead">New codes, one per column, decoded for {{
  "the first " ~ rows | length ~ " of " if rows | length < count }}{{ count }} labels.</p>
<figure class="rows" style="max-width:38rem">
  {% for label, address in rows %}
  <span>{{ label }}</span><img class="pixels" src="{{ address }}" alt="New examples of the label {{
    label }}">
  {% endfor %}
</figure>
"""

    def collect(self, fit: EvaluatedFit, metrics: Metrics) -> ImagesPerLabel | None:
        model = fit.model
        if model.image_shape is None or model.labels is None:
            return None
        codes = model.estimator.sample_codes(CODES, random_state=fit.seed)
        images = {label: model.decode(codes, label) for label in model.labels[:LABELS]}
        rows = {str(label): model.images(decoded) for label, decoded in images.items()}
        return ImagesPerLabel(rows, fit.limits)

    def view(self, data: ImagesPerLabel) -> JsonObject:
        rows = data.rows.items()
        return {"rows": [(label, strip(images, 64, data.limits)) for label, images in rows]}

    def figures(self, data: ImagesPerLabel) -> Iterator[tuple[str, "Figure"]]:
        yield "under_labels", figures.image_table(data.rows, limits=data.limits)
