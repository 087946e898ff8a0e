"""Maps of the same examples side by side, whose points are selected together."""

from dataclasses import dataclass

import numpy as np

from isthmus import figures
from isthmus.comparison.comparing import Comparison
from isthmus.comparison.section import ComparisonSection
from isthmus.evaluation.probes import as_classes
from isthmus.report.axes import fit_axis
from isthmus.report.marks import SHAPES, marked_classes
from isthmus.report.model import ReportedModel
from isthmus.report.plane import in_the_plane, ordered_classes
from isthmus.report.png import shrink, sprite_sheet

WIDTH, HEIGHT = 320, 300
"""Size of a map, in its own units."""

THUMBNAIL = 32
"""Most pixels of a side of the image that shows when the pointer is on a point."""


@dataclass(frozen=True)
class Map:
    """The map of a group: places of the examples, what the axes are, and errors.

    Attributes
    ----------
    name : str
        Of the group.
    run : str
        Of the run whose codes are shown.
    points : ndarray of shape (m, 2)
    axes : (str, str)
    errors : ndarray of shape (m,)
        Mean squared error of each example.
    """

    name: str
    run: str
    points: np.ndarray
    axes: tuple[str, str]
    errors: np.ndarray


@dataclass(frozen=True)
class SideBySide:
    """The maps, and what is known of the examples whatever the run.

    Attributes
    ----------
    maps : list of Map
    classes : ndarray of shape (m,) or None
        As text.
    thumbnails : ndarray of shape (m, H, W, C) or None
    all_unseen : bool
        Whether no run was trained on the examples.
    """

    maps: list[Map]
    classes: np.ndarray | None
    thumbnails: np.ndarray | None
    all_unseen: bool


class Maps(ComparisonSection[SideBySide]):
    """The codes of the same examples, a map per group, with linked brushing."""

    name = "maps"
    title = "Maps of the same examples"
    template = """
<p class="lead">The codes of {{ data.maps[0].errors | length }} test examples, under one run per
  group. <span class="hint">Drag over a map to select examples in all maps; or focus a map, go from
  point to point with the arrow keys, and select with the space bar. Escape clears the
  selection.</span></p>
{% if not data.all_unseen %}
<p class="soft">The test sets of these runs have too few examples in common, so these are from the
  test set of {{ data.maps[0].run }}: other runs may have been trained on some of them.</p>
{% endif %}
{% if labelled %}
<div class="legend" role="group" aria-label="Classes shown">
  {% for kind in classes %}
  <button type="button" data-class="{{ loop.index0 }}" aria-pressed="true"><svg class="mark"
    viewBox="-7 -7 14 14" aria-hidden="true" fill="{{ kind.colour }}">{{ shapes[kind.shape] | safe
    }}</svg>{{ kind.name }}</button>
  {% endfor %}
</div>
{% endif %}
<div class="maps">
  {% for map in maps %}
  <figure class="map" data-map="{{ loop.index0 }}">
    <h3>{{ map.name }}{% if map.run != map.name %} <small class="soft">{{ map.run }}</small>
      {% endif %}</h3>
    <svg class="chart" viewBox="0 0 {{ width }} {{ height }}" tabindex="0" role="application"
      aria-label="Map of {{ map.name }}: {{ map.axes[0] }} against {{ map.axes[1] }}">
      {% for kind in classes %}
      <g class="dots" fill="{{ kind.colour }}" stroke="{{ kind.colour }}"
        data-class="{{ loop.index0 }}">
        {% for i in kind.members %}
        <g class="dot" data-row="{{ i }}" transform="translate({{ map.x[i] }} {{ map.y[i] }})">{{
          shapes[kind.shape] | safe }}</g>
        {% endfor %}
      </g>
      {% endfor %}
      <circle class="ring" r="0"/>
      <rect class="brush" width="0" height="0"/>
      <text class="axis" x="{{ width - 6 }}" y="{{ height - 6 }}" text-anchor="end">{{
        map.axes[0] }} →</text>
      <text class="axis" x="6" y="14">↑ {{ map.axes[1] }}</text>
    </svg>
    <div class="tip" hidden></div>
    <p class="soft numeric" data-mean></p>
  </figure>
  {% endfor %}
</div>
<p class="soft" aria-live="polite" id="selection"></p>
<script type="application/json" id="compared">{{ hover | tojson }}</script>
<script>
(() => {
"use strict";
{% include "plane.js" %}
{% include "brushing.js" %}
})();
</script>
"""

    def collect(self, comparison: Comparison) -> SideBySide:
        shared = comparison.shared
        maps = []
        for group, run, rows in zip(comparison.groups, comparison.shown, shared.rows, strict=True):
            errors = getattr(rows, comparison.error)
            plane = in_the_plane(rows.codes, errors)
            maps.append(Map(group.name, run.name, plane.points, plane.names, errors))
        model = ReportedModel(comparison.shown[0].estimator)
        first, thumbnails = shared.rows[0], None
        if model.image_shape is not None:
            thumbnails = shrink(model.images(first.examples), THUMBNAIL)
        return SideBySide(maps, as_classes(first.labels), thumbnails, shared.all_unseen)

    def view(self, data: SideBySide) -> dict[str, object]:
        count = len(data.maps[0].errors)
        names, members = [""], np.zeros(count, int)
        if data.classes is not None:
            names, members = ordered_classes(data.classes)
        return {
            "labelled": data.classes is not None,
            "classes": marked_classes(names, members),
            "shapes": SHAPES,
            "width": WIDTH,
            "height": HEIGHT,
            "maps": [_placed(one) for one in data.maps],
            "hover": {
                "names": names,
                "classes": members.tolist(),
                "sheet": _sheet(data.thumbnails),
                "width": WIDTH,
                "maps": [
                    {
                        **{axis: _placed(one)[axis] for axis in ("x", "y")},
                        "errors": [float(f"{error:.3g}") for error in one.errors],
                    }
                    for one in data.maps
                ],
            },
        }


def _placed(one: Map) -> dict[str, object]:
    """Return a map with the places of its points in its drawing."""
    x = fit_axis(one.points[:, 0], 8, WIDTH - 8)
    y = fit_axis(one.points[:, 1], HEIGHT - 22, 22)
    return {
        "name": one.name,
        "run": one.run,
        "axes": one.axes,
        "x": x.at(one.points[:, 0]).tolist(),
        "y": y.at(one.points[:, 1]).tolist(),
    }


def _sheet(thumbnails: np.ndarray | None) -> dict[str, object] | None:
    if thumbnails is None:
        return None
    values = np.asarray(thumbnails, np.float64)
    limits: figures.Limits = (float(np.nanmin(values)), float(np.nanmax(values)))
    return sprite_sheet(thumbnails, limits)
