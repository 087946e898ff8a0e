"""What each column of a table is, by a look at its entries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from isthmus.errors import DataError, DoubtWarning, SentinelWarning, SettingError, unknown, warn
from isthmus.tables import building
from isthmus.tables.frames import make_of, to_arrow
from isthmus.tables.kinds import AbstractKind, AbstractNumeric
from isthmus.tables.left_out import Constant, Dropped, Identifier, Other
from isthmus.tables.moments import Moment
from isthmus.tables.numeric import FEW, names_rows, recognise_numbers
from isthmus.tables.remarks import remarks
from isthmus.tables.schema import Column, Schema
from isthmus.tables.sentinels import find_sentinels
from isthmus.tables.textual import recognise_text
from isthmus.tables.values import is_number, is_text

__all__ = ["Rules", "infer", "names_rows", "recognise"]

if TYPE_CHECKING:
    import pyarrow


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
        if arrow.num_rows == 1:
            raise DataError(f"{name} has one row, and nothing varies; expected several rows.")
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
        for remark in remarks(title, column, kind):
            warn(remark.words(), DoubtWarning)
        if isinstance(kind, AbstractNumeric):
            for one in find_sentinels(kind.values(column)[:, None], [title]):
                said = f"{one}: NaN in a table, missing=[{one.value:g}] for a file."
                warn(said, SentinelWarning)
    if isinstance(kind, AbstractNumeric | Moment):
        missing = int((~kind.known(column)).sum())
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
        return recognise_numbers(column, title)
    return recognise_text(column, title) if is_text(kind) else Other()


def _declared(column: "pyarrow.ChunkedArray") -> AbstractKind:
    levels = building.declared_levels(column) or ()
    if column.type.ordered and len(levels) > 2:
        return building.ordered(levels)
    counts = building.level_counts(column)
    if len(counts) == sum(counts.values()) and len(counts) > max(FEW, len(levels) - 1):
        return Identifier()
    return building.levels(counts)
