"""What the verbs that use a fitted model share: loading it, and reading data that fits it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from isthmus.cli import options
from isthmus.cli.declaring import reading_of
from isthmus.errors import DataError, SettingError
from isthmus.plainjson import JsonObject, read_object

if TYPE_CHECKING:
    import numpy as np
    from pyarrow import Table

    from isthmus.annotations import Examples
    from isthmus.data import Source
    from isthmus.estimators.base import AbstractAutoencoder
    from isthmus.estimators.conditional import AnyAutoencoder
    from isthmus.tables import Schema


Inputs: TypeAlias = "tuple[Examples, *tuple[np.ndarray, ...]]"
"""What a model's methods take: examples, and labels if it is conditioned on them."""


@dataclass(frozen=True)
class Origin:
    """Where the examples for a verb come from, as its options say."""

    source: str
    label: str | None = None
    array: str | None = None
    image_shape: str | None = None
    reading: Mapping[str, object] = field(default_factory=dict)

    @property
    def kinds(self) -> dict[str, str]:
        """The kinds of columns that were given."""
        given = self.reading.get("kinds", {})
        assert isinstance(given, dict)
        return given

    def open(self, *, quiet: bool = True) -> "Source":
        """Open the source; unless ``quiet``, long work is shown."""
        from isthmus.cli import parsing, progress
        from isthmus.data import open_source

        shape = None if self.image_shape is None else parsing.image_shape(self.image_shape)
        given = {"label": self.label, "array": self.array, "image_shape": shape, **self.reading}
        if quiet:
            return open_source(self.source, **given)
        with progress.advancing(f"reading {self.source}") as advance:
            return open_source(self.source, **given, progress=lambda _, *done: advance(*done))


def load(run: str, label: str | None = None) -> "AbstractAutoencoder":
    """Load the estimator of a run folder or a model file; with a label, conditioned on it.

    Raises
    ------
    SettingError
        If there is a label that the model does not know, or it is not conditional.
    """
    import isthmus
    from isthmus.report import model_path

    estimator = isthmus.load(model_path(run)).as_autoencoder()
    if label is None:
        return estimator
    if estimator.target_kind != "condition":
        raise SettingError(
            f"--given {label} is for a model that is conditioned on labels, and this one is not;"
            " leave it out."
        )
    return estimator.given(known_label(estimator, label))


def under_one(estimator: "AbstractAutoencoder", why: str) -> "AbstractAutoencoder":
    """Return a model that needs no labels; a conditional one must have been given one."""
    if estimator.target_kind == "condition":
        raise SettingError(
            f"this model is conditioned on labels, and {why}; give --given LABEL,"
            f" {_some_of(estimator)}."
        )
    return estimator


def known_label(estimator: "AnyAutoencoder", text: str) -> object:
    """Return the label of a model that a text means, 7 or 7.0 where it is a number."""
    from isthmus.cli.parsing import value

    labels = estimator.classes_.tolist()
    for label in labels:
        if text == str(label) or (not isinstance(label, str) and label == value(text)):
            return label
    known = _some_of(estimator)
    raise SettingError(f"--given is {text!r}, which is no label of this model; give {known}.")


def _some_of(estimator: "AnyAutoencoder", most: int = 20) -> str:
    """Name labels that a conditional model knows."""
    labels = [str(label) for label in estimator.classes_.tolist()]
    shown = ", ".join(labels[:most])
    return f"one of {shown}" + (f" and {len(labels) - most} more" if len(labels) > most else "")


def read(estimator: "AnyAutoencoder", given: options.Examples, *, quiet: bool = True) -> "Inputs":
    """Open the source that options name, and return what the model's methods take of it."""
    return inputs(open_like(origin(given), getattr(given, "run", ""), quiet=quiet), estimator)


def open_like(wanted: Origin, run: str, *, quiet: bool = True) -> "Source":
    """Open a source as the fit of a run read its own, where the options say nothing else.

    So the column of labels of the fit is no feature, and a decimal comma is one again.
    """
    label = run_facts(run).get("source", {}).get("label")
    like = read_like(wanted, run)
    if wanted.label is None and isinstance(label, str) and not _is_number(label):
        try:
            return replace(like, label=label).open(quiet=quiet)
        except (DataError, SettingError):
            pass  # these examples have no labels, or other columns
    try:
        return like.open(quiet=quiet)
    except SettingError:
        return wanted.open(quiet=quiet)


def read_like(wanted: Origin, run: str) -> Origin:
    """Return a source read as the fit of a run read its own, where nothing else is said."""
    own = run_facts(run).get("source", {})
    return replace(wanted, reading={**own.get("reading", {}), **wanted.reading})


def own_origin(run: str) -> Origin | None:
    """Return what a run was fitted on, or None where it does not say so."""
    path = run_facts(run).get("source", {}).get("path")
    return read_like(Origin(path), run) if isinstance(path, str) else None


def kept_columns(wanted: Origin, columns: Sequence[str], option: str = "--keep") -> "Table":
    """Return columns of the source as they stand in it, whatever the model makes of them.

    Raises
    ------
    SettingError
        If the source is no table, or has no such column.
    """
    from isthmus.data.table_rows import TableRows

    kinds = dict.fromkeys(columns, "other")
    reading = {**wanted.reading, "columns": columns, "drop": (), "kinds": kinds}
    rows = replace(wanted, label=None, reading=reading).open().examples
    if not isinstance(rows, TableRows):
        raise SettingError(f"{option} {','.join(columns)} names columns, and SOURCE is no table.")
    return rows.table.select(list(columns))


