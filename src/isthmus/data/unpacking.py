"""Parquet too large for memory, written out once as an array file whose rows can be reached."""

import hashlib
import io
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from isthmus.atomic import new_file
from isthmus.data.array_file import ArrayFile
from isthmus.data.checks import reason
from isthmus.data.reading import Progress, Reading
from isthmus.data.source import Source
from isthmus.data.tables import find_column, from_table, is_numeric, stored_type
from isthmus.errors import DataError

if TYPE_CHECKING:
    import pyarrow
    from pyarrow.parquet import FileMetaData, ParquetFile

LARGE = 2**28
"""Bytes of numbers up to which a table is read into memory, which takes about four times that."""

ENTRY = 32
"""Bytes that an entry of a table of several kinds takes, with its copies."""

BATCH = 2**25
"""Bytes that are unpacked at a time."""


@contextmanager
def opened(file: Path) -> Iterator["ParquetFile"]:
    """Lend an open Parquet file; what goes wrong with it is raised as a `DataError`."""
    import pyarrow
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(file) as lent:
            yield lent
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise DataError(
            f"{file.name} cannot be read as Parquet ({reason(error)}); it is damaged or of "
            "another kind, so fetch or write it again."
        ) from None


def is_large(files: Sequence[Path]) -> bool:
    """Tell whether the numbers of these files are too many to be read into memory."""
    return 4 * _entries(files) > LARGE


def fits_as_table(files: Sequence[Path], schema: "pyarrow.Schema", how: Reading) -> bool:
    """Tell whether these files hold what only a table in memory can be, and memory has room."""
    several = _obstacle("the table", schema, how) is not None
    return several and ENTRY * _entries(files) < _memory() / 2


def _entries(files: Sequence[Path]) -> int:
    values = 0
    for file in files:
        with opened(file) as parquet:
            values += parquet.metadata.num_rows * parquet.metadata.num_columns
    return values


