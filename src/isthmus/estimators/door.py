"""The door: what a user gives as examples becomes an array, and what comes out looks like it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import issparse

from isthmus.annotations import Examples, ExamplesLike
from isthmus.data.other_arrays import as_numpy
from isthmus.data.source import Rows, Source
from isthmus.data.sparse_rows import SparseRows
from isthmus.data.table_rows import TableRows
from isthmus.data.tables import is_matrix_column
from isthmus.errors import DataError, SettingError, warn
from isthmus.estimators.slots import LikelihoodSetting, member
from isthmus.likelihoods import Bernoulli, Categorical, Columns, LearnedGaussian, Masked
from isthmus.likelihoods.abstract import AbstractLikelihood
from isthmus.likelihoods.gaussian import LEAST_SCALE
from isthmus.tables import Group, Rules, Schema, frame_like, infer, is_table
from isthmus.tables.frames import make_of, remedy, to_arrow, without_sparse_columns
from isthmus.tables.matching import align

if TYPE_CHECKING:
    from isthmus.estimators.learner import AbstractLearner, FittedAttributes

COLUMN_SCALE = 0.1
"""Least scale of a column's noise under a deterministic code, in standard deviations.

Without it a small code becomes exact for one or two columns and leaves the others. A stochastic
code needs none, since its divergence charges for exactness.
"""


def enter_first(estimator: "AbstractLearner", X: ExamplesLike) -> Examples:
    """Return the examples to learn from as `enter` does, once their schema is known.

    Parameters
    ----------
    estimator
        Gets ``schema_``: None for arrays and tables of numbers alone.
    X
        Examples as the user gave them.
    """
    X = table_of(X)
    estimator.schema_ = learned_schema(estimator.schema, X)
    if estimator.schema_ is None:
        return _as_array(X)
    return estimator.schema_.encode(align(estimator.schema_, X, "X").table)


def enter(estimator: "FittedAttributes", X: ExamplesLike) -> Examples:
    """Return examples as arrays, or as what reads them by index.

    Arrays of other libraries become NumPy's, sparse matrices are wrapped so that only blocks of
    them are dense, and tables of several kinds of columns are encoded by the schema of the fit.

    Parameters
    ----------
    estimator
        Fitted, or in its fit.
    X
        Examples as the user gave them.

    Raises
    ------
    DataError
        If ``X`` is a file's name, does not fit the schema of the fit, or is of another layout than
        the images of the fit.
    """
    X = table_of(X)
    if estimator.schema_ is not None:
        return encoded(estimator.schema_, X, "model")
    examples = _as_array(X)
    _check_layout(estimator, examples)
    return examples


def _as_array(X: ExamplesLike) -> Examples:
    _check_container(X)
    return SparseRows(X) if issparse(X) else as_numpy(without_sparse_columns(X))


def _check_container(X: Any) -> None:
    """Raise `DataError` for what holds examples, but in a way that cannot be read as rows."""
    table, first = X, X[0] if isinstance(X, list | tuple) and X else None
    if isinstance(X, Source):
        raise DataError("X is a Source: give its examples, and its labels as y.")
    if getattr(getattr(X, "dtype", None), "names", None):
        raise DataError("X is a structured array: give a data frame, such as pandas.DataFrame(X).")
    if is_table(X):
        rows, columns = table.shape
        if not rows or not columns:
            raise DataError(
                f"X is a table of {rows} rows and {columns} columns: give some of both."
            )
        return
    of_dictionaries = isinstance(X, Mapping) or isinstance(first, Mapping)
    one_or_lazy = hasattr(X, "collect_schema") or hasattr(X, "to_frame")
    if (of_dictionaries or one_or_lazy) and not issparse(X):
        raise DataError(f"X is {remedy(X)}.")


def _check_layout(estimator: "FittedAttributes", X: ExamplesLike) -> None:
    """Raise `DataError` if images have another layout, with equally many values, than the fit's."""
    shape: tuple[int, ...] = getattr(estimator, "_example_shape", ())
    own: tuple[int, ...] = tuple(getattr(X, "shape", ()))[1:]
    if len(shape) > 1 and len(own) > 1 and (*own, 1)[:3] != (*shape, 1)[:3]:
        raise DataError(
            f"Each example of X has shape {own}, and those of the fit have {shape}: give images of "
            "that layout."
        )


