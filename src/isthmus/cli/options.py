"""The options that several verbs share, each declared once, and the records that join them."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated

import typer

from isthmus.cli import parsing
from isthmus.cli.declaring import Reads, Setting, option

_data = partial(option, panel="The data")
_output = partial(option, panel="The output")
_reading = partial(option, panel="How the data are read")


def complete_source(incomplete: str) -> list[str]:
    """Return the data sets of the catalogue that begin like ``incomplete``."""
    from isthmus.data import catalogue

    return [name for name in catalogue.names() if name.startswith(incomplete)]


SourceArgument = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE",
        help="A file (.csv, .xlsx, .parquet, .npy, .h5, IDX and more), a folder of images, or a"
        " data set's name.",
        autocompletion=complete_source,
        show_default=False,
    ),
]
RunArgument = Annotated[
    str,
    typer.Argument(metavar="RUN", help="A run folder, or a model file.", show_default=False),
]
LabelOption = Annotated[
    str | None,
    _data(
        "--label",
        "--target",
        metavar="COLUMN",
        help="Column of labels, or of a quantity to predict, by name or index; or a file of"
        " labels.",
    ),
]
ArrayOption = Annotated[
    str | None,
    _data(
        "--array",
        metavar="NAME",
        help="Which array of a file that holds several to read (.npz, .mat, .h5, .zarr).",
    ),
]
ImageShapeOption = Annotated[
    str | None,
    _data("--image-shape", metavar="HxWxC", help="Shape of images that are stored as flat rows."),
    Setting(read=parsing.image_shape),
]
GivenOption = Annotated[
    str | None,
    _data(
        "--given",
        metavar="LABEL",
        help="Label to condition on, the same for every example. Without it, a conditional model"
        " takes each example's own label.",
    ),
]
OutOption = Annotated[
    str | None,
    _output(
        "--out",
        "-o",
        metavar="PATH",
        help="Where to write: a .npy, .csv or .parquet file, a .png (one contact sheet), or a"
        " folder for one PNG per example.",
        default="print the first rows",
    ),
]
ForceOption = Annotated[bool, _output("--force", help="Replace what --out names.")]
JsonOption = Annotated[
    bool, _output("--json", help="Print JSON on stdout, and everything else on stderr.")
]
QuietOption = Annotated[bool, _output("--quiet", "-q", help="Show no progress.")]
SeedOption = Annotated[
    int, option("--seed", metavar="N", min=0, help="Seed of all random numbers.", default="0")
]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How a table of text, a workbook or a folder of images is read; found where not given."""

    delimiter: Annotated[
        str | None,
        _reading(
            "--delimiter",
            metavar="CHAR",
            help="What separates the values of a text table: a character, or comma, semicolon, tab,"
            " space or pipe.",
            default="found",
        ),
        Reads("delimiter"),
    ] = None
    decimal: Annotated[
        str | None,
        _reading("--decimal", metavar="CHAR", help="Decimal point or comma.", default="found"),
        Reads("decimal"),
    ] = None
    header: Annotated[
        str | None,
        _reading(
            "--header",
            metavar="yes|no",
            help="Whether the first row of a table names the columns.",
            default="found",
        ),
        Reads("header", parsing.yes_or_no),
    ] = None
    skip: Annotated[
        int | None,
        _reading("--skip", metavar="N", min=0, help="Lines before the table.", default="found"),
        Reads("skip"),
    ] = None
    missing: Annotated[
        str | None,
        _reading(
            "--missing",
            metavar="VALUE,...",
            help="Values that mean missing, as empty entries do, NA, nan, null and ?."
            " With an empty one, as in '', no others do, and NA is kept.",
        ),
        Reads("missing", parsing.marks),
    ] = None
    encoding: Annotated[
        str | None,
        _reading("--encoding", metavar="NAME", help="Encoding of a text table.", default="found"),
        Reads("encoding"),
    ] = None
    sheet: Annotated[
        str | None,
        _reading(
            "--sheet", metavar="NAME", help="Sheet of a workbook.", default="the first with a table"
        ),
        Reads("sheet"),
    ] = None
    resize: Annotated[
        str | None,
        _reading("--resize", metavar="HxW", help="Height and width to bring images to."),
        Reads("resize", parsing.height_and_width),
    ] = None
    mode: Annotated[
        str | None,
        _reading("--mode", metavar="L|RGB", help="Bring images to grey (L) or colour (RGB)."),
        Reads("mode"),
    ] = None
    drop: Annotated[
        str | None,
        _reading("--drop", metavar="COLUMN,...", help="Columns of a table to leave out."),
        Reads("drop", parsing.words),
    ] = None
    columns: Annotated[
        str | None,
        _reading(
            "--columns",
            metavar="COLUMN,...",
            help="The only columns of a table to use.",
            default="all",
        ),
        Reads("columns", parsing.words),
    ] = None
    kind: Annotated[
        list[str] | None,
        _reading(
            "--kind",
            metavar="COLUMN=KIND",
            help="What a column is: number, skewed, count, binary, category, ordered, date,"
            " identifier or text. May be given several times.",
            default="found, see `isthmus data info`",
        ),
        Reads("kinds", parsing.pairs),
    ] = None


@dataclass(frozen=True, kw_only=True)
class Where:
    """Where examples are."""

    source: SourceArgument
    label: LabelOption = None
    array: ArrayOption = None
    image_shape: ImageShapeOption = None


@dataclass(frozen=True, kw_only=True)
class Examples(Reading, Where):
    """Where examples are, and how they are read."""


@dataclass(frozen=True, kw_only=True)
class Output:
    """Where results go."""

    out: OutOption = None
    force: ForceOption = False
    json: JsonOption = False


@dataclass(frozen=True, kw_only=True)
class Model:
    """A fitted model."""

    run: RunArgument


@dataclass(frozen=True, kw_only=True)
class Predict(Output, Examples, Model):
    """Examples that are taken through a model."""

    quiet: QuietOption = False


@dataclass(frozen=True, kw_only=True)
class Apply(Predict):
    """Examples that are taken through a model, which may be conditioned on one label."""

    condition: GivenOption = None
