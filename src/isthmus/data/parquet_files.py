"""Parquet: one file, or a folder of files with the same columns."""

from pathlib import Path
from typing import TYPE_CHECKING

from isthmus.data.checks import reason
from isthmus.data.labels import Label
from isthmus.data.source import Source
from isthmus.data.tables import from_table
from isthmus.errors import DataError

if TYPE_CHECKING:
    import pyarrow

SUFFIXES = (".parquet", ".pq")


def open_parquet(path: Path, *, label: Label | None = None) -> Source:
    """Read a Parquet file, or all those of a folder in the order of their names."""
    import pyarrow

    if path.is_file():
        return from_table(_read(path), path.name, label=label)
    files = parquet_files(path)
    tables = [_read(file) for file in files]
    for file, table in zip(files, tables, strict=True):
        if table.column_names != tables[0].column_names:
            raise DataError(
                f"{file.name} and {files[0].name} in {path.name} have different columns; expected "
                "the same ones in the same order."
            )
    try:
        joined = pyarrow.concat_tables(tables, promote_options="permissive")
    except pyarrow.ArrowException as error:
        raise DataError(
            f"The files of {path.name} have columns of types that do not fit together "
            f"({reason(error)}); write them with the same types."
        ) from None
    return from_table(joined, path.name, label=label)


def parquet_files(folder: Path) -> list[Path]:
    """List the Parquet files right inside a folder, by name."""
    return sorted(file for file in folder.iterdir() if file.suffix in SUFFIXES)


def _read(file: Path) -> "pyarrow.Table":
    import pyarrow
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(file) as opened:
            return opened.read()
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise DataError(
            f"{file.name} cannot be read as Parquet ({reason(error)}); it is damaged or of "
            "another kind, so fetch or write it again."
        ) from None
