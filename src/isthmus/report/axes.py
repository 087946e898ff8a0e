"""Axes of the page's charts: where values and ticks fall on a drawing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


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

    def at(self, values: ArrayLike) -> np.ndarray:
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
        >>> [text for _, text in Axis(18.0, 23.0, 0.0, 100.0, log=True).ticks()]
        ['18', '19', '20', '21', '22', '23']
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
        within = [float(v) for v in values if self.low <= v <= self.high]
        return within if len(within) > 2 else self._round_values()


def fit_axis(values: np.ndarray, start: float, end: float, log: bool = False) -> Axis:
    """Return an axis that holds all values, with a margin at both ends."""
    low, high = float(values.min()), float(values.max())
    if log:
        return Axis(low / 1.1, high * 1.1, start, end, log=True)
    margin = 0.04 * (high - low) or 0.5
    return Axis(low - margin, high + margin, start, end)
