"""Dates and times: a number, and where in the day, the week and the year it lies."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from isthmus.plainjson import JsonObject
from isthmus.tables.clocks import MICRO, write_clock
from isthmus.tables.date_text import write_date
from isthmus.tables.kinds import AbstractKind
from isthmus.tables.values import any_read, is_text, ticks

if TYPE_CHECKING:
    import pyarrow

SECONDS = {"day": 86_400.0, "week": 604_800.0, "year": 31_556_952.0}
"""Lengths of the cycles; the year is the Gregorian calendar's mean."""

PER_SECOND = {"D": 1 / 86_400, "s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}
"""Ticks of each unit in a second."""


@dataclass(frozen=True)
class Moment(AbstractKind):
    """Dates, times or durations, counted in ticks.

    Parameters
    ----------
    unit
        Of a tick: "D", "s", "ms", "us" or "ns".
    shift
        The middle of those seen, in ticks; subtracted before anything is rounded.
    scale
        Standard deviation of those seen, in ticks.
    low, high
        The first and the last seen, in ticks.
    step
        The greatest number of ticks that divides every distance between those seen.
    cycles
        Names of `SECONDS` whose sine and cosine follow the number.
    form
        How they are written, where they are text.
    since_1970
        Whether ticks count from the start of 1970; else from midnight, or they are durations.
    """

    unit: str
    shift: int
    scale: float
    low: int
    high: int
    step: int
    cycles: tuple[str, ...] = ()
    form: str | None = None
    since_1970: bool = True

    name = "date"
    member = "learned_gaussian"

    @property
    def parts(self) -> tuple[str, ...]:
        """The number, then sine and cosine of each cycle."""
        waves = (f" ({wave} of the {cycle})" for cycle in self.cycles for wave in ("sin", "cos"))
        return ("", *waves)

    def encode(self, column: "pyarrow.ChunkedArray") -> np.ndarray:
        """Return the standardised number, and the cycles with variance 1."""
        values, known = ticks(column, self.unit, self.form, clock=not self.since_1970)
        block = [((values - self.shift) / self.scale)[:, None]]
        for cycle in self.cycles:
            length = round(SECONDS[cycle] * PER_SECOND[self.unit])
            angle = 2 * np.pi * (values % length) / length
            block.append(np.sqrt(2) * np.stack([np.sin(angle), np.cos(angle)], axis=1))
        return np.where(known[:, None], np.concatenate(block, axis=1), np.nan)

    def decode(self, block: np.ndarray, rng: np.random.Generator | None) -> "pyarrow.Array":
        """Return the moment that the number says, to the step of those seen."""
        missing = np.isnan(block[:, 0])
        number = np.where(missing, 0.0, block[:, 0]).astype(np.float64)
        steps = np.rint(number * self.scale / self.step)
        values = self.shift + steps.astype(np.int64) * self.step
        if "day" in self.cycles and not self.since_1970:  # a time of the day, of any day
            values %= round(SECONDS["day"] * PER_SECOND[self.unit])
        return self._as_entries(values, missing)

    def restated(self, column: "pyarrow.ChunkedArray") -> "pyarrow.Array":
        """Return the moments in the unit, or the format, of the fit."""
        values, known = ticks(column, self.unit, self.form, clock=not self.since_1970)
        return self._as_entries(values, ~known)

    def is_in_other_format(self, column: "pyarrow.ChunkedArray") -> bool:
        """Return whether text holds dates, none of which is in the format of the fit."""
        if self.form is None or not is_text(column.type):
            return False
        return any_read(column, None) and not any_read(column, self.form)

    def _as_entries(self, values: np.ndarray, missing: np.ndarray) -> "pyarrow.Array":
        import pyarrow

        if self.form is None:
            return pyarrow.array(values, mask=missing)
        written = [self._written(int(value)) for value in values]
        return pyarrow.array(written, pyarrow.string(), mask=missing)

    def limits(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the range seen; of sine and cosine, what they reach."""
        ends = np.array([(end - self.shift) / self.scale for end in (self.low, self.high)])
        waves = np.full(2 * len(self.cycles), np.sqrt(2))
        return np.append(ends[0], -waves), np.append(ends[1], waves)

    def decoding(self) -> JsonObject:
        """Return how the first column becomes a number of ticks, and a tick seconds."""
        return {
            "how": "moment",
            "shift": self.shift,
            "scale": self.scale,
            "step": self.step,
            "range": [self.low, self.high],
            "per_second": PER_SECOND[self.unit],
            "since_1970": self.since_1970,
        }

    def summary(self) -> str:
        """Return the first and the last."""
        if self.form is not None:
            return f"{self._written(self.low)} to {self._written(self.high)}"
        return f"{self._shown(self.low)} to {self._shown(self.high)}"

    def _written(self, value: int) -> str:
        form = self.form or ""
        if not self.since_1970:
            return write_clock(round(value * MICRO / PER_SECOND[self.unit]), form)
        return write_date(self._as_datetime(value), form)

    def _as_datetime(self, value: int) -> datetime:
        return datetime.fromisoformat(
            str(np.array(value).astype(f"M8[{self.unit}]").astype("M8[us]"))
        )

    def _shown(self, value: int) -> str:
        seconds = int(value // PER_SECOND[self.unit])
        if not self.since_1970:
            return write_clock(seconds * MICRO, "hh:mm:ss") if self.cycles else _lasting(seconds)
        whole = value % round(86_400 * PER_SECOND[self.unit]) == 0
        unit = "D" if self.unit == "D" or whole else "s"
        return str(np.array(value).astype(f"M8[{self.unit}]").astype(f"M8[{unit}]")).replace(
            "T", " "
        )


def _lasting(seconds: int) -> str:
    """Return a duration in words: "2 days, 3:04:05"."""
    return str(timedelta(seconds=seconds))
