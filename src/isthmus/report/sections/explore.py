"""The map of the codes, and the model in the page that decodes any of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from isthmus import figures
from isthmus.evaluation.probes import as_classes
from isthmus.report.axes import Axis, fit_axis
from isthmus.report.evaluated_fit import EvaluatedFit
from isthmus.report.live import Live, far_path, live_model
from isthmus.report.marks import SHAPES, marked_classes
from isthmus.report.numbers import set_name
from isthmus.report.plane import Plane, in_the_plane, ordered_classes
from isthmus.report.png import shrink, sprite_sheet
from isthmus.report.section import Metrics, Section

if TYPE_CHECKING:
    from matplotlib.figure import Figure

THUMBNAIL = 32
"""Most pixels of a side of the image that shows when the pointer is on a point."""

LEFT, RIGHT, TOP, BOTTOM = 50, 630, 10, 478
"""Edges of the map in its drawing of 640 by 505."""


@dataclass(frozen=True)
class Explored:
    """Examples in the plane, one row per example, and the model in the page.

    Attributes
    ----------
    plane : Plane
    labels : ndarray of shape (n,) or None
        Classes, as text.
    parts : list of str
        The part that each example is from.
    errors : ndarray of shape (n,)
    thumbnails : ndarray of shape (n, H, W, C) or None
    limits : (float, float)
        Black and white of the thumbnails.
    live : Live
    """

    plane: Plane
    labels: np.ndarray | None
    parts: list[str]
    errors: np.ndarray
    thumbnails: np.ndarray | None
    limits: figures.Limits
    live: Live


class Explore(Section[Explored]):
    """A map of the codes that decodes what is pointed at, and sliders for every dimension."""

    name = "explore"
    title = "Explore the code"
    template = """{% include "explore.html.j2" %}"""

    def collect(self, fit: EvaluatedFit, metrics: Metrics) -> Explored:
        parts, model = fit.shown_parts, fit.model
        labels = [part.labels for part in parts.values()]
        known = [own for own in labels if own is not None]
        classes = as_classes(np.concatenate(known)) if len(known) == len(labels) else None
        errors = np.concatenate([part.errors for part in parts.values() if part.errors is not None])
        thumbnails = None
        if model.image_shape is not None:
            images = (model.images(part.examples) for part in parts.values())
            thumbnails = np.concatenate([shrink(some, THUMBNAIL) for some in images])
        plane = in_the_plane(fit.codes, errors)
        return Explored(
            plane=plane,
            labels=classes,
            parts=[name for name, part in parts.items() for _ in range(len(part))],
            errors=errors,
            thumbnails=thumbnails,
            limits=fit.limits,
            live=live_model(fit, plane),
        )

    def view(self, data: Explored) -> dict[str, object]:
        points = data.plane.points
        x, y = fit_axis(points[:, 0], LEFT, RIGHT), fit_axis(points[:, 1], BOTTOM, TOP)
        places = x.at(points[:, 0]).tolist(), y.at(points[:, 1]).tolist()
        names, members = [""], np.zeros(len(points), int)
        if data.labels is not None:
            names, members = ordered_classes(data.labels)
        splits = [name for name in ("train", "validation", "test") if name in data.parts]
        return {
            "labelled": data.labels is not None,
            "counts": [(name, data.parts.count(name)) for name in splits],
            "x_ticks": x.ticks(),
            "y_ticks": y.ticks(),
            "classes": marked_classes(names, members),
            "shapes": SHAPES,
            "places": list(zip(*places, strict=True)),
            **_live_view(data, x, y),
            "hover": {
                "x": places[0],
                "y": places[1],
                "classes": members.tolist(),
                "names": names,
                "parts": [splits.index(name) for name in data.parts],
                "splits": [set_name(name) for name in splits],
                "values": np.round(points.astype(float), 3).tolist(),
                "errors": [float(f"{error:.3g}") for error in data.errors],
                "sheet": None
                if data.thumbnails is None
                else sprite_sheet(data.thumbnails, data.limits),
            },
        }

    def figures(self, data: Explored) -> Iterator[tuple[str, "Figure"]]:
        points, names = data.plane.points, data.plane.names
        yield "code", figures.code_scatter(points, data.labels, axis_names=names)


def _live_view(data: Explored, x: Axis, y: Axis) -> dict[str, object]:
    """Return what the template needs of the model in the page: its data, runtime and far region."""
    live = data.live
    if live.data is None:
        return {"live": None, "runtime": "", "far": ""}
    from markupsafe import Markup

    from isthmus.export import runtime

    axes = [{"low": a.low, "high": a.high, "start": a.start, "end": a.end} for a in (x, y)]
    in_map = live.known.shape[1] == 2 and live.reach > 0
    return {
        "live": {**live.data, "axes": axes},
        "runtime": Markup(runtime()),
        "far": far_path(live.known, live.reach, x, y) if in_map else "",
    }
