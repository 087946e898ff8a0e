"""Where examples lie in the latent code, and how the code uses its dimensions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from isthmus import figures
from isthmus.evaluation.latent import diagnose
from isthmus.evaluation.probes import as_classes
from isthmus.plainjson import JsonObject
from isthmus.report.axes import fit_axis
from isthmus.report.evaluated_fit import EvaluatedFit
from isthmus.report.png import shrink, sprite_sheet
from isthmus.report.section import Metrics, Section

if TYPE_CHECKING:
    from matplotlib.figure import Figure

THUMBNAIL = 32
"""Most pixels of a side of the image that shows when the pointer is on a point."""


@dataclass(frozen=True)
class Scatter:
    """Examples in the plane, one row per example.

    Attributes
    ----------
    points : ndarray of shape (n, 2)
    axes : (str, str)
        What the two coordinates are.
    labels : ndarray of shape (n,) or None
        Classes, as text.
    parts : list of str
        The part that each example is from.
    errors : ndarray of shape (n,)
    thumbnails : ndarray of shape (n, H, W, C) or None
    limits : (float, float)
        Black and white of the thumbnails.
    """

    points: np.ndarray
    axes: tuple[str, str]
    labels: np.ndarray | None
    parts: list[str]
    errors: np.ndarray
    thumbnails: np.ndarray | None
    limits: figures.Limits


class Code(Section[Scatter]):
    """A scatter plot of codes that answers to the pointer, and diagnostics of the code."""

    name = "code"
    title = "Latent code"
    template = """
<p class="lead">The codes of {% for part, count in counts %}{{ count | number }} {{
  part | set_name }}{{ ", " if not loop.last }}{% endfor %} examples.
  <span class="hint">Point at one, or focus the plot and use the arrow keys.</span></p>
{% if labelled %}
<div class="legend" role="group" aria-label="Classes shown">
  {% for kind in classes %}
  <button type="button" data-class="{{ loop.index0 }}" aria-pressed="true"
    style="--colour:{{ kind.colour }}">{{ kind.name }}</button>
  {% endfor %}
  <button type="button" class="all">all / none</button>
</div>
{% endif %}
<figure class="map">
  <svg class="chart" viewBox="0 0 640 505" tabindex="0" role="img" aria-label="Scatter plot of the
    codes: {{ data.axes[0] }} against {{ data.axes[1] }}">
    {% for place, text in x_ticks %}
    <line class="grid" x1="{{ place }}" x2="{{ place }}" y1="10" y2="478"/>
    <text x="{{ place }}" y="494" text-anchor="middle">{{ text }}</text>
    {% endfor %}
    {% for place, text in y_ticks %}
    <line class="grid" x1="50" x2="630" y1="{{ place }}" y2="{{ place }}"/>
    <text x="44" y="{{ place + 4 }}" text-anchor="end">{{ text }}</text>
    {% endfor %}
    <text class="axis" x="630" y="472" text-anchor="end">{{ data.axes[0] }} →</text>
    <text class="axis" x="56" y="24">↑ {{ data.axes[1] }}</text>
    {% for kind in classes %}
    <g data-class="{{ loop.index0 }}" fill="{{ kind.colour }}">
      {% for i, x, y in kind.dots %}<circle cx="{{ x }}" cy="{{ y }}" r="3"/>{% endfor %}
    </g>
    {% endfor %}
    <circle class="ring" r="0"/>
  </svg>
  <div class="tip" hidden></div>
  <div class="aside" aria-live="polite"></div>
</figure>
{% set latent = metrics.latent %}
<table class="facts" style="margin-top:1.2rem"><tbody>
  <tr><th scope="row">Active dimensions</th><td>{{ latent.active }} of {{ latent.dim }}</td></tr>
  <tr><th scope="row">Effective rank</th><td>{{ latent.effective_rank | number }}</td></tr>
  {% if latent.max_correlation is not none %}
  <tr><th scope="row">Correlation of dimensions</th><td>{{ latent.max_correlation | number }}
    {% if latent.dim > 2 %}at most, {{ latent.mean_correlation | number }} on average
    {% endif %}(absolute)</td></tr>
  {% endif %}
