"""From the entries of a column to a kind with its numbers: levels, means, spreads, ranges."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from isthmus.errors import SettingError
from isthmus.tables.bends import SKEWED, fitted_bend, skewness
from isthmus.tables.clocks import is_clock, is_time_of_day
from isthmus.tables.date_text import date_format
from isthmus.tables.kinds import (
    AbstractKind,
    Binary,
    Category,
    Count,
    Level,
    Number,
    Ordered,
    Scale,
    Skewed,
)
from isthmus.tables.left_out import Constant, Dropped, Identifier, Other, Text
from isthmus.tables.marks import is_blank
from isthmus.tables.moments import PER_SECOND, SECONDS, Moment
from isthmus.tables.mostly import amounts_among, dates_among
from isthmus.tables.quantities import Notation, Quantity, notation_of
from isthmus.tables.values import (
    decimals_of,
    functions,
    is_number,
    is_text,
    numbers,
    plain,
    texts,
    ticks,
)

if TYPE_CHECKING:
    import pyarrow

RARE_SHARE = 0.001
"""Levels below this share of the rows, or seen once, share one encoded column."""

MOST_LEVELS = 100
"""Levels beyond the 100 most frequent share one encoded column."""

CYCLES_SEEN = {"day": 2.0, "week": 3.0, "year": 2.0}
"""How many whole cycles must be seen before a date's place in them is encoded."""


def count_missing(column: "pyarrow.ChunkedArray") -> int:
    """Return how many entries are missing: nulls, and NaN among real numbers."""
    from pyarrow import types

    if types.is_floating(column.type):
        return int(np.isnan(column.to_numpy()).sum())
    return column.null_count


def is_single(column: "pyarrow.ChunkedArray") -> bool:
    """Return whether all entries that are not missing are the same."""
    from pyarrow import types

    compute, column = functions(), plain(column)
    if types.is_nested(column.type):
        return False
    distinct = compute.drop_null(compute.unique(column))
    if types.is_floating(column.type):
        return len(np.unique(distinct.to_numpy()[~np.isnan(distinct.to_numpy())])) <= 1
    return len(distinct) <= 1


def constant(column: "pyarrow.ChunkedArray") -> Constant:
    """Return the kind of a column of one value."""
    import pyarrow
    from pyarrow import types

    column = plain(column)
    if types.is_temporal(column.type) and column.type.bit_width in (32, 64):
        whole = column.cast(pyarrow.int32()) if column.type.bit_width == 32 else column
        known = whole.drop_null().cast(pyarrow.int64()).to_pylist()
    else:
        known = [entry for entry in texts(column).tolist() if entry not in (None, "nan")]
    return Constant(known[0] if known else None)


def declared_levels(column: "pyarrow.ChunkedArray") -> tuple[Level, ...] | None:
    """Return all the levels of a categorical column, in its order; None for other types."""
    from pyarrow import types

    if not types.is_dictionary(column.type):
        return None
    if not column.num_chunks:
        return ()
    levels = column.unify_dictionaries().chunk(0).dictionary
    return tuple(as_levels(levels))


def as_levels(entries: "np.ndarray | pyarrow.Array") -> list[Level]:
    """Return entries as what JSON holds: text, whole numbers, numbers or truth values."""
    levels: list[Level] = []
    for entry in entries.tolist():
        if isinstance(entry, float) and entry.is_integer():
            levels.append(int(entry))
        else:
            levels.append(entry if isinstance(entry, bool | int | float) else str(entry))
    return levels


def level_counts(column: "pyarrow.ChunkedArray") -> Counter[Level]:
    """Return how often each level is seen."""
    column = plain(column)
    if is_number(column.type):
        x = numbers(column)
        return Counter(as_levels(x[~np.isnan(x)]))
    return Counter(entry for entry in texts(column).tolist() if entry is not None)


def levels(counts: Counter[Level]) -> Binary | Category:
    """Return the kind of a column of levels without an order, rare ones together."""
    if len(counts) == 2:
        return binary(tuple(sorted(counts, key=str)))
    total = sum(counts.values())
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))
    least = max(2, math.ceil(RARE_SHARE * total))
    common = [level for level, count in ranked[:MOST_LEVELS] if count >= least]
    if len(common) < 2:  # in a short table every level may be seen once
        common = [level for level, _ in ranked[:MOST_LEVELS]]
    return Category(tuple(common), tuple(ranked[len(common) :]))


def binary(pair: Sequence[Level]) -> Binary:
    """Return the kind of a column of two levels, the second of which is 1."""
    first, second = pair
    return Binary((first, second))


def ordered(in_order: Sequence[Level]) -> Ordered:
    """Return the kind of a column of levels in their order."""
    return Ordered(tuple(in_order))


def numeric(x: np.ndarray) -> Number | Skewed | Count:
    """Return the kind of numbers (n,), which vary."""
    whole = bool((x == np.rint(x)).all())
    bent = abs(skewness(x)) > SKEWED
    if whole and x.min() in (0, 1):
        return count(x)
    return skewed(x) if bent else number(x)


def number(x: np.ndarray) -> Number:
    """Return the kind of numbers (n,) that are standardised."""
    return Number(_scale(x, bend=False))


