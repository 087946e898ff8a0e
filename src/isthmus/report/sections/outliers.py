"""Outliers among the examples: their scores, the first of them with reasons, other detectors."""

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from isthmus import figures
from isthmus.plainjson import JsonObject
from isthmus.report.evaluated_fit import EvaluatedFit
from isthmus.report.png import data_uri, diverging, grey_or_colour
from isthmus.report.section import Metrics, Section

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Findings = JsonObject
"""What `isthmus.outliers.findings` returns."""

WIDTH, HEIGHT, CURVE = 640.0, 160.0, 200.0
"""Sizes of the histogram and of a curve's square, in units of the drawing."""

KEPT = ("share", "expected", "threshold", "labelled", "held_out", "comparison")
"""What goes into ``metrics.json``."""


class Outliers(Section[Findings]):
    """Outliers that `isthmus outliers` found; not of a plain fit."""

    name = "outliers"
    title = "Outliers"
    template = """
<p class="lead">{{ data.share | percent }} of {{ data.examples }} examples are beyond the threshold
  of {{ data.threshold | number }} nats; {% if data.expected is none %}their share was estimated
  {%- else %}{{ data.expected | percent }} were expected{% endif %}
  {%- if data.labelled is not none %}, and {{ data.labelled | percent }} are labelled as outliers
  {%- endif %}. P-values compare with {{ data.held_out }} examples that were held out.</p>
<figure>
<svg class="chart" viewBox="0 0 {{ width }} {{ height + 22 }}" role="img"
  aria-label="Histogram of the scores with the threshold">
  {% for x, y, w, h, beyond in histogram %}
  <rect x="{{ x }}" y="{{ y }}" width="{{ w }}" height="{{ h }}"
    style="fill:var(--{{ 'theirs' if beyond else 'ours' }})"/>
  {% endfor %}
  <line class="best" x1="{{ threshold }}" x2="{{ threshold }}" y1="0" y2="{{ height }}"/>
  <text x="0" y="{{ height + 16 }}">{{ data.histogram.edges[0] | number }}</text>
  <text x="{{ width }}" y="{{ height + 16 }}" text-anchor="end">{{
    data.histogram.edges[-1] | number }} nats</text>
</svg>
<figcaption>Scores, on a logarithmic axis of counts; dashed, the threshold.</figcaption>
</figure>
{% if pictures %}
<figure class="rows">
  {% for label, address in pictures %}
  <span>{{ label }}</span><img class="pixels" src="{{ address }}" alt="{{ label }}">
  {% endfor %}
</figure>
{% endif %}
{% macro entry(value) %}{{ value if value is string else value | number }}{% endmacro %}
<div class="scroll">
<table>
<thead><tr><th>row</th><th class="numeric">score</th>
  <th>features that say why: found (expected), share of the score</th></tr></thead>
<tbody>
{% for one in data.first %}
<tr><td>{{ one.row }}</td><td class="numeric">{{ one.score | number }}</td>
<td>{% for reason in one.reasons %}{{ reason.feature }} {{ entry(reason.found) }}
  ({{ entry(reason.expected) }}), {{ (reason.contribution / one.score) | percent }}
  {{- "; " if not loop.last }}{% endfor %}</td></tr>
{% endfor %}
</tbody></table></div>
<p>{{ data.sentence }}</p>
<div class="scroll">
<table>
<thead><tr><th>detector</th>{% if data.curves %}<th class="numeric">ROC AUC</th>
  <th class="numeric">average precision</th>{% endif %}
  <th class="numeric">agreement with isthmus</th></tr></thead>
<tbody>
{% for name, own in data.comparison.items() %}
<tr><td>{{ name }}</td>{% if data.curves %}<td class="numeric">{{ own.auc | number }}</td>
  <td class="numeric">{{ own.average_precision | number }}</td>{% endif %}
  <td class="numeric">{{ own.agreement | number }}</td></tr>
{% endfor %}
</tbody></table></div>
{% if curves %}
<figure style="display:flex;gap:1.5rem;flex-wrap:wrap">
{% for title, lines in curves %}
<svg class="chart" style="max-width:18rem" viewBox="0 -18 {{ curve }} {{ curve + 20 }}"
  role="img" aria-label="{{ title }}">
  <text x="0" y="-6">{{ title }}</text>
  <rect class="grid" width="{{ curve }}" height="{{ curve }}" style="fill:none"/>
  {% for points, ours in lines %}
  <polyline class="curve" points="{{ points }}"
    style="{{ '' if ours else 'stroke:var(--theirs);stroke-width:1' }}"/>
  {% endfor %}
</svg>
{% endfor %}
</figure>
<div class="key"><span><i></i>isthmus</span><span><i style="background:var(--theirs)"></i>
  the others</span></div>
{% endif %}
"""

    def measure(self, fit: EvaluatedFit) -> JsonObject:
        found = fit.run.get("outliers")
        return {} if found is None else {"outliers": {name: found[name] for name in KEPT}}

    def collect(self, fit: EvaluatedFit, metrics: Metrics) -> Findings | None:
        return fit.run.get("outliers")

    def view(self, data: Findings) -> JsonObject:
        edges = np.array(data["histogram"]["edges"])
        place = (data["threshold"] - edges[0]) / (edges[-1] - edges[0] or 1.0)
        return {
            "width": WIDTH,
            "height": HEIGHT,
            "curve": CURVE,
            "histogram": list(_bars(data)),
            "threshold": round(float(np.clip(place, 0, 1)) * WIDTH, 1),
            "pictures": list(_pictures(data)),
            "curves": list(_curves(data)),
        }

    def figures(self, data: Findings) -> Iterator[tuple[str, "Figure"]]:
        edges, counts = data["histogram"]["edges"], data["histogram"]["counts"]
        middles = [f"{(low + high) / 2:.2g}" for low, high in pairwise(edges)]
        yield "outlier_scores", figures.bars({"": counts}, middles, y_label="examples")


