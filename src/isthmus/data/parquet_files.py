"""Parquet: one file, or a folder of files with the same columns."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from isthmus.data import unpacking
from isthmus.data.checks import reason
from isthmus.data.reading import Reading
from isthmus.data.source import Source
from isthmus.data.tables import from_table
from isthmus.errors import DataError

if TYPE_CHECKING:
    import pyarrow

SUFFIXES = (".parquet", ".pq")


def open_parquet(path: Path, how: Reading | None = None) -> Source:
    """Read a Parquet file, or all those of a folder in the order of their names.

    Rows of Parquet cannot be reached one by one, and every epoch reads them in another order. So a
    table of many numbers is unpacked, once, into an array file in the user's cache. One with text
    or dates, or of which columns are chosen, is read into memory where that has room.

    Parameters
    ----------
    path : Path
        The file or folder.
    how : Reading, optional
        Where the labels are, and what reports the unpacking: what is being done, how many rows
        are unpacked, and how many there are.
    """
    how = Reading() if how is None else how
    files = [path] if path.is_file() else parquet_files(path)
    schemas = [_schema(file) for file in files]
    for file, schema in zip(files, schemas, strict=True):
        if schema.names != schemas[0].names:
            raise DataError(
                f"{file.name} and {files[0].name} in {path.name} have different columns; expected "
                "the same ones in the same order."
            )
    if unpacking.is_large(files) and not unpacking.fits_as_table(files, schemas[0], how):
        return unpacking.unpacked(path.name, files, how)
    return _joined(path, [_read(file) for file in files], how)


def _joined(path: Path, tables: Sequence["pyarrow.Table"], how: Reading) -> Source:
    import pyarrow

    try:
        joined = pyarrow.concat_tables(tables, promote_options="permissive")
    except pyarrow.ArrowException as error:
        raise DataError(
            f"The files of {path.name} have columns of types that do not fit together "
            f"({reason(error)}); write them with the same types."
        ) from None
    return from_table(joined, path.name, how)


def parquet_files(folder: Path) -> list[Path]:
    """List the Parquet files right inside a folder, by name."""
    return sorted(file for file in folder.iterdir() if file.suffix in SUFFIXES)


def _read(file: Path) -> "pyarrow.Table":
    with unpacking.opened(file) as parquet:
        return parquet.read()


def _schema(file: Path) -> "pyarrow.Schema":
    with unpacking.opened(file) as parquet:
        return parquet.schema_arrow