def leave(
    estimator: "FittedAttributes", rows: np.ndarray, given: ExamplesLike | None = None
) -> Any:
    """Return rows (n, D) of the model as the table that they stand for.

    Parameters
    ----------
    estimator
        Fitted on a table with a schema.
    rows
        Encoded rows.
    given
        The table of the same rows, if they come from one: what was left out is taken from it, and
        the result is of its library, with its index.
    """
    schema = estimator.schema_
    assert schema is not None
    if given is None:
        return frame_like(schema.decode(rows), schema.make)
    table = table_of(given)
    decoded = schema.decode(rows, source=align(schema, table).table)
    return frame_like(decoded, make_of(table) or schema.make, getattr(table, "index", None))


def fill(estimator: "FittedAttributes", rows: np.ndarray, given: ExamplesLike) -> Any:
    """Return a table with its missing entries as rows (n, D) of the model have them."""
    schema = estimator.schema_
    assert schema is not None
    table = table_of(given)
    filled = schema.fill(align(schema, table).table, rows)
    return frame_like(filled, make_of(table) or schema.make, getattr(table, "index", None))


def likelihood_setting(estimator: "AbstractLearner") -> LikelihoodSetting:
    """Return the likelihood's setting, ``"auto"`` filled in where the examples decide.

    It is that of the schema's kinds for a table, and masked where entries are missing.
    """
    if not isinstance(estimator.likelihood, str) or estimator.likelihood != "auto":
        return estimator.likelihood
    if estimator.schema_ is not None:
        stochastic = member("latent", estimator.latent).stochastic
        least_scale = LEAST_SCALE if stochastic else COLUMN_SCALE
        return schema_likelihood(estimator.schema_, least_scale)
    return Masked() if estimator._has_missing else "auto"


def schema_likelihood(schema: Schema, least_scale: float = COLUMN_SCALE) -> Masked:
    """Return the likelihood that fits the kinds of a schema's columns, entries missing or not.

    Parameters
    ----------
    schema
        Kinds of columns.
    least_scale
        Scale that the noise of a number stays above, in standard deviations of its column.

    Examples
    --------
    >>> import pyarrow
    >>> table = pyarrow.table({"size": [1.5, 2.5, 4.0] * 9, "kind": ["u", "v", "w"] * 9})
    >>> [type(one).__name__ for one in schema_likelihood(infer(table)).inner.likelihoods]
    ['LearnedGaussian', 'Categorical']
    """
    groups = schema.groups()
    members = tuple(_member(group, least_scale) for group in groups)
    return Masked(Columns(members, tuple(group.columns for group in groups)))


def _member(group: Group, least_scale: float) -> AbstractLikelihood:
    if group.member == "categorical":
        return Categorical(group.sizes)
    if group.member == "bernoulli":
        return Bernoulli()
    return LearnedGaussian(per_feature=True, least_scale=least_scale)


def table_of(X: ExamplesLike) -> Any:  # what it is, only its type says
    """Return the table that rows are of, and anything else as it is."""
    if isinstance(X, TableRows):
        return X.table
    if isinstance(X, Rows) and isinstance(X.examples, TableRows):
        return X[:]
    return X


def learned_schema(setting: Schema | Rules | str, X: ExamplesLike) -> Schema | None:
    """Return the schema of the examples to learn from; None for arrays and tables of numbers.

    Parameters
    ----------
    setting
        A schema, what is known of one beforehand, or ``"auto"``.
    X
        Examples as `table_of` gives them.
    """
    if isinstance(setting, str) and setting != "auto":
        raise SettingError(
            f"schema is {setting!r}; it must be 'auto', isthmus.tables.Rules or a Schema."
        )
    if not is_table(X):
        if not isinstance(setting, str):
            raise DataError(
                "schema is set, and X is no table: give a data frame or an Arrow table."
            )
        return None
    if isinstance(setting, Schema):
        return setting
    if isinstance(setting, Rules):
        return infer(X, setting, "X")
    return None if _is_all_numbers(X) else infer(X, name="X")


def _is_all_numbers(X: ExamplesLike) -> bool:
    return all(is_matrix_column(column) for column in to_arrow(X, "X").columns)


def encoded(schema: Schema, X: ExamplesLike, owner: str) -> np.ndarray:
    """Return rows (n, width) by the schema of the fit, and warn of what differs from it.

    Parameters
    ----------
    schema
        Of the table that was learned from.
    X
        Examples as `table_of` gives them.
    owner
        What learned from it, in a word for a sentence.
    """
    if not is_table(X):
        raise DataError(
            f"X is {type(X).__name__}, and this {owner} was fitted on a table with the columns "
            f"{', '.join(schema.names[:6])}{', ...' if len(schema.names) > 6 else ''}: give a data "
            "frame or an Arrow table."
        )
    if not len(X):
        raise DataError("X has no rows: give at least one.")
    aligned = align(schema, X, "X")
    for note in aligned.notes:
        warn(note)
    return schema.encode(aligned.table)
