"""The best, typical and worst reconstructions of images."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from isthmus import figures
from isthmus.data.source import take
from isthmus.plainjson import JsonObject
from isthmus.report.evaluated_fit import EvaluatedFit
from isthmus.report.png import strip
from isthmus.report.section import Metrics, Section

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GROUP = 6
"""Most images in a group."""


@dataclass(frozen=True)
class Group:
    """Images (m, H, W, C), their reconstructions, and the error (m,) of each."""

    originals: np.ndarray
    reconstructions: np.ndarray
    errors: np.ndarray


@dataclass(frozen=True)
class Extremes:
    """Groups of images by name."""

    groups: dict[str, Group]
    limits: figures.Limits


class Reconstructions(Section[Extremes]):
    """Images of the measured set, chosen by their error."""

    name = "reconstructions"
    title = "Originals and reconstructions"
    template = """
<p class="lead">Examples of the {{ split | set_name }} set, chosen by their error.</p>
<figure class="groups">
  {% for group in groups %}
  <div>
    <h3>{{ group.name | capitalize }}
      <span class="soft" style="font-weight:400">error {{ group.error | number }}</span></h3>
    {% for label, address in group.rows %}
    <img class="pixels" src="{{ address }}" alt="{{ group.count }} {{ group.name }} examples, {{
      label }}" style="margin-bottom:3px">
    {% endfor %}
  </div>
  {% endfor %}
</figure>
<figcaption>Top row: original. Bottom row: reconstruction from a code of {{ metrics.latent.dim
  }}. Errors are mean squared errors in the scaled space.</figcaption>
"""

    def collect(self, fit: EvaluatedFit, metrics: Metrics) -> Extremes | None:
        if fit.model.image_shape is None:
            return None
        shown = fit.shown
        assert shown.errors is not None
        order = np.argsort(shown.errors)
        count = max(1, min(GROUP, len(order) // 3))
        middle = len(order) // 2 - count // 2
        chosen = {
            "best": order[:count],
            "typical": order[middle : middle + count],
            "worst": order[::-1][:count],
        }
        rows = np.concatenate([*chosen.values()])
        examples = take(shown.examples, rows)
        labels = None if shown.labels is None else shown.labels[rows]
        originals = fit.model.images(examples)
        rebuilt = fit.model.images(fit.model.reconstruct(examples, labels))
        groups = {}
        for i, (name, members) in enumerate(chosen.items()):
            own = slice(i * count, (i + 1) * count)
            groups[name] = Group(originals[own], rebuilt[own], shown.errors[members])
        return Extremes(groups, fit.limits)

    def view(self, data: Extremes) -> JsonObject:
        groups = [
            {
                "name": name,
                "error": float(group.errors.mean()),
                "count": len(group.originals),
                "rows": [
                    ("original", strip(group.originals, 96, data.limits)),
                    ("reconstruction", strip(group.reconstructions, 96, data.limits)),
                ],
            }
            for name, group in data.groups.items()
        ]
        return {"groups": groups}

    def figures(self, data: Extremes) -> Iterator[tuple[str, "Figure"]]:
        groups = data.groups.items()
        pairs = {name: (group.originals, group.reconstructions) for name, group in groups}
        yield "reconstructions", figures.reconstructions(pairs, data.limits)