</tbody></table>
<script type="application/json" id="codes">{{ hover | tojson }}</script>
<script>
{% include "scatter.js" %}
</script>
"""

    def measure(self, fit: EvaluatedFit) -> JsonObject:
        part = fit.judged
        return {"latent": diagnose(part.coded.codes, part.errors.kl_per_dimension)}

    def collect(self, fit: EvaluatedFit, metrics: Metrics) -> Scatter:
        parts, model = fit.shown_parts, fit.model
        labels = [part.labels for part in parts.values()]
        known = [own for own in labels if own is not None]
        classes = as_classes(np.concatenate(known)) if len(known) == len(labels) else None
        errors = np.concatenate([part.errors for part in parts.values() if part.errors is not None])
        points, axes = in_the_plane(fit.codes, errors)
        thumbnails = None
        if model.image_shape is not None:
            images = (model.images(part.examples) for part in parts.values())
            thumbnails = np.concatenate([shrink(some, THUMBNAIL) for some in images])
        return Scatter(
            points=points,
            axes=axes,
            labels=classes,
            parts=[name for name, part in parts.items() for _ in range(len(part))],
            errors=errors,
            thumbnails=thumbnails,
            limits=fit.limits,
        )

    def view(self, data: Scatter) -> JsonObject:
        x, y = fit_axis(data.points[:, 0], 50, 630), fit_axis(data.points[:, 1], 478, 10)
        places = x.at(data.points[:, 0]).tolist(), y.at(data.points[:, 1]).tolist()
        names, members = [""], np.zeros(len(data.points), int)
        if data.labels is not None:
            names, members = ordered_classes(data.labels)
        dots = list(zip(range(len(members)), *places, strict=True))
        colours = figures.class_colours(len(names))
        splits = [name for name in ("train", "validation", "test") if name in data.parts]
        return {
            "labelled": data.labels is not None,
            "counts": [(name, data.parts.count(name)) for name in splits],
            "x_ticks": x.ticks(),
            "y_ticks": y.ticks(),
            "classes": [
                {"name": name, "colour": colour, "dots": [dots[j] for j in np.flatnonzero(own)]}
                for name, colour, own in zip(
                    names, colours, (members == i for i in range(len(names))), strict=True
                )
            ],
            "hover": {
                "x": places[0],
                "y": places[1],
                "classes": members.tolist(),
                "names": names,
                "parts": [splits.index(name) for name in data.parts],
                "splits": splits,
                "values": np.round(data.points.astype(float), 3).tolist(),
                "errors": [float(f"{error:.3g}") for error in data.errors],
                "sheet": None
                if data.thumbnails is None
                else sprite_sheet(data.thumbnails, data.limits),
            },
        }

    def figures(self, data: Scatter) -> Iterator[tuple[str, "Figure"]]:
        yield "code", figures.code_scatter(data.points, data.labels, axis_names=data.axes)


def in_the_plane(codes: np.ndarray, errors: np.ndarray) -> tuple[np.ndarray, tuple[str, str]]:
    """Return codes (n, d) of any size as points (n, 2), and what the coordinates are.

    A code of 1 is shown against the error of the example, a code of more than 2 by its first two
    principal axes.
    """
    if codes.shape[1] == 1:
        return np.column_stack([codes, errors]), ("code", "squared error of the example (scaled)")
    if codes.shape[1] == 2:
        return codes, ("code 1", "code 2")
    centred = codes - codes.mean(axis=0)
    _, singular, axes = np.linalg.svd(centred, full_matrices=False)
    share = singular**2 / max(float((singular**2).sum()), 1e-30)
    names = [f"principal axis {i + 1} of the code ({100 * share[i]:.0f}%)" for i in range(2)]
    return centred @ axes[:2].T, (names[0], names[1])


def ordered_classes(labels: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return the class names, numbers in their order, and each example's class.

    Examples
    --------
    >>> ordered_classes(np.array(["10", "9", "10"]))
    (['9', '10'], array([1, 0, 1]))
    """
    kinds, members = np.unique(labels, return_inverse=True)
    names = [str(kind) for kind in kinds]
    if all(name.lstrip("-").isdigit() for name in names):
        order = sorted(range(len(names)), key=lambda i: int(names[i]))
        places = np.empty(len(order), int)
        places[order] = np.arange(len(order))
        names, members = [names[i] for i in order], places[members]
    return names, members
