"""A bounded sample of the rows of a part, kept while its blocks pass by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from isthmus.data.source import take

SHOWN = 2_000
"""Most examples that figures show, of all parts together."""

SHOWN_VALUES = 30_000_000
"""Most values of all these examples: 120 MB in single precision."""

LEAST_SHOWN = 100
"""Examples that are shown whatever their size."""


@dataclass(frozen=True)
class Sample:
    """Some examples of a part and what is known of them, one row per example.

    Attributes
    ----------
    codes : ndarray of shape (m, d)
    labels : ndarray of shape (m,) or None
    pca_codes : ndarray of shape (m, k) or None
    errors : ndarray of shape (m,) or None
        Mean squared error of each example, scaled space.
    examples : ndarray of shape (m, ...), data frame or None
        In their own units, as they were given.
    """

    codes: np.ndarray
    labels: np.ndarray | None = None
    pca_codes: np.ndarray | None = None
    errors: np.ndarray | None = None
    examples: Any = None

    def __len__(self) -> int:
        return len(self.codes)


class ChosenRows:
    """Rows of given places, picked out of blocks as these come.

    Parameters
    ----------
    places : ndarray of shape (m,)
        Row numbers, rising.

    Examples
    --------
    >>> chosen = ChosenRows(np.array([1, 3]))
    >>> chosen.add(0, codes=np.array([[0], [1]]))
    >>> chosen.add(2, codes=np.array([[2], [3]]))
    >>> chosen.sample().codes.tolist()
    [[1.0], [3.0]]
    """

    def __init__(self, places: np.ndarray) -> None:
        self._places = places
        self._kept: dict[str, list[Any]] = {}

    def add(self, start: int, **columns: Any) -> None:
        """Pick from a block that begins at row ``start``.

        A column is rows (b, ...), None, or a pair of rows and a function that is applied to the
        rows picked.
        """
        for name, column in columns.items():
            if column is None:
                continue
            rows, function = column if isinstance(column, tuple) else (column, None)
            first, last = np.searchsorted(self._places, [start, start + len(rows)])
            if first == last:
                continue
            picked = take(rows, self._places[first:last] - start)
            self._kept.setdefault(name, []).append(picked if function is None else function(picked))

    def drop(self, name: str) -> None:
        """Forget a column."""
        self._kept.pop(name, None)

    def sample(self) -> Sample:
        """Return the rows that were picked."""
        kept = {name: _join(parts) for name, parts in self._kept.items()}
        if not kept:
            return Sample(np.empty((0, 0), np.float32))
        kept["codes"] = np.asarray(kept["codes"], np.float32)
        return Sample(**kept)


def _join(parts: Sequence[Any]) -> Any:
    """Return pieces of arrays, or of data frames, as one."""
    if not hasattr(parts[0], "iloc"):
        return np.concatenate(parts)
    import pandas as pd

    return pd.concat(parts)


def draw_rows(n: int, most: int, seed: int, first: np.ndarray | None = None) -> np.ndarray:
    """Return at most ``most`` of ``n`` row numbers, rising.

    Parameters
    ----------
    n, most, seed
        How many there are, how many are drawn, and what decides which.
    first : (m,), optional
        Rows that are drawn before others, where they are at most a half of those drawn.

    Examples
    --------
    >>> draw_rows(3, 5, seed=0).tolist(), len(draw_rows(10, 5, seed=0))
    ([0, 1, 2], 5)
    >>> rows = draw_rows(100, 4, seed=0, first=np.array([7, 9]))
    >>> {7, 9} <= {*rows.tolist()}, len(rows)
    (True, 4)
    """
    if n <= most:
        return np.arange(n)
    if first is not None and 0 < len(first) <= most // 2:
        others = np.setdiff1d(np.arange(n), first)
        drawn = draw_rows(len(others), most - len(first), seed)
        return np.sort(np.concatenate([first, others[drawn]]))
    return np.sort(np.random.default_rng(seed).choice(n, most, replace=False))


def spread_over_parts(
    lengths: Mapping[str, int], features: int, seed: int
) -> dict[str, np.ndarray]:
    """Return the rows of each part that figures show: the last part's first, as memory allows.

    Parameters
    ----------
    lengths
        Examples of each part, the training set first.
    features
        Values per example.
    """
    left = int(np.clip(SHOWN_VALUES // features, LEAST_SHOWN, SHOWN))
    chosen = {}
    for name in reversed([*lengths]):
        chosen[name] = draw_rows(lengths[name], left, seed)
        left -= len(chosen[name])
    return chosen
