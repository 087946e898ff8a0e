"""Writing results where ``--out`` says, in the form that its suffix names."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from isthmus.atomic import new_file, new_folder
from isthmus.cli.text_style import TextStyle, style_of
from isthmus.errors import SettingError

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image
    from pyarrow import Table

    from isthmus.cli.models import Origin
    from isthmus.estimators.conditional import AnyAutoencoder

Write = Callable[["np.ndarray | Table"], object]
"""Writes a block of values."""

_FORMS = {
    ".npy": "npy", ".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".png": "sheet",
    "": "folder",
}  # fmt: skip
TABULAR = ("npy", "csv", "parquet")
"""Forms that are written block by block."""

_TILE = 64  # pixels: small images are enlarged to about this on a contact sheet


@dataclass(frozen=True)
class Target:
    """A place to write to, checked before any work is done."""

    path: Path
    form: str
    style: TextStyle = field(default_factory=TextStyle)


def open_target(out: str, *, force: bool, images: bool, option: str = "--out") -> Target:
    """Check that ``out`` can be written in the form of its suffix.

    Parameters
    ----------
    out
        A file ending in ``.npy``, ``.csv``, ``.tsv``, ``.parquet`` or ``.png`` (one contact
        sheet), or a folder for one PNG per example (no suffix, or a slash at the end).
    force
        Replace what exists.
    images
        Whether the values to come are images.
    option
        Where ``out`` was given, for the sentence of a mistake.

    Raises
    ------
    SettingError
        If the suffix is unknown, the place is taken, or images are asked for and there are none.

    Examples
    --------
    >>> open_target("nowhere/z.csv", force=False, images=False)
    Traceback (most recent call last):
    isthmus.errors.SettingError: --out 'nowhere/z.csv' lies in 'nowhere', which is no folder; ...
    """
    path = Path(out)
    form = "folder" if out.endswith(("/", "\\")) else _FORMS.get(path.suffix.lower())
    if form is None:
        raise SettingError(
            f"{option} {out!r} ends in {path.suffix!r}; it should end in .npy, .csv, .tsv, .parquet"
            " or .png, or name a folder for one PNG per example."
        )
    if form in ("sheet", "folder") and not images:
        raise SettingError(
            f"{option} {out!r} asks for pictures, and these values are not images;"
            " end it in .npy, .csv or .parquet."
        )
    if not path.absolute().parent.is_dir():
        raise SettingError(
            f"{option} {out!r} lies in {str(path.parent)!r}, which is no folder; make it first."
        )
    if path.exists():
        _check_replaceable(path, f"{option} {out!r}", form, force)
    tabs = path.suffix.lower() == ".tsv"
    return Target(path, form, TextStyle(delimiter="\t") if tabs else TextStyle())


def target_ending(out: str, ending: str, *, force: bool, option: str = "--out") -> Target:
    """Check that ``out`` can be written, and has the ending of the only form there is."""
    target = open_target(out, force=force, images=ending == ".png", option=option)
    if target.path.suffix.lower() != ending:
        raise SettingError(f"{option} {out!r} must end in {ending}.")
    return target


def maybe_target(out: str | None, *, force: bool, images: bool) -> Target | None:
    """Check ``--out`` where it was given."""
    return None if out is None else open_target(out, force=force, images=images)


def decoded_target(
    out: str | None, estimator: "AnyAutoencoder", *, force: bool, like: "Origin | None"
) -> Target | None:
    """Check ``--out`` for examples that a model decodes; a .csv file is written as ``like`` is."""
    if out is not None and out.lower().endswith(".npy") and has_schema(estimator):
        raise SettingError(
            f"--out {out!r} is for an array, and this model decodes rows of a table; end it in .csv"
            " or .parquet."
        )
    target = maybe_target(out, force=force, images=estimator.image_shape_ is not None)
    if target is None or like is None or target.path.suffix.lower() != ".csv":
        return target
    return replace(target, style=style_of(like.source, like.reading) or target.style)


def has_schema(estimator: "AnyAutoencoder") -> bool:
    """Tell whether a fitted model takes and gives rows of a table of several kinds of columns."""
    return getattr(estimator, "schema_", None) is not None


def _check_replaceable(path: Path, given: str, form: str, force: bool) -> None:
    if not force:
        raise SettingError(f"{given} exists; give --force to replace it, or another name.")
    if path.is_dir() != (form == "folder"):
        found = "a folder" if path.is_dir() else "a file"
        raise SettingError(
            f"{given} is {found} and would become something else; choose another name."
        )
    if path.is_dir() and any(p.suffix.lower() != ".png" for p in path.iterdir()):
        raise SettingError(
            f"{given} is a folder that holds more than PNG files; choose another name."
        )


def write(
    target: Target,
    values: "np.ndarray",
    *,
    names: Sequence[str],
    image_shape: tuple[int, int, int] | None = None,
    columns: int | None = None,
) -> None:
    """Write ``values`` (n, ...) to the target, all or none.

    Parameters
    ----------
    names
        Column names of the flattened values, for CSV and Parquet.
    image_shape
        (H, W, C), for pictures.
    columns
        Pictures in a row of a contact sheet; about a square when None.
    """
    if target.form == "folder":
        _write_folder(target.path, values, image_shape)
        return
    if target.form in TABULAR:
        write_blocks(target, [values], len(values), names=names)
        return
    with new_file(target.path) as partial:
        _write_sheet(partial, values, image_shape, columns)


def write_blocks(
    target: Target, blocks: "Iterable[np.ndarray | Table]", n: int, *, names: Sequence[str]
) -> tuple[int, ...]:
    """Write n values that come block by block to a file, all or none; return their shape.

    Parameters
    ----------
    target
        An .npy, CSV or Parquet file.
    blocks
        Arrays (b, ...), or tables of b rows; n examples in all.
    names
        Column names of the flattened values, for CSV and Parquet.
    """
    shape: tuple[int, ...] = (n,)
    with new_file(target.path) as partial, ExitStack() as stack:
        write: Write | None = None
        for block in blocks:
            if write is None:
                shape = (n, *block.shape[1:])
                if target.form == "npy":
                    write = _begin_npy(stack, partial, block, shape)
                else:
                    write = _begin_table(stack, partial, block, names, target)
            write(block)
    return shape


def _begin_npy(stack: ExitStack, path: Path, block: "np.ndarray", shape: tuple[int, ...]) -> Write:
    """Begin an .npy file of a shape, for blocks such as this one; return what writes them."""
    import numpy as np

    file = stack.enter_context(path.open("xb"))
    described = {"descr": block.dtype.str, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, described)
    return lambda block: file.write(np.ascontiguousarray(block).data)


def _begin_table(
    stack: ExitStack, path: Path, block: "np.ndarray | Table", names: Sequence[str], target: Target
) -> Write:
    """Begin a CSV or Parquet file for blocks such as this one; return what writes them."""
    from pyarrow import csv, parquet

    if target.form == "parquet":
        writer = stack.enter_context(parquet.ParquetWriter(path, table_of(block[:1], names).schema))
        return lambda block: writer.write_table(table_of(block, names))
    style = target.style
    first = style.restyled(_plain_table(block[:1], names))
    delimited = csv.WriteOptions(delimiter=style.delimiter)
    writer = stack.enter_context(csv.CSVWriter(path, first.schema, write_options=delimited))
    return lambda block: writer.write_table(style.restyled(_plain_table(block, names)))


def _plain_table(values: "np.ndarray | Table", names: Sequence[str]) -> "Table":
    """Return a table of what CSV can hold: categories as their entries, durations as numbers.

    Text that a spreadsheet would run as a formula is marked as text.
    """
    import pyarrow as pa

    from isthmus.data.spreadsheets import guarded

    table = table_of(values, names)
    columns = []
    for column in table.columns:
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        elif pa.types.is_duration(column.type):
            column = column.cast(pa.int64())
        elif pa.types.is_null(column.type) or pa.types.is_nested(column.type):
            column = pa.chunked_array([pa.nulls(len(column), pa.string())])
        columns.append(column)
    return guarded(pa.table(columns, names=table.column_names))


def table_of(values: "np.ndarray | Table", names: Sequence[str]) -> "Table":
    """Return values (n, ...) as a table of named columns; a table as it is."""
    import pyarrow as pa

    if isinstance(values, pa.Table):
        return values
    flat = values.reshape(len(values), -1)
    return pa.Table.from_arrays([pa.array(column) for column in flat.T], names=list(names))


def _pixels(values: "np.ndarray", image_shape: tuple[int, int, int] | None) -> "np.ndarray":
    """Return ``values`` as 8-bit pixels (n, H, W, C)."""
    import numpy as np

    shape = image_shape or values.shape[1:]
    if shape[-1] not in (1, 3, 4):
        raise SettingError(
            f"pictures of {shape[-1]} channels cannot be PNG files, which have 1, 3 or 4;"
            " write .npy instead."
        )
    images = values.reshape(len(values), *shape)
    if images.dtype == np.uint8:
        return images
    low, high = float(images.min()), float(images.max())
    if low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    elif 1 < high <= 256 and low > -1:
        low, high = 0.0, 255.0 if high > 128 else high
    grey = (images.astype(np.float64) - low) / ((high - low) or 1.0)
    return np.round(np.clip(grey, 0, 1) * 255).astype(np.uint8)


def _picture(pixels: "np.ndarray") -> "Image":
    from PIL import Image

    return Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)


def _write_folder(
    path: Path, values: "np.ndarray", image_shape: tuple[int, int, int] | None
) -> None:
    pixels = _pixels(values, image_shape)
    digits = max(5, len(str(len(pixels))))
    with new_folder(path) as partial:
        for i, image in enumerate(pixels):
            _picture(image).save(partial / f"{i:0{digits}d}.png")


def _write_sheet(
    path: Path,
    values: "np.ndarray",
    image_shape: tuple[int, int, int] | None,
    columns: int | None,
) -> None:
    import numpy as np

    pixels = _pixels(values, image_shape)
    n, height, width, channels = pixels.shape
    enlarge = max(1, _TILE // max(height, width))
    pixels = pixels.repeat(enlarge, axis=1).repeat(enlarge, axis=2)
    columns = columns or int(np.ceil(np.sqrt(n)))
    rows = -(-n // columns)
    gap = 2
    tile_h, tile_w = pixels.shape[1] + gap, pixels.shape[2] + gap
    sheet = np.full((rows * tile_h + gap, columns * tile_w + gap, channels), 255, np.uint8)
    for i, image in enumerate(pixels):
        top, left = gap + i // columns * tile_h, gap + i % columns * tile_w
        sheet[top : top + image.shape[0], left : left + image.shape[1]] = image
    _picture(sheet).save(path, format="PNG")
