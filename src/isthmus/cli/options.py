"""The options that several verbs share, each declared once, and the records that join them."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated

import typer

from isthmus.cli import parsing
from isthmus.cli.declaring import Setting, option

_data = partial(option, panel="The data")
_output = partial(option, panel="The output")


def complete_source(incomplete: str) -> list[str]:
    """Return the data sets of the catalogue that begin like ``incomplete``."""
    from isthmus.data import catalogue

    return [name for name in catalogue.names() if name.startswith(incomplete)]


SourceArgument = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE",
        help="A file (.npy, .npz, .csv, .parquet, IDX), a folder of images, or a data set's name.",
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
    str | None, _data("--array", metavar="NAME", help="Which array of an .npz file to read.")
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
class Examples:
    """Where examples are, and how they are read."""

    source: SourceArgument
    label: LabelOption = None
    array: ArrayOption = None
    image_shape: ImageShapeOption = None


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
