"""The options that several verbs share, each described once."""

from typing import Annotated

import typer


def complete_source(incomplete: str) -> list[str]:
    """Give the data sets of the catalogue that begin like ``incomplete``."""
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
OutOption = Annotated[
    str | None,
    typer.Option(
        "--out",
        "-o",
        help="Where to write: .npy, .csv, .parquet, .png (one contact sheet), or a folder of PNGs.",
    ),
]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace what --out names.")]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print JSON on stdout, everything else on stderr.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Where random numbers start.")]
LabelOption = Annotated[
    str | None,
    typer.Option(
        "--label",
        "--target",
        metavar="COLUMN",
        help="The source's column of labels, or of a quantity, by name or index.",
    ),
]
GivenOption = Annotated[
    str | None,
    typer.Option(
        "--given",
        metavar="LABEL",
        help="Of a model that is told labels: this one for every example.",
    ),
]
ArrayOption = Annotated[
    str | None, typer.Option("--array", metavar="NAME", help="Which array of an .npz file.")
]
ImageShapeOption = Annotated[
    str | None,
    typer.Option("--image-shape", metavar="HxWxC", help="The images' shape, where stored flat."),
]
