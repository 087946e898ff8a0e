"""Labels for examples that are not a table of named columns."""

from collections.abc import Callable
from dataclasses import replace
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from isthmus.data.checks import check_labels
from isthmus.data.source import Source
from isthmus.errors import DataError

Label = str | int | PathLike | ArrayLike


def is_reference(label: Label | None) -> bool:
    """Say whether a label tells where the labels are, rather than being the labels."""
    return isinstance(label, str | int | np.integer | PathLike)


def as_column_number(label: Label | None) -> int | None:
    """Read a column number, given as an integer or as its digits; None if it is not one.

    >>> as_column_number("-1"), as_column_number(2), as_column_number("age")
    (-1, 2, None)
    """
    if isinstance(label, int | np.integer):
        return int(label)
    if isinstance(label, str) and label.removeprefix("-").isdecimal():
        return int(label)
    return None


def with_labels(source: Source, label: Label, read: Callable[[Path], np.ndarray]) -> Source:
    """Give a source its labels.

    Parameters
    ----------
    source : Source
    label : array-like, path or int
        The labels, shape (n,); a file that holds them; or, for examples (n, D) that are not
        images, the number of the column that does.
    read : callable
        Reads the array in a file of labels.
    """
    if not isinstance(label, str | int | np.integer | PathLike):
        return replace(source, labels=check_labels(label, len(source), source.name))
    number = as_column_number(label)
    if number is not None:
        return _split_off_column(source, number)
    path = Path(str(label)).expanduser()
    if not path.is_file():
        raise DataError(
            f'{source.name} has no columns with names, and there is no file of labels "{label}"; '
            "give an .npy or IDX file with one label an example."
        )
    return replace(source, labels=check_labels(read(path), len(source), source.name))


def _split_off_column(source: Source, number: int) -> Source:
    """Take the labels out of one column, whole numbers stored as floats as integers."""
    if source.image_shape is not None:
        raise DataError(
            f"{source.name} holds images, so it has no column {number} to take labels from; give "
            "one label an example instead."
        )
    width = source.examples.shape[1]
    if not -width <= number < width or width == 1:
        raise DataError(
            f"{source.name} has {width} columns, so it has no label column {number} and "
            f"columns to learn from as well; columns are counted from 0 to {width - 1}."
        )
    values = source.examples[:]
    labels = np.array(values[:, number])
    if labels.dtype.kind == "f" and np.isfinite(labels).all() and (labels % 1 == 0).all():
        labels = labels.astype(np.int64)
    return replace(
        source,
        examples=np.delete(values, number, axis=1),
        labels=check_labels(labels, len(source), source.name),
    )
