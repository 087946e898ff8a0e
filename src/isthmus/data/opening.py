"""One verb for every kind of source."""

from collections.abc import Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from isthmus.data import catalogue
from isthmus.data.arrays import from_array
from isthmus.data.checks import check_image_shape, nearest
from isthmus.data.csv_files import open_csv
from isthmus.data.idx import is_idx, open_idx, read_idx, training_file
from isthmus.data.image_folder import open_image_folder
from isthmus.data.labels import Label, as_column_number, is_reference, with_labels
from isthmus.data.numpy_files import open_npy, open_npz, read_npy
from isthmus.data.parquet_files import SUFFIXES as PARQUET_SUFFIXES
from isthmus.data.parquet_files import open_parquet, parquet_files
from isthmus.data.source import Source
from isthmus.data.tables import from_table, is_table
from isthmus.data.unpacking import Progress
from isthmus.errors import DataError


def open_source(
    spec: Any,
    *,
    label: Label | None = None,
    array: str | None = None,
    image_shape: Sequence[int] | None = None,
    progress: Progress | None = None,
) -> Source:
    """Read anything into a `Source`.

    Parameters
    ----------
    spec : array, data frame, path, name or Source
        An array (n, features), (n, H, W) or (n, H, W, C); a table of pandas, polars or
        Arrow; a path to an .npy, .npz, .csv, .tsv, .parquet or IDX file, to a folder of
        Parquet or IDX files, or to a folder of PNG and JPEG images; or a name of the
        catalogue, such as ``"digits"``.
    label : str, int or array-like, optional
        Where the labels are: a column of a table by name or by number from 0, an array of
        an .npz file by name, an .npy or IDX file of labels; or the labels themselves, (n,).
    array : str, optional
        Which array of an .npz file holds the examples.
    image_shape : (H, W) or (H, W, C), optional
        The shape of images that are stored flat.
    progress : callable, optional
        Told of long work, the unpacking of a Parquet table larger than memory: what is being done,
        how many rows are done, and how many there are.

    Returns
    -------
    Source
        Missing values are kept as NaN; `isthmus.data.check_finite` refuses them.

    Raises
    ------
    DataError
        If the source cannot be found or read, in one sentence that says what to do.

    Examples
    --------
    >>> open_source("digits")
    <Source digits: 1797 of 8x8 uint8, labelled>
    >>> open_source(np.zeros((3, 12)), image_shape=(4, 3)).image_shape
    (4, 3, 1)
    """
    named = label if is_reference(label) else None
    source, labelled = _open(spec, named, array, progress)
    if label is not None and not labelled:
        source = with_labels(source, label, _read_labels)
    if image_shape is not None:
        source = _as_images(source, image_shape)
    return source


def _open(
    spec: Any, label: Any, array: str | None, progress: Progress | None
) -> tuple[Source, bool]:
    """Read a source, and say whether the label has been seen to on the way."""
    path = _path(spec)
    if path is not None and path.suffix.lower() == ".npz" and path.is_file():
        label = None if as_column_number(label) is not None else label
        return open_npz(path, array=array, label=label), label is not None
    if array is not None:
        raise DataError(
            f'array="{array}" names an array of an .npz file, but this source is none; '
            "leave it out."
        )
    if is_table(spec):
        return from_table(spec, "the table", label=label), label is not None
    if path is None:
        return _open_object(spec), False
    if path.is_dir():
        return _open_folder(path, label, progress)
    return _open_file(path, label, progress)


def _path(spec: Any) -> Path | None:
    """Give the existing path that is meant; None for names of the catalogue and objects."""
    names = catalogue.names()
    if not isinstance(spec, str | PathLike) or spec in names:
        return None
    path = Path(spec).expanduser()
    if path.exists():
        return path
    beside = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    raise DataError(
        f"There is no file, folder or data set of the catalogue called {spec}"
        f"{nearest(path.name, [*names, *beside])}"
    )


def _open_object(spec: Any) -> Source:
    if isinstance(spec, Source):
        return spec
    if isinstance(spec, str):
        return catalogue.load(spec)
    if isinstance(spec, np.ndarray):
        return from_array(spec, "the array")
    if hasattr(spec, "__array__"):
        return from_array(np.asarray(spec), "the array")
    raise DataError(
        f"A {type(spec).__name__} is no source; expected an array, a data frame, a path or a name "
        "of the catalogue, so convert it with numpy.asarray."
    )


def _open_folder(path: Path, label: Any, progress: Progress | None) -> tuple[Source, bool]:
    training = training_file(path)
    if training is not None:
        return open_idx(training, path.name), False
    if parquet_files(path):
        return open_parquet(path, label=label, progress=progress), label is not None
    return open_image_folder(path), False


def _open_file(path: Path, label: Any, progress: Progress | None) -> tuple[Source, bool]:
    name = path.name.lower()
    if is_idx(path):
        return open_idx(path), False
    if name.endswith(".npy"):
        return open_npy(path), False
    if name.removesuffix(".gz").endswith((".csv", ".tsv")):
        return open_csv(path, label=label), label is not None
    if name.endswith(PARQUET_SUFFIXES):
        return open_parquet(path, label=label, progress=progress), label is not None
    raise DataError(
        f"{path.name} is of a kind that isthmus does not know; expected .npy, .npz, .csv, .tsv, "
        ".parquet, an IDX file named like train-images-idx3-ubyte.gz, or a folder of images."
    )


def _read_labels(path: Path) -> np.ndarray:
    return read_idx(path) if is_idx(path) else read_npy(path)


def _as_images(source: Source, image_shape: Sequence[int]) -> Source:
    """Say that the examples of a source, and of its test split, are images of this shape."""
    shape = check_image_shape(image_shape, source.examples, source.name)
    test = source.test and _as_images(source.test, shape)
    return replace(source, image_shape=shape, test=test)