def _memory() -> int:
    """Return how many bytes of memory there are; a moderate number where that cannot be known."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 2**33


def unpacked(name: str, files: Sequence[Path], how: Reading) -> Source:
    """Return the table of these files as a source whose examples are an array file.

    The array is kept in the user's cache under a digest of the files' paths, sizes and times, and
    found there the next time. It may be deleted whenever it is not in use.

    Parameters
    ----------
    name
        What to call the table.
    files
        With the same columns; their rows follow each other.
    how
        Where the labels are, which columns are left out, and what reports the rows as they are
        unpacked.

    Raises
    ------
    DataError
        If a column is not numeric, or the disk has no room.
    """
    with opened(files[0]) as first:
        schema = first.schema_arrow
    names = schema.names
    obstacle = _obstacle(name, schema, how)
    if obstacle is not None:
        raise DataError(obstacle)
    left_out = None if how.label is None else find_column(how.label, names, name)
    kept = [i for i in range(len(names)) if i != left_out]
    shape = (_count(files), len(kept))
    dtype = _common_type(files, kept)
    path = _place(files, left_out)
    array = ArrayFile(path, shape, dtype, len(_header(shape, dtype)))
    if not path.exists():
        _write(array, name, files, left_out, how.progress)
    labels = None if left_out is None else _labels(name, files, left_out)
    return Source(name, array, labels, feature_names=tuple(names[i] for i in kept))


def _obstacle(name: str, schema: "pyarrow.Schema", how: Reading) -> str | None:
    """Say what only a table in memory can be: text, dates, columns left out, kinds given."""
    if how.drop or how.columns or how.kinds:
        return (
            f"{name} is too large for memory, so its columns cannot be chosen here; write those "
            "that are wanted to a file of their own."
        )
    label = None if how.label is None else find_column(how.label, schema.names, name)
    for i, field in enumerate(schema):
        if i != label and not is_numeric(field.type):
            return (
                f'Column "{field.name}" of {name} holds {field.type}, and a table too large for '
                "memory must be made of numbers; encode it, or write fewer rows."
            )
    return None


def _count(files: Sequence[Path]) -> int:
    total = 0
    for file in files:
        with opened(file) as parquet:
            total += parquet.metadata.num_rows
    return total


def _common_type(files: Sequence[Path], kept: Sequence[int]) -> np.dtype:
    """Return the narrowest type that holds these columns of all the files."""
    kinds = set()
    for file in files:
        with opened(file) as parquet:
            schema, metadata = parquet.schema_arrow, parquet.metadata
            kinds.update(stored_type(schema.types[i], _has_nulls(metadata, i)) for i in kept)
    return np.result_type(*kinds)


def _has_nulls(metadata: "FileMetaData", column: int) -> bool:
    """Tell whether a column may have missing entries: unless every part of it counts none."""
    if column >= metadata.num_columns:
        return True
    for group in range(metadata.num_row_groups):
        statistics = metadata.row_group(group).column(column).statistics
        if statistics is None or not statistics.has_null_count or statistics.null_count:
            return True
    return False


def _place(files: Sequence[Path], left_out: int | None) -> Path:
    """Return where the array of these files, as they are now, is kept."""
    import pooch

    seen = [(str(f.resolve()), f.stat().st_size, f.stat().st_mtime_ns) for f in files]
    made = hashlib.blake2b(repr((seen, left_out)).encode(), digest_size=8).hexdigest()
    return Path(pooch.os_cache("isthmus")) / "tables" / f"{files[0].stem}-{made}.npy"


def _write(
    array: ArrayFile,
    name: str,
    files: Sequence[Path],
    left_out: int | None,
    progress: Progress | None,
) -> None:
    """Write the array batch by batch, whole or not at all."""
    n, columns = array.shape
    size = n * columns * array.dtype.itemsize
    array.path.parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(array.path.parent).free
    if size > free:
        raise DataError(
            f"{name} takes {size / 1e9:.1f} GB unpacked, and {array.path.parent} has "
            f"{free / 1e9:.1f} GB left; make room, or set XDG_CACHE_HOME to a folder on a larger "
            "disk."
        )
    rows = max(1, BATCH // (columns * array.dtype.itemsize))
    done = 0
    with new_file(array.path) as partial, partial.open("wb") as out:
        out.write(_header(array.shape, array.dtype))
        for file in files:
            for part in _batches(name, file, rows, left_out):
                part.astype(array.dtype, copy=False).tofile(out)
                done += len(part)
                if progress is not None:
                    progress(f"unpacking {name}", done, n)


def _batches(name: str, file: Path, rows: int, left_out: int | None) -> Iterator[np.ndarray]:
    import pyarrow

    with opened(file) as parquet:
        for group in range(parquet.num_row_groups):  # all at once are read ahead of their use
            for batch in parquet.iter_batches(rows, row_groups=[group], use_threads=False):
                table = pyarrow.Table.from_batches([batch])
                if left_out is not None:
                    table = table.remove_column(left_out)
                yield np.asarray(from_table(table, name).examples)
            pyarrow.default_memory_pool().release_unused()


def _labels(name: str, files: Sequence[Path], column: int) -> np.ndarray:
    import pyarrow

    tables = []
    for file in files:
        with opened(file) as parquet:
            title = parquet.schema_arrow.names[column]
            same = [i for i, other in enumerate(parquet.schema_arrow.names) if other == title]
            taken = parquet.read(columns=[title]).column(same.index(column))
            # With a column of numbers, since a table needs a column besides the labels.
            zeros = pyarrow.array(np.zeros(len(taken), np.uint8))
            tables.append(pyarrow.table([taken, zeros], ["label", "zeros"]))
    joined = pyarrow.concat_tables(tables, promote_options="permissive")
    labels = from_table(joined, name, Reading(label=0)).labels
    assert labels is not None
    return labels


def _header(shape: tuple[int, ...], dtype: np.dtype) -> bytes:
    """Return how an .npy file of these numbers begins."""
    described = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False}
    begun = io.BytesIO()
    np.lib.format.write_array_header_1_0(begun, described | {"shape": shape})
    return begun.getvalue()
