"""How well rows of the shared space are reproduced, column by column."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from isthmus.tables.kinds import AbstractKind, Binary, Category, Ordered
from isthmus.tables.schema import Schema

Unit = Literal["sd", "accuracy"]


@dataclass(frozen=True)
class ColumnScore:
    """How well one column is reproduced.

    Parameters
    ----------
    column, kind
        Its title and the name of its kind.
    unit
        "sd": root mean squared error in standard deviations of the column as it is encoded (bent,
        where it is skewed), lower is better; "accuracy": share of rows whose level is right.
    value
        The score.
    constant
        The score of the best constant guess: the mean, or the most frequent level, of the training
        rows.
    rows
        How many rows it is measured on: those where the column is not missing.
    """

    column: str
    kind: str
    unit: Unit
    value: float
    constant: float
    rows: int

    @property
    def better(self) -> bool:
        """Whether the score is better than the constant guess's."""
        if self.unit == "sd":
            return self.value < self.constant
        return self.value > self.constant


def column_scores(
    schema: Schema, rows: np.ndarray, back: np.ndarray, training: np.ndarray
) -> list[ColumnScore]:
    """Return the score of every column that is learned from.

    Parameters
    ----------
    schema
        Of the table.
    rows : (n, width)
        Encoded rows, NaN where missing.
    back : (n, width)
        Their reconstructions in the same space, by any model.
    training : (m, width)
        Encoded training rows, whose mean and most frequent level are the constant guess.

    Examples
    --------
    >>> import pyarrow
    >>> from isthmus.tables import infer
    >>> table = pyarrow.table({"size": [1.5, 2.5, 4.0] * 9, "kind": ["u", "v", "u"] * 9})
    >>> schema = infer(table)
    >>> rows = schema.encode(table)
    >>> [(s.column, s.unit, s.value, round(s.constant, 3)) for s in
    ...     column_scores(schema, rows, rows, rows)]
    [('size', 'sd', 0.0, 1.0), ('kind', 'accuracy', 1.0, 0.667)]
    """
    scores = []
    for column in schema.columns:
        if not column.used:
            continue
        place = schema.places[column.name]
        own, made = rows[:, place], back[:, place]
        known = ~np.isnan(own[:, 0])
        guess = _constant(column.kind, training[:, place])
        unit: Unit = "accuracy" if _has_levels(column.kind) else "sd"
        value, constant = (
            _score(column.kind, own[known], other)
            for other in (made[known], np.broadcast_to(guess, own[known].shape))
        )
        scores.append(
            ColumnScore(column.name, column.kind.name, unit, value, constant, int(known.sum()))
        )
    return scores


def _has_levels(kind: AbstractKind) -> bool:
    return isinstance(kind, Binary | Category | Ordered)


def _levels(kind: AbstractKind, block: np.ndarray) -> np.ndarray:
    """Return the number (n,) of the level that each row stands for."""
    if isinstance(kind, Category):
        return block.argmax(axis=1)
    return np.rint(np.clip(block, 0, 1).sum(axis=1)).astype(np.int64)


def _constant(kind: AbstractKind, training: np.ndarray) -> np.ndarray:
    """Return the row (width,) that guesses best without looking."""
    known = training[~np.isnan(training[:, 0])]
    if not len(known):
        return np.zeros(training.shape[1])
    if not _has_levels(kind):
        return known.mean(axis=0, dtype=np.float64)
    return known[np.argmax(_levels(kind, known) == np.bincount(_levels(kind, known)).argmax())]


def _score(kind: AbstractKind, rows: np.ndarray, back: np.ndarray) -> float:
    if not len(rows):
        return float("nan")
    if _has_levels(kind):
        return float((_levels(kind, rows) == _levels(kind, back)).mean())
    error = rows[:, 0].astype(np.float64) - back[:, 0]  # of a date, the number alone
    return float(np.sqrt((error**2).mean()))
