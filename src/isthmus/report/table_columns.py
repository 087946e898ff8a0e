"""The columns of a table, each reproduced by the autoencoder, by PCA and by a constant guess."""

from dataclasses import dataclass

import numpy as np

from isthmus.evaluation.pca import PCABaseline
from isthmus.report.model import ReportedModel
from isthmus.tables import Schema
from isthmus.tables.scores import ColumnScore, column_scores

MOST_ROWS = 20_000
"""Maximum number of rows of a part on which columns are compared."""


@dataclass(frozen=True)
class ComparedColumn:
    """One column of a table under three methods.

    Parameters
    ----------
    column, kind
        Its title, and the name of its kind.
    unit
        "sd", an error in standard deviations, lower is better; or "accuracy".
    autoencoder, pca, constant
        The scores; the constant guess is the training set's mean or most frequent level.
    rows
        How many rows they are measured on.
    """

    column: str
    kind: str
    unit: str
    autoencoder: float
    pca: float
    constant: float
    rows: int


def compare_columns(
    schema: Schema, model: ReportedModel, pca: PCABaseline, rows: np.ndarray, training: np.ndarray
) -> list[ComparedColumn]:
    """Return every column's score by the autoencoder, by PCA and by a constant guess.

    Parameters
    ----------
    schema
        Of the table.
    model
        Fitted, of encoded rows.
    pca
        Of the training set, with a code of the same size.
    rows : (n, width)
        Encoded rows to measure on.
    training : (m, width)
        Encoded rows of the training set.
    """
    rows, training = rows[:MOST_ROWS], training[:MOST_ROWS]
    own = model.estimator
    linear = pca.reconstruct(own.scale(rows), len(pca.components))
    backs = (model.reconstruct(rows, None), own.unscale(linear.astype(np.float32)))
    ours, theirs = (column_scores(schema, rows, np.asarray(b), training) for b in backs)
    return [_compared(a, b) for a, b in zip(ours, theirs, strict=True)]


def _compared(ours: ColumnScore, theirs: ColumnScore) -> ComparedColumn:
    return ComparedColumn(
        ours.column, ours.kind, ours.unit, ours.value, theirs.value, ours.constant, ours.rows
    )
