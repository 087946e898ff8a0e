"""Geometry of the page's charts: where ticks, lines and points fall on a drawing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from isthmus.figures import log_scale_suits


@dataclass(frozen=True)
class Axis:
    """A scale from values to drawing units.

    Attributes
    ----------
    low, high : float
        Values at the two ends; ``low < high``.
    start, end : float
        Drawing units at the two ends.
    log : bool
        Whether the scale is logarithmic.
    """

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def at(self, values: Any) -> np.ndarray:
        """Return the drawing units of values, to a tenth."""
        low, high = self.low, self.high
        values = np.asarray(values, float)
        if self.log:
            low, high, values = np.log(low), np.log(high), np.log(values)
        return np.round(self.start + (values - low) / (high - low) * (self.end - self.start), 1)

    def ticks(self) -> list[tuple[float, str]]:
        """Return places and texts of about five round values.

        Examples
        --------
        >>> Axis(0.0, 1.0, 0.0, 100.0).ticks()[:3]
        [(0.0, '0'), (20.0, '0.2'), (40.0, '0.4')]
        >>> Axis(0.5, 200.0, 0.0, 100.0, log=True).ticks()[-1][1]
        '100'
        """
        values = self._decades() if self.log else self._round_values()
        return [(float(self.at(v)), f"{v:.6g}") for v in values]

    def _round_values(self) -> list[float]:
        rough = (self.high - self.low) / 5
        size = 10.0 ** np.floor(np.log10(rough))
        step = min((1, 2, 5, 10), key=lambda m: abs(m * size - rough)) * size
        first, last = np.ceil(self.low / step - 1e-9), np.floor(self.high / step + 1e-9)
        return [round(float(i * step), 10) + 0.0 for i in np.arange(first, last + 1)]

    def _decades(self) -> list[float]:
        decades = np.arange(np.floor(np.log10(self.low)), np.ceil(np.log10(self.high)) + 1)
        wide = len(decades) > 4
        values = [m * 10.0**d for d in decades for m in ((1,) if wide else (1, 2, 5))]
        return [float(v) for v in values if self.low <= v <= self.high]


def _axis(values: np.ndarray, start: float, end: float, log: bool = False) -> Axis:
    """Fit an axis to values, with a little room at both ends."""
    low, high = float(values.min()), float(values.max())
    if log:
        return Axis(low / 1.1, high * 1.1, start, end, log=True)
    room = 0.04 * (high - low) or 0.5
    return Axis(low - room, high + room, start, end)


def loss_chart(history: Mapping[str, Any], best_epoch: int) -> dict[str, Any]:
    """Lay out the loss curves on a drawing of 640 by 280 units.

    Parameters
    ----------
    history : mapping of lists
        ``epoch``, ``train_loss`` and, where there is one, ``validation_loss``.
    best_epoch : int

    Returns
    -------
    dict
        ``lines`` (name, points of a polyline), ``x_ticks``, ``y_ticks``, ``best``.
    """
    epochs = np.asarray(history["epoch"], float)
    curves = {}
    for key, name in (("train_loss", "training"), ("validation_loss", "validation")):
        column = history.get(key) or [None] * len(epochs)
        losses = np.array([np.nan if loss is None else loss for loss in column], float)
        if np.isfinite(losses).any():
            curves[name] = losses
    shown = np.concatenate([losses[np.isfinite(losses)] for losses in curves.values()])
    y = _axis(shown, 240, 12, log=log_scale_suits(shown))
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


def scatter_chart(points: np.ndarray) -> dict[str, Any]:
    """Lay out points (n, 2) on a drawing of 640 by 520 units."""
    x = _axis(points[:, 0], 50, 630)
    y = _axis(points[:, 1], 478, 10)
    return {
        "x": x.at(points[:, 0]).tolist(),
        "y": y.at(points[:, 1]).tolist(),
        "x_ticks": x.ticks(),
        "y_ticks": y.ticks(),
    }
