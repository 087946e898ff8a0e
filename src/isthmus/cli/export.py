"""The verbs that let a model leave: export and push."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from isthmus.cli import consoles, models, options
from isthmus.cli.declaring import option, takes
from isthmus.errors import IsthmusError, SettingError
from isthmus.plainjson import JsonObject

if TYPE_CHECKING:
    from isthmus.data.parts import Part
    from isthmus.estimators.conditional import AnyAutoencoder
    from isthmus.export import exporting


@dataclass(frozen=True, kw_only=True)
class Export(options.Model):
    """What is exported, and where to."""

    out: Annotated[str, option("--out", "-o", metavar="FILE", help="Where to write.")]
    to: Annotated[
        str | None,
        option(
            "--to",
            metavar="FORMAT",
            help="onnx, numpy (one .py file that needs NumPy alone), js, or c (C99).",
            default="by the end of --out: .onnx, .py, .js or .c",
        ),
    ] = None
    part: Annotated[
        str,
        option(
            "--part",
            metavar="PART",
            help="encoder, decoder, reconstruct, score (nats), or predict (of a head).",
            default="reconstruct",
        ),
    ] = "reconstruct"
    check_on: Annotated[
        str | None,
        option(
            "--check-on",
            metavar="SOURCE",
            help="Examples to check the export on.",
            default="the run's test set; examples that the model generates where there is none",
        ),
    ] = None
    label: options.LabelOption = None
    array: options.ArrayOption = None
    image_shape: options.ImageShapeOption = None
    unchecked: Annotated[
        bool,
        option("--unchecked", help="Write it too where the tool to check it is not installed."),
    ] = False
    card: Annotated[
        bool, option("--card", help="Also write README.md, a model card, next to --out.")
    ] = False
    force: options.ForceOption = False
    json: options.JsonOption = False


@takes(Export)
def export(given: Export) -> None:
    """Write a part of a model for programs without isthmus, checked against the model first."""
    from pathlib import Path

    path = Path(given.out)
    card = path.parent / "README.md" if given.card else None
    for file in (path, card):
        if file is not None and file.exists() and not given.force:
            raise SettingError(f"{str(file)!r} exists; give --force to replace it.")
    if not path.absolute().parent.is_dir():
        raise SettingError(
            f"--out {given.out!r} lies in {str(path.parent)!r}, which is no folder; make it first."
        )
    estimator = models.load(given.run)
    X, y = _examples(given, estimator)
    labels = None if X is None else estimator.labels_from(y)
    written = estimator.export(
        path, to=given.to, part=given.part, X=X, labels=labels, unchecked=given.unchecked
    )
    if card is not None:
        from isthmus.export.card import model_card

        card.write_text(model_card(estimator, given.run, [written]), encoding="utf-8")
    if given.json:
        consoles.print_json(_facts(written))
    else:
        consoles.say(consoles.out(), written.describe())


@dataclass(frozen=True, kw_only=True)
class Push(options.Model):
    """What is sent, and where to."""

    repository: Annotated[
        str, typer.Argument(metavar="OWNER/NAME", help="Repository of the hub.", show_default=False)
    ]
    public: Annotated[
        bool, option("--public", help="Make a repository that does not exist yet public.")
    ] = False


@takes(Push)
def push(given: Push) -> None:
    """Send a model file and its card to a model hub (Hugging Face's, or one like it)."""
    from isthmus.export.hub import push as send

    estimator = models.load(given.run)
    sent = send(estimator, given.repository, run=given.run, private=not given.public)
    consoles.say(consoles.out(), f"sent: {sent}")


def _examples(given: Export, estimator: "AnyAutoencoder") -> "Part | tuple[None, None]":
    """Return examples to check on and their labels; None where there are none to be had."""
    from isthmus.cli import evaluation

    if given.check_on is not None:
        origin = models.Origin(given.check_on, given.label, given.array, given.image_shape)
        source = origin.open()
        return models.inputs(source, estimator)[0], source.labels
    facts = models.run_facts(given.run)
    if not facts:
        return None, None
    try:
        parts = evaluation.own_parts(facts, estimator)
    except IsthmusError as error:
        consoles.warn(f"checked on examples that the model generates, because {error}")
        return None, None
    return parts.get("test") or next(iter(parts.values()))


def _facts(written: "exporting.Export") -> JsonObject:
    proof = written.proof
    ports = {"inputs": written.program.inputs, "outputs": written.program.outputs}
    return {
        "path": str(written.path),
        "to": written.to,
        "part": written.part,
        **{name: {port.name: list(port.shape) for port in value} for name, value in ports.items()},
        "rows": None if proof is None else proof.rows,
        "deviation": None if proof is None else proof.deviation,
        "undecided": None if proof is None else proof.undecided,
    }