def _bars(data: Findings) -> Iterator[tuple[float, float, float, float, bool]]:
    """Yield (x, y, width, height, whether beyond the threshold) of the histogram's bars."""
    edges = np.array(data["histogram"]["edges"])
    heights = np.log1p(data["histogram"]["counts"])
    heights = heights / (heights.max() or 1.0) * HEIGHT
    step = WIDTH / len(heights)
    for i, height in enumerate(heights):
        beyond = bool((edges[i] + edges[i + 1]) / 2 > data["threshold"])
        x, y, tall = round(i * step, 1), round(HEIGHT - height, 1), round(float(height), 1)
        yield x, float(y), round(step - 1, 1), tall, beyond


def _pictures(data: Findings) -> Iterator[tuple[str, str]]:
    """Yield (label, address) of strips of images: found, expected, and what contributes."""
    if data.get("pictures") is None:
        return
    found, expected, parts = (
        np.array(data["pictures"][name]) for name in ("found", "expected", "contributions")
    )
    limits = (float(found.min()), float(found.max()))
    strips = {
        "found": grey_or_colour(figures.mosaic(found, columns=len(found)), limits),
        "expected": grey_or_colour(figures.mosaic(expected, columns=len(found)), limits),
        "why": diverging(figures.mosaic(parts, columns=len(found))[..., 0], float(parts.max())),
    }
    for label, pixels in strips.items():
        yield label, data_uri(pixels)


def _curves(data: Findings) -> Iterator[tuple[str, list[tuple[str, bool]]]]:
    """Yield (title, polylines) of the curves, ours drawn last."""
    titles = {"roc": "ROC", "precision_recall": "Precision by recall"}
    for key, title in titles.items() if data["curves"] else ():
        lines = []
        for name, own in data["curves"].items():
            points = " ".join(f"{x * CURVE:.1f},{(1 - y) * CURVE:.1f}" for x, y in own[key])
            lines.append((points, name == "isthmus"))
        yield title, sorted(lines, key=lambda line: line[1])
