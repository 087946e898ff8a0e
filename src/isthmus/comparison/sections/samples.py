"""Images decoded from codes of the prior, run by run."""

from dataclasses import dataclass

import numpy as np

from isthmus import figures
from isthmus.comparison.comparing import Comparison
from isthmus.comparison.run import ComparedRun
from isthmus.comparison.section import ComparisonSection
from isthmus.report.model import ReportedModel
from isthmus.report.png import strip

DRAWN = 12
"""Images drawn from each model."""


@dataclass(frozen=True)
class Drawn:
    """Names of groups with their images (n, H, W, C), or None where there is no prior."""

    rows: list[tuple[str, np.ndarray | None]]
    limits: figures.Limits


class Samples(ComparisonSection[Drawn]):
    """New images of every model whose code has a prior."""

    name = "samples"
    title = "Samples from the prior"
    template = """
<p class="lead">New examples of one run per group: random codes of the prior, decoded.</p>
<div class="rows">
  {% for name, address in strips %}
  <span>{{ name }}</span>
  {% if address %}<img class="pixels" src="{{ address }}" alt="Samples of {{ name }}">
  {% else %}<span>no prior to sample from</span>{% endif %}
  {% endfor %}
</div>
"""

    def collect(self, comparison: Comparison) -> Drawn | None:
        rows = [
            (group.name, sampled(run))
            for group, run in zip(comparison.groups, comparison.shown, strict=True)
        ]
        if all(images is None for _, images in rows):
            return None
        shown = np.asarray(comparison.shared.rows[0].examples, np.float64)
        return Drawn(rows, (float(np.nanmin(shown)), float(np.nanmax(shown))))

    def view(self, data: Drawn) -> dict[str, object]:
        return {
            "strips": [
                (name, None if images is None else strip(images, 48, data.limits))
                for name, images in data.rows
            ]
        }


def sampled(run: ComparedRun) -> np.ndarray | None:
    """Return new images (n, H, W, C) of a run; None without images, or a prior to sample from."""
    model = ReportedModel(run.estimator)
    if model.image_shape is None or model.conditional or not run.estimator.generative_:
        return None
    return model.images(run.estimator.sample(DRAWN, random_state=0))
