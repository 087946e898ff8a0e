"""Numbers that stand for a missing entry, such as -999: found, and said, but never replaced."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

USUAL = (
    -1, -9, -99, -999, -9999, -99999, -999999, 99, 999, 9999, 99999, 999999, -777, -888, 777, 888,
    -9999.9, 32767, -32768, 65535, 2147483647, -2147483648, 1e20, -1e20,
)  # fmt: skip
"""Numbers that people and devices write where they know nothing."""

FAR = 3.0
"""A sentinel lies at least this many ranges of the other numbers away from them."""


@dataclass(frozen=True)
class Sentinel:
    """A number that may stand for a missing entry.

    Parameters
    ----------
    column
        Its title, or its number.
    value
        The number.
    count
        How often it is there.
    low, high
        The range of the other numbers.
    """

    column: str
    value: float
    count: int
    low: float
    high: float

    def __str__(self) -> str:
        return (
            f'column "{self.column}" holds {self.value:g} in {self.count} rows, far from the rest '
            f"({self.low:.6g} to {self.high:.6g}): if that means missing, say so"
        )


def find_sentinels(x: np.ndarray, names: Sequence[str] | None = None) -> list[Sentinel]:
    """Return the numbers in the columns of (n, D) that may stand for missing entries.

    One is a number of `USUAL` that is the least or the greatest of its column, and lies farther
    from the others than three times their range.

    Examples
    --------
    >>> find_sentinels(np.array([[3.0], [4.5], [-999.0], [5.0]]), ["depth"])
    [Sentinel(column='depth', value=-999.0, count=1, low=3.0, high=5.0)]
    """
    low, high = np.fmin.reduce(x, axis=0), np.fmax.reduce(x, axis=0)
    suspects = np.flatnonzero(np.isin(low, USUAL) | np.isin(high, USUAL))
    found = []
    for j in suspects.tolist():
        column = x[:, j][~np.isnan(x[:, j])]
        for value in {float(low[j]), float(high[j])} & set(map(float, USUAL)):
            rest = column[column != value]
            if not len(rest):
                continue
            gap = min(abs(value - rest.min()), abs(value - rest.max()))
            if gap > FAR * (rest.max() - rest.min()) and gap > 10 and rest.max() > rest.min():
                name = str(j) if names is None else names[j]
                count = int((column == value).sum())
                found.append(Sentinel(name, value, count, float(rest.min()), float(rest.max())))
    return found