def skewed(x: np.ndarray) -> Skewed:
    """Return the kind of numbers (n,) that are bent and standardised."""
    return Skewed(_scale(x, bend=True))


def count(x: np.ndarray) -> Count:
    """Return the kind of whole numbers (n,) from 0 on."""
    return Count(_scale(x, bend=abs(skewness(x)) > SKEWED))


def quantity(entries: Sequence[str], notation: Notation) -> Quantity:
    """Return the kind of numbers that are written with a unit."""
    x = np.array([notation.read(entry) for entry in entries])
    scale = _scale(x, bend=abs(skewness(x)) > SKEWED)
    if scale.decimals is not None:  # $9.40, and not $9.4
        scale = replace(scale, decimals=max(scale.decimals, notation.decimals_of(entries)))
    return Quantity(scale, notation)


def _scale(x: np.ndarray, bend: bool) -> Scale:
    map_ = fitted_bend(x) if bend and x.max() > x.min() else None
    y = x if map_ is None else map_(x)
    deviation = float(y.std())
    return Scale(
        float(y.mean()),
        deviation if deviation > 0 else 1.0,
        float(x.min()),
        float(x.max()),
        decimals_of(x),
        map_,
    )


def moment(column: "pyarrow.ChunkedArray", form: str | None = None) -> AbstractKind:
    """Return the kind of a column of dates, times or durations, or of text in a date format."""
    from pyarrow import types

    kind = plain(column).type
    clock = is_clock(form)
    if is_text(kind) or form is not None:
        unit = "us" if form is not None and ("%f" in form or (clock and "f" in form)) else "s"
    else:
        unit = "D" if types.is_date(kind) else kind.unit
    values, known = ticks(column, unit, form, clock=clock)
    seen = values[known]
    shift = int(seen.min()) + (int(seen.max()) - int(seen.min())) // 2
    away = (seen - shift).astype(np.float64)
    step = int(np.gcd.reduce(seen - seen.min())) or 1
    shift = int(seen.min()) + (shift - int(seen.min())) // step * step
    since_1970 = not (clock or types.is_time(kind) or types.is_duration(kind))
    in_day = types.is_time(kind)
    if clock and form is not None:
        in_day = is_time_of_day([one for one in texts(column).tolist() if not is_blank(one)], form)
    return Moment(
        unit,
        shift,
        float(away.std()) or 1.0,
        int(seen.min()),
        int(seen.max()),
        step,
        _cycles(seen, unit, step) if since_1970 else (("day",) if in_day else ()),
        form,
        since_1970,
    )


def _cycles(seen: np.ndarray, unit: str, step: int) -> tuple[str, ...]:
    """Return the cycles that are seen several times, and within which the entries differ."""
    found = []
    span = int(seen.max()) - int(seen.min())
    for name, times in CYCLES_SEEN.items():
        length = round(SECONDS[name] * PER_SECOND[unit])
        if length > 1 and span >= times * length and (step % length or name == "year"):
            found.append(name)
    return tuple(found)


def as_kind(name: str, title: str, column: "pyarrow.ChunkedArray") -> AbstractKind:
    """Return the kind of a name for a column, whatever the column looks like.

    Raises
    ------
    SettingError
        If the column's entries cannot be of that kind.
    """
    if name in _LEFT_OUT:
        return _LEFT_OUT[name]()
    if name == "constant":
        return constant(column)
    x = numbers(column)
    if name in _NUMERIC:
        observed = x[~np.isnan(x)]
        if not len(observed):
            raise _unfit(title, name, "no numbers")
        return _NUMERIC[name](observed)
    if name == "quantity":
        entries = amounts_among(texts(column).tolist())
        notation = notation_of(entries)
        if notation is None:
            raise _unfit(title, name, "no numbers with one and the same unit")
        return quantity(entries, notation)
    if name == "date":
        form = _form_of(texts(column)) if is_text(plain(column).type) else None
        values = ticks(column, "s", form, clock=is_clock(form))
        if not values[1].any():
            raise _unfit(title, name, "nothing that reads as a date")
        return moment(column, form)
    counts = level_counts(column)
    if len(counts) < 2 or (name == "binary" and len(counts) != 2):
        raise _unfit(title, name, f"{len(counts)} levels")
    if name == "ordered":
        return ordered(declared_levels(column) or sorted(counts, key=_by_size))
    return levels(counts) if name == "category" and len(counts) > 2 else binary(sorted(counts))


def _form_of(entries: np.ndarray) -> str | None:
    """Return the format of dates (n,) in text, a few of which may be other words."""
    return date_format(entries) or date_format(np.array(dates_among(entries.tolist()), object))


def _by_size(level: Level) -> tuple[bool, Level]:
    return isinstance(level, str), level


def _unfit(title: str, name: str, found: str) -> SettingError:
    return SettingError(
        f'Column "{title}" holds {found}, so it is no {name}: give it another kind, or drop it.'
    )


_LEFT_OUT: dict[str, Callable[[], AbstractKind]] = {
    "identifier": Identifier,
    "text": Text,
    "dropped": Dropped,
    "other": Other,
}
_NUMERIC: dict[str, Callable[[np.ndarray], AbstractKind]] = {
    "number": number,
    "skewed": skewed,
    "count": count,
}