def every_column(wanted: Origin, names: Sequence[str]) -> "Table | None":
    """Return a table with all its columns, labels and identifiers too.

    None if the source is no table, or one without some of these names.
    """
    from isthmus.data.table_rows import TableRows

    # With the kind of a column given, the source is a table, though it may be all numbers.
    everything = {"columns": None, "drop": (), "kinds": {names[0]: "other"}}
    reading = {**wanted.reading, **everything}
    try:
        rows = replace(wanted, label=None, reading=reading).open().examples
    except SettingError:
        return None  # without the first of the names
    if isinstance(rows, TableRows) and set(names) <= set(rows.table.column_names):
        return rows.table
    return None


def _is_number(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


def origin(given: options.Examples) -> Origin:
    """Return where the examples come from that options name."""
    reading = reading_of(given)
    return Origin(given.source, given.label, given.array, given.image_shape, reading)


def read_for(
    estimator: "AnyAutoencoder",
    source: str,
    label: str | None,
    array: str | None,
    image_shape: str | None,
    *,
    quiet: bool = True,
) -> "Inputs":
    """Open a source as a verb's options say, and give what the model's methods take of it."""
    return inputs(Origin(source, label, array, image_shape).open(quiet=quiet), estimator)


def inputs(source: "Source", estimator: "AnyAutoencoder") -> "Inputs":
    """Return what the model's methods take of a source: examples, and labels if it is conditional.

    Raises
    ------
    DataError
        If the examples do not fit the model, or it is conditional and the source has no labels.
    """
    examples = matching_examples(source, estimator)
    if estimator.target_kind != "condition":
        return (examples,)
    if source.labels is None:
        raise DataError(
            f"this model is conditioned on labels, and {source.name} has none; name their column by"
            " --label, or one label for all by --given."
        )
    return examples, source.labels


def run_facts(run: str) -> JsonObject:
    """Return what the fit wrote in ``run.json``, or nothing where there is none."""
    path = Path(run) / "run.json"
    try:
        return read_object(path)
    except (FileNotFoundError, NotADirectoryError):
        return {}


def matching_examples(source: "Source", estimator: "AnyAutoencoder") -> "Examples":
    """Return the source's examples as the model takes them.

    A table's columns are found by name where the model knows names, so that further columns and
    another order do no harm.

    Raises
    ------
    DataError
        If the examples are of another size, a column is missing, or a value is.
    """
    from isthmus.data import check_finite

    if estimator.schema_ is not None:
        return rows_of_table(source, estimator.schema_)
    examples, names = source.examples, getattr(estimator, "feature_names_in_", None)
    if names is not None and source.feature_names is not None:
        examples = _named_columns(source, [str(name) for name in names])
    found, expected = math.prod(examples.shape[1:]), estimator.n_features_in_
    if found != expected:
        raise DataError(
            f"{source.name} has {found} values per example and the model was fitted on {expected};"
            " give data of the same shape."
        )
    masked = estimator.model_.likelihood.masked
    names = source.feature_names if names is None else names
    check_finite(examples, source.name, names, missing_allowed=masked)
    return examples


def _named_columns(source: "Source", names: list[str]) -> "Examples":
    """Return the columns of a table of numbers, in the order of the names."""
    from isthmus.data.table_rows import TableRows
    from isthmus.data.tables import matrix_of

    assert source.feature_names is not None
    where = {name: i for i, name in enumerate(source.feature_names)}
    missing = [name for name in names if name not in where]
    if missing:
        raise DataError(
            f"{source.name} has no column {missing[0]!r}, which the model was fitted on;"
            f" its {len(where)} columns are {', '.join(list(where)[:8])}."
        )
    if isinstance(source.examples, TableRows):
        return matrix_of(source.examples.table.select(names), source.name)
    return _columns(source.examples, [where[name] for name in names])


def rows_of_table(source: "Source", schema: "Schema") -> "Examples":
    """Return rows of a table for what was fitted on one of several kinds of columns."""
    import numpy as np
    import pyarrow

    from isthmus.data.table_rows import TableRows

    if isinstance(source.examples, TableRows):
        return source.examples
    if source.feature_names is None:
        names = ", ".join(schema.names[:8])
        raise DataError(
            f"{source.name} is no table of named columns, and the model was fitted on one with"
            f" {names}; give such a table."
        )
    columns = [pyarrow.array(column, from_pandas=True) for column in np.asarray(source.examples).T]
    return TableRows(pyarrow.table(columns, names=list(source.feature_names)))


def _columns(examples: "Examples", chosen: list[int]) -> "Examples":
    """Return some columns; those of a file are taken where they are read."""
    import numpy as np

    from isthmus.data.source import Columns

    if chosen == list(range(examples.shape[1])):
        return examples
    return examples[:, chosen] if isinstance(examples, np.ndarray) else Columns(examples, chosen)


def pick(examples: "Examples", index: int, option: str) -> "np.ndarray":
    """Return one example, (1, ...)."""
    if not -len(examples) <= index < len(examples):
        raise SettingError(
            f"{option} is {index}; the source has {len(examples)} examples, counted from 0."
        )
    start = index % len(examples)
    return examples[start : start + 1]
