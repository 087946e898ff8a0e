"""One verb for every kind of source."""

from collections.abc import Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import issparse

from isthmus.data import catalogue
from isthmus.data.arrays import from_array
from isthmus.data.checks import check_image_shape, nearest
from isthmus.data.formats import Format, format_of, known_suffixes
from isthmus.data.idx import is_idx, open_idx, read_idx, training_file
from isthmus.data.image_folder import open_image_folder
from isthmus.data.labels import Label, as_column_number, is_reference, with_labels
from isthmus.data.numpy_files import read_npy
from isthmus.data.other_arrays import is_foreign
from isthmus.data.parquet_files import open_parquet, parquet_files
from isthmus.data.reading import Progress, Reading
from isthmus.data.source import Source
from isthmus.data.tables import from_table, is_table
from isthmus.errors import DataError


def open_source(
    spec: object,
    *,
    label: Label | None = None,
    array: str | None = None,
    image_shape: Sequence[int] | None = None,
    progress: Progress | None = None,
    **how: object,
) -> Source:
    """Read anything into a `Source`.

    Parameters
    ----------
    spec : array, data frame, path, name or Source
        An array (n, features), (n, H, W) or (n, H, W, C), of NumPy, JAX, PyTorch, xarray or dask,
        a list of images, or a sparse matrix; a table of pandas, polars or Arrow; a path to a file
        of `isthmus.data.formats.FORMATS` or to an IDX file, to a folder of Parquet or IDX files, or
        to a folder of images; or a name of the catalogue, such as ``"digits"``.
    label : str, int or array-like, optional
        Where the labels are: a column of a table by name or by number from 0, an array of
        an .npz file by name, an .npy or IDX file of labels; or the labels themselves, (n,).
    array : str, optional
        Which array of an .npz, .mat, HDF5 or zarr file holds the examples.
    image_shape : (H, W) or (H, W, C), optional
        The shape of images that are stored flat.
    progress : callable, optional
        Called while a Parquet table larger than memory is unpacked, with what is being done, how
        many rows are done, and how many there are.
    **how
        How a table of text, a workbook or a folder of images is to be read, where a look at it is
        not enough: ``delimiter``, ``decimal``, ``header``, ``skip``, ``missing``, ``encoding``,
        ``sheet``, ``resize``, ``mode``, ``drop``, ``columns``, ``kinds``; see
        `isthmus.data.reading.Reading`.

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
    reading = Reading.of(label=named, array=array, progress=progress, **how)
    source, labelled = _open(spec, reading)
    if label is not None and not labelled:
        source = with_labels(source, label, _read_labels)
    if image_shape is not None:
        source = _as_images(source, image_shape)
    return source


def _open(spec: object, how: Reading) -> tuple[Source, bool]:
    """Read a source, and say whether the label has been seen to on the way."""
    path = _path(spec)
    known = None if path is None or is_idx(path) else format_of(path)
    several = known is not None and (known.labels == "array" or _cells(known))
    if how.array is not None and not several:
        raise DataError(
            f'array="{how.array}" names an array of a file that holds several (.npz, .mat, HDF5, '
            "zarr), but this source is none; leave it out."
        )
    if is_table(spec):
        return from_table(spec, "the table", how), how.label is not None
    if path is None:
        return _open_object(spec), False
    if path.is_dir() and (known is None or path.suffix != ".zarr"):
        return _open_folder(path, how)
    if known is not None:
        source = known.open(path, how)
        named = known.labels == "column" or as_column_number(how.label) is None
        seen = source.labels is not None or (known.labels is not None and named)
        return source, how.label is not None and seen
    if is_idx(path):
        return open_idx(path), False
    raise DataError(
        f"{path.name} is of a kind that isthmus does not know; expected {known_suffixes()}, "
        "an IDX file named like train-images-idx3-ubyte.gz, or a folder of images."
    )


def _cells(known: Format | None) -> bool:
    """Return whether a format of rows with labels by column holds several matrices."""
    return known is not None and ".h5ad" in known.suffixes


def _path(spec: object) -> Path | None:
    """Give the existing path that is meant; None for names of the catalogue and objects."""
    names = catalogue.names()
    if not isinstance(spec, str | PathLike) or spec in names:
        return None
    path = Path(spec).expanduser()
    if path.exists():
        return path
    present = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    raise DataError(
        f"There is no file, folder or data set of the catalogue called {spec}"
        f"{nearest(path.name, [*names, *present])}"
    )


def _open_object(spec: Any) -> Source:
    if isinstance(spec, Source):
        return spec
    if isinstance(spec, str):
        return catalogue.load(spec)
    images = isinstance(spec, list | tuple) and len(spec) > 0 and np.ndim(spec[0]) > 0
    if isinstance(spec, np.ndarray) or is_foreign(spec) or issparse(spec) or images:
        return from_array(spec, "the array")
    if hasattr(spec, "__array__"):
        return from_array(np.asarray(spec), "the array")
    raise DataError(
        f"A {type(spec).__name__} is no source; expected an array, a data frame, a path or a name "
        "of the catalogue, so convert it with numpy.asarray."
    )


def _open_folder(path: Path, how: Reading) -> tuple[Source, bool]:
    training = training_file(path)
    if training is not None:
        return open_idx(training, path.name), False
    if parquet_files(path):
        return open_parquet(path, how), how.label is not None
    return open_image_folder(path, how), False


def _read_labels(path: Path) -> np.ndarray:
    return read_idx(path) if is_idx(path) else read_npy(path)


def _as_images(source: Source, image_shape: Sequence[int]) -> Source:
    """Say that the examples of a source, and of its test split, are images of this shape."""
    shape = check_image_shape(image_shape, source.examples, source.name)
    test = source.test and _as_images(source.test, shape)
    return replace(source, image_shape=shape, test=test)
