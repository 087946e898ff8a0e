"""Whether later examples are in the units of the fit: 0 to 1 for 0 to 255, metres for feet."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

import numpy as np

from isthmus.annotations import ExamplesLike
from isthmus.errors import warn

LOOKED_AT = 1_000
"""Maximum number of rows, evenly spaced, that are looked at."""

FEW = 20
"""Of fewer rows nothing is said: they may well be unusual."""

OUTSIDE = 0.5
"""Share of a column outside the range of the fit from which its unit is in doubt."""

RATIO = 50.0
"""Factor between the range of all values and that of the fit from which units are in doubt."""

SHOWN = 4
"""How many columns a sentence names."""


class Range(NamedTuple):
    """The least and the greatest value of each feature in a fit, (D,) each."""

    low: np.ndarray
    high: np.ndarray


def range_of(x: np.ndarray) -> Range:
    """Return the range of each column of (n, D); missing entries are left out."""
    return Range(*(end.reduce(x, axis=0).astype(np.float64) for end in (np.fmin, np.fmax)))


_TRUSTED: ContextVar[bool] = ContextVar("units_trusted", default=False)


@contextmanager
def units_trusted() -> Iterator[None]:
    """Leave out `check_units` within: the examples are of the fit, or the package made them."""
    token = _TRUSTED.set(True)
    try:
        yield
    finally:
        _TRUSTED.reset(token)


def check_units(seen: Range | None, X: ExamplesLike, names: Sequence[str] | None) -> None:
    """Warn of examples whose values are not in the range of the fit.

    Parameters
    ----------
    seen
        The range of the fit; None where it is not known.
    X : (n, ...)
        Examples that are indexed.
    names
        Of the columns. Without names only the range of all values is compared: pixels and other
        features of one unit may well be unusual one by one.

    Examples
    --------
    >>> seen = range_of(np.array([[0.0, 10.0], [255.0, 90.0]]))
    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as said:
    ...     warnings.simplefilter("always")
    ...     check_units(seen, np.random.default_rng(0).random((50, 2)), None)
    >>> print(said[0].message)
    X spans 0.00274 to 0.997, and the examples of the fit span 0 to 255: are they in the same unit?
    """
    if seen is None or len(X) < FEW or _TRUSTED.get():
        return
    rows = np.asarray(X[:: -(-len(X) // LOOKED_AT)])
    rows = rows.reshape(len(rows), -1)
    with np.errstate(invalid="ignore"):
        if (np.abs(rows) > np.finfo(np.float32).max).any():
            return  # which is refused for what it is
    span, own = float(seen.high.max() - seen.low.min()), float(np.nanmax(rows) - np.nanmin(rows))
    if own > 0 and span > 0 and not 1 / RATIO < own / span < RATIO:
        warn(
            f"X spans {np.nanmin(rows):.3g} to {np.nanmax(rows):.3g}, and the examples of the fit "
            f"span {seen.low.min():.3g} to {seen.high.max():.3g}: are they in the same unit?"
        )
        return
    if names is None:
        return
    with np.errstate(invalid="ignore"):
        outside = ((rows < seen.low) | (rows > seen.high)).mean(axis=0)
    strange = np.flatnonzero((outside > OUTSIDE) & (seen.high > seen.low))
    if len(strange):
        named = [f'"{names[j]}"' for j in strange[:SHOWN].tolist()]
        more = f" and {len(strange) - SHOWN} more" if len(strange) > SHOWN else ""
        j = int(strange[0])
        warn(
            f"Most entries of column {', '.join(named)}{more} lie outside the range of the fit, "
            f"{seen.low[j]:.3g} to {seen.high[j]:.3g} in the first: are they in the same unit?"
        )
