"""The formats of files, one row each: to add one, write its reader and add its row."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Literal

from isthmus.data.reading import Reading
from isthmus.data.source import Source
from isthmus.errors import DataError

COMPRESSED = (".gz", ".bz2", ".xz", ".zip")
"""What may follow the suffix of a text format."""


@dataclass(frozen=True)
class Format:
    """A format of files.

    Parameters
    ----------
    what
        What people call it.
    suffixes
        How its files' names end.
    reader
        Its reader, "module:function" within `isthmus.data`: from a path and a `Reading` to a
        `Source`.
    library
        What reads it.
    labels
        What a label names in it: a column, or an array. None if it is a file of its own.
    text
        Whether it is text, which may be compressed.
    extra
        The optional dependencies that it needs, as in ``pip install "isthmus[files]"``.
    """

    what: str
    suffixes: tuple[str, ...]
    reader: str
    library: str
    labels: Literal["column", "array"] | None = "column"
    text: bool = False
    extra: str | None = None

    def open(self, path: Path, how: Reading) -> Source:
        """Read a file.

        Raises
        ------
        DataError
            If it cannot be read, or its optional library is not there.
        """
        module, function = self.reader.split(":")
        try:
            read: Callable[[Path, Reading], Source] = getattr(
                import_module(f"isthmus.data.{module}"), function
            )
            return read(path, how)
        except ModuleNotFoundError as error:
            if self.extra is None:
                raise
            raise DataError(
                f"{path.name} is {self.what}, which needs {error.name}: install it by "
                f'pip install "isthmus[{self.extra}]".'
            ) from None


FORMATS = (
    Format(
        "a text table", (".csv", ".tsv", ".txt", ".dat", ".data", ".tab"),
        "csv_files:open_csv", "pyarrow", text=True,
    ),
    Format("Parquet", (".parquet", ".pq"), "parquet_files:open_parquet", "pyarrow"),
    Format("Arrow", (".feather", ".arrow", ".ipc"), "arrow_files:open_arrow", "pyarrow"),
    Format(
        "JSON lines", (".jsonl", ".ndjson", ".json"), "json_files:open_json", "pyarrow", text=True
    ),
    Format("a workbook", (".xlsx", ".xlsm"), "workbooks:open_workbook", "openpyxl", extra="files"),
    Format("ARFF", (".arff",), "arff_files:open_arff", "SciPy", text=True),
    Format("a time series file", (".ts",), "time_series:open_ts", "isthmus", text=True),
    Format("a NumPy array", (".npy",), "numpy_files:open_npy", "NumPy", labels=None),
    Format("a NumPy archive", (".npz",), "numpy_files:open_npz", "NumPy, SciPy", labels="array"),
    Format("MATLAB's", (".mat",), "matlab_files:open_mat", "SciPy", labels="array", extra="files"),
    Format(
        "HDF5", (".h5", ".hdf5", ".he5"), "hdf5_files:open_hdf5", "h5py", labels="array",
        extra="files",
    ),
    Format("zarr", (".zarr",), "zarr_files:open_zarr", "zarr", labels="array", extra="files"),
    Format("AnnData", (".h5ad",), "anndata_files:open_h5ad", "anndata", extra="single-cell"),
)  # fmt: skip
"""The formats of files that go by their suffix."""


def format_of(path: Path) -> Format | None:
    """Return the format that a file's name ends like, or None.

    >>> format_of(Path("a.csv.gz")).what, format_of(Path("a.docx"))
    ('a text table', None)
    """
    name = path.name.lower()
    bare = next((name.removesuffix(end) for end in COMPRESSED if name.endswith(end)), name)
    for one in FORMATS:
        if name.endswith(one.suffixes) or (one.text and bare.endswith(one.suffixes)):
            return one
    return FORMATS[0] if name.endswith(".zip") else None  # named after what is in it, or not


def known_suffixes() -> str:
    """Return the suffixes of all formats, to be put into a sentence."""
    return ", ".join(suffix for one in FORMATS for suffix in one.suffixes)


def optional(module: str) -> ModuleType:
    """Return a module that is an optional dependency, imported when it is needed."""
    return import_module(module)
