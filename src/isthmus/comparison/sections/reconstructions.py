"""The same images, reconstructed by every run."""

from dataclasses import dataclass

import numpy as np

from isthmus import figures
from isthmus.comparison.comparing import Comparison
from isthmus.comparison.section import ComparisonSection
from isthmus.comparison.shared import some_examples
from isthmus.report.model import ReportedModel
from isthmus.report.png import strip

DRAWN = 12
"""Images shown."""


@dataclass(frozen=True)
class Reconstructed:
    """Names with images (n, H, W, C), the originals first."""

    rows: list[tuple[str, np.ndarray]]
    limits: figures.Limits


class Reconstructions(ComparisonSection[Reconstructed]):
    """Originals, and a row of reconstructions per group."""

    name = "reconstructions"
    title = "Reconstructions"
    template = """
<p class="lead">The same examples, encoded and decoded by one run per group.</p>
<div class="rows">
  {% for name, address in strips %}
  <span>{{ name }}</span><img class="pixels" src="{{ address }}" alt="{{ name }}">
  {% endfor %}
</div>
"""

    def collect(self, comparison: Comparison) -> Reconstructed | None:
        groups = comparison.groups
        models = [ReportedModel(run.estimator) for run in comparison.shown]
        if any(model.image_shape is None for model in models):
            return None
        some = some_examples(comparison.shared.rows[0], DRAWN)
        rows = [("originals", models[0].images(some.examples))]
        for group, model in zip(groups, models, strict=True):
            decoded = model.reconstruct(some.examples, some.labels)
            rows.append((group.name, model.images(decoded)))
        values = np.asarray(rows[0][1], np.float64)
        return Reconstructed(rows, (float(np.nanmin(values)), float(np.nanmax(values))))

    def view(self, data: Reconstructed) -> dict[str, object]:
        return {"strips": [(name, strip(images, 48, data.limits)) for name, images in data.rows]}
