"""The loss of every epoch."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from isthmus import figures
from isthmus.plainjson import Facts, JsonObject
from isthmus.report.axes import Axis, fit_axis
from isthmus.report.evaluated_fit import EvaluatedFit
from isthmus.report.section import Metrics, Section

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class History:
    """Columns of the history by name, and the epoch whose weights were kept."""

    columns: Mapping[str, list[float | None]]
    best_epoch: int


class Training(Section[History]):
    """The loss curves."""

    name = "training"
    title = "Training history"
    template = """
<div class="key">{% for line in lines %}<span class="{{ line.name }}"><i></i>{{ line.name
  }}</span>{% endfor %}</div>
<figure>
  <svg class="chart" viewBox="0 0 640 266" role="img" aria-label="Loss of every epoch">
    {% for place, text in y_ticks %}
    <line class="grid" x1="56" x2="628" y1="{{ place }}" y2="{{ place }}"/>
    <text x="50" y="{{ place + 4 }}" text-anchor="end">{{ text }}</text>
    {% endfor %}
    {% for place, text in x_ticks %}
    <text x="{{ place }}" y="258" text-anchor="middle">{{ text }}</text>
    {% endfor %}
    <line class="best" x1="{{ best }}" x2="{{ best }}" y1="12" y2="240"/>
    <text x="{{ best + (6 if best < 320 else -6) }}" y="46" text-anchor="{{
      'start' if best < 320 else 'end' }}">epoch {{ data.best_epoch }} was kept</text>
    {% for line in lines %}
    <polyline class="curve {{ line.name }}" points="{{ line.points }}"/>
    {% endfor %}
    <text class="axis" x="46" y="258" text-anchor="end">epoch</text>
    <text class="axis" x="62" y="22">↑ loss, nats per example{{ " (log scale)" if log }}</text>
  </svg>
</figure>
"""

    def collect(self, fit: EvaluatedFit, metrics: Metrics) -> History | None:
        history, best = fit.model.estimator.history_, fit.model.estimator.best_epoch_
        if not len(history["epoch"]):  # the weights at the start were kept, without an epoch
            return None
        return History({name: list(column) for name, column in history.items()}, int(best))

    def view(self, data: History) -> JsonObject:
        return loss_chart(data.columns, data.best_epoch)

    def figures(self, data: History) -> Iterator[tuple[str, "Figure"]]:
        yield "loss", figures.loss_curves(data.columns, data.best_epoch)


def loss_chart(history: Facts, best_epoch: int) -> JsonObject:
    """Lay out the loss curves on a drawing of 640 by 280 units.

    Parameters
    ----------
    history : mapping of lists
        ``epoch``, ``train_loss`` and, where there is one, ``validation_loss``.
    best_epoch : int

    Returns
    -------
    dict
        ``lines`` (name, points of a polyline), ``x_ticks``, ``y_ticks``, ``log``, ``best``.
    """
    epochs = np.asarray(history["epoch"], float)
    curves = {}
    for key, name in (("train_loss", "training"), ("validation_loss", "validation")):
        column = history.get(key) or [None] * len(epochs)
        losses = np.array([np.nan if loss is None else loss for loss in column], float)
        if np.isfinite(losses).any():
            curves[name] = losses
    shown = np.concatenate([losses[np.isfinite(losses)] for losses in curves.values()])
    y = fit_axis(shown, 240, 12, log=figures.log_scale_suits(shown))
    first = min(float(epochs[0]), best_epoch)
    x = Axis(first, max(float(epochs[-1]), first + 1), 56, 628)
    lines = []
    for name, losses in curves.items():
        there = np.isfinite(losses)
        places = zip(x.at(epochs[there]), y.at(losses[there]), strict=True)
        lines.append({"name": name, "points": " ".join(f"{a:g},{b:g}" for a, b in places)})
    whole = [(place, text) for place, text in x.ticks() if "." not in text]
    return {
        "lines": lines,
        "x_ticks": whole,
        "y_ticks": y.ticks(),
        "log": y.log,
        "best": float(x.at(best_epoch)),
    }
