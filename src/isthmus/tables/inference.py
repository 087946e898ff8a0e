"""What each column of a table is, by a look at its entries."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from isthmus.errors import DataError, SettingError, unknown
from isthmus.tables import building
from isthmus.tables.frames import make_of, to_arrow
from isthmus.tables.kinds import AbstractKind, Level
from isthmus.tables.left_out import Constant, Dropped, Identifier, Other, Text
from isthmus.tables.quantities import notation_of
from isthmus.tables.schema import Column, Schema
from isthmus.tables.values import date_format, is_number, is_text, numbers, texts

if TYPE_CHECKING:
    import pyarrow

FEW = 10
"""With fewer observed entries than this, nothing is an identifier by its entries alone."""

LEAST_NAMED = 3
"""With fewer entries than this, no column is an identifier."""

TWO_LEVELS_FROM = 20
"""With fewer entries than this, two different numbers other than 0 and 1 are numbers."""

UNIQUE_SHARE = 0.5
"""Share of different entries above which text is not made of levels."""

FREE_WORDS = 40
"""Entries of more characters than this on average are free text, not identifiers."""

YEARS = (1800, 2100)
"""Whole numbers in this range are years, not identifiers."""

_IDENTIFIER = re.compile(r"(^|[\W_])(id|idx|index|uuid|guid|key|nr|no|rownames?)$", re.IGNORECASE)
_CAMEL = re.compile(r"[a-z](Id|ID)$")


@dataclass(frozen=True)
class Rules:
    """What a user says about a table beforehand.

    Parameters
    ----------
    drop
        Titles of columns to leave out.
    columns
        Titles of the only columns to use, or None for all.
    kinds
        Kinds by title, where the guess is wrong: names of `isthmus.tables.schema.KINDS`.

    Examples
    --------
    >>> import pyarrow
    >>> table = pyarrow.table({"a": [1, 2, 3], "stars": [1, 3, 5]})
    >>> [c.kind.name for c in infer(table, Rules(drop=("a",), kinds={"stars": "category"})).columns]
    ['dropped', 'category']
    """

    drop: Sequence[str] = ()
    columns: Sequence[str] | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)


def infer(table: object, rules: Rules | None = None, name: str = "the table") -> Schema:
    """Return the schema of a table.

    Parameters
    ----------
    table : pandas.DataFrame, polars.DataFrame or pyarrow.Table
        The rows to learn from: levels, ranges, means and spreads are theirs.
    rules : Rules, optional
        What is known beforehand.
    name : str
        What to call the table in a sentence.

    Raises
    ------
    DataError
        If there are no rows, or no column to learn from.
    SettingError
        If the rules name a column or a kind that is not there, or one that does not fit.
    """
    arrow = to_arrow(table, name)
    rules = Rules() if rules is None else rules
    _check_rules(rules, arrow.column_names)
    if arrow.num_rows == 0:
        raise DataError(f"{name} has {arrow.num_columns} columns and no rows; expected some rows.")
    columns = tuple(
        _column(title, column, rules)
        for title, column in zip(arrow.column_names, arrow.columns, strict=True)
    )
    if not any(column.used for column in columns):
        found = ", ".join(f"{c.name}: {c.kind.name}" for c in columns[:8])
        raise DataError(
            f"{name} has no column to learn from ({found}); say what a column is by its kind, such "
            "as category."
        )
    return Schema(columns, make_of(table) or "pyarrow", arrow.schema)


def _check_rules(rules: Rules, names: list[str]) -> None:
    from isthmus.tables.schema import KINDS

    for title in (*rules.drop, *(rules.columns or ()), *rules.kinds):
        if title not in names:
            raise SettingError(unknown("column", title, names))
    for kind in rules.kinds.values():
        if kind not in KINDS:
            raise SettingError(unknown("kind of column", kind, KINDS))


def _column(title: str, column: "pyarrow.ChunkedArray", rules: Rules) -> Column:
    missing = building.count_missing(column)
    declared = building.declared_levels(column)
    chosen = rules.columns is None or title in rules.columns
    if not chosen or title in rules.drop:
        return Column(title, Dropped(), missing, declared)
    if title in rules.kinds:
        kind = building.as_kind(rules.kinds[title], title, column)
    else:
        kind = recognise(column, title)
    return Column(title, kind, missing, declared)


def recognise(column: "pyarrow.ChunkedArray", title: str = "") -> AbstractKind:
    """Return the kind of a column.

    Booleans and columns of two levels are binary. Categorical types are categories, ordered where
    they say so. Dates, times, and text that one format reads as dates are dates, and text that is
    numbers with one unit are quantities. Numbers, and text that is all numbers, are counts where
    they are whole and start at 0 or 1, skewed where their skewness is above 1, and else numbers;
    whole ones that are all different are identifiers if they fill their range or their title says
    so. Text is a category unless more than half of its entries are different.

    Examples
    --------
    >>> import pyarrow
    >>> recognise(pyarrow.chunked_array([["2020-03-01", None, "2021-04-30"]])).name
    'date'
    """
    from pyarrow import types

    kind = column.type
    if building.count_missing(column) == len(column):
        return Constant(None)
    if building.is_single(column):
        return building.constant(column)
    if types.is_boolean(kind):
        return building.binary((False, True))
    if types.is_dictionary(kind):
        return _declared(column)
    if types.is_temporal(kind) and not types.is_interval(kind):
        return building.moment(column)
    if is_number(kind):
        return _numeric(numbers(column), title)
    return _textual(column, title) if is_text(kind) else Other()


def _declared(column: "pyarrow.ChunkedArray") -> AbstractKind:
    levels = building.declared_levels(column) or ()
    if column.type.ordered and len(levels) > 2:
        return building.ordered(levels)
    counts = building.level_counts(column)
    if len(counts) == sum(counts.values()) and len(counts) > max(FEW, len(levels) - 1):
        return Identifier()
    return building.levels(counts)


def _numeric(x: np.ndarray, title: str) -> AbstractKind:
    x = x[~np.isnan(x)]
    distinct = np.unique(x)
    if len(distinct) == 2 and (len(x) >= TWO_LEVELS_FROM or distinct.tolist() == [0, 1]):
        return building.binary(tuple(building.as_levels(distinct)))
    whole = bool((x == np.rint(x)).all())
    if whole and len(distinct) == len(x) and _names_rows(x, title):
        return Identifier()
    return building.numeric(x)


def names_rows(column: "pyarrow.ChunkedArray", title: str) -> bool:
    """Return whether a title says "identifier", and whole numbers that are all different agree.

    >>> import pyarrow
    >>> ids = pyarrow.chunked_array([[17, 3, 99]])
    >>> names_rows(ids, "user_id"), names_rows(ids, "size")
    (True, False)
    """
    from pyarrow import types

    if not types.is_integer(column.type) or column.null_count or not _says_identifier(title):
        return False
    x = column.to_numpy()
    return len(x) >= LEAST_NAMED and len(np.unique(x)) == len(x)


def _says_identifier(title: str) -> bool:
    return bool(_IDENTIFIER.search(title) or _CAMEL.search(title))


def _names_rows(x: np.ndarray, title: str) -> bool:
    """Return whether whole numbers (n,), all different, number the rows, in whatever order."""
    if len(x) < LEAST_NAMED:
        return False
    if _says_identifier(title):
        return True
    low, high = x.min(), x.max()
    years = low >= YEARS[0] and high <= YEARS[1]
    return len(x) >= FEW and high - low < 2 * len(x) and not years


def _textual(column: "pyarrow.ChunkedArray", title: str) -> AbstractKind:
    entries = [entry for entry in texts(column).tolist() if entry is not None]
    x = numbers(column)
    if not np.isnan(x).sum() > len(column) - len(entries) and not _is_code(entries):
        return _numeric(x, title)
    form = date_format(np.array(entries, object))
    if form is not None:
        return building.moment(column, form)
    counts: Counter[Level] = Counter(entries)
    notation = notation_of(entries) if len(counts) > 2 else None
    if notation is not None:
        return building.quantity(entries, notation)
    if len(entries) < FEW or len(counts) <= max(2, UNIQUE_SHARE * len(entries)):
        return building.levels(counts)
    length = sum(map(len, entries)) / len(entries)
    spaced = sum(" " in entry for entry in entries) > len(entries) / 2
    unique = len(counts) == len(entries)
    return Identifier() if unique and not spaced and length <= FREE_WORDS else Text()


def _is_code(entries: list[str]) -> bool:
    """Return whether numbers are written as codes are, with leading zeros: "00123"."""
    return any(len(one) > 1 and one[0] == "0" and one[1].isdigit() for one in entries)
