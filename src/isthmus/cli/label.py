"""`isthmus label`: which examples to label next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, cast

from isthmus.cli import consoles, evaluation, models, options
from isthmus.cli.declaring import option, takes
from isthmus.cli.output import Target, target_ending, write, write_blocks
from isthmus.errors import DataError, SettingError
from isthmus.plainjson import JsonObject

if TYPE_CHECKING:
    import numpy as np
    from pyarrow import Table

    from isthmus.annotations import Examples
    from isthmus.estimators.classifier import AutoencoderClassifier


@dataclass(frozen=True, kw_only=True)
class Label(options.Output, options.Reading, options.Model):
    """Examples that are asked about, and where from."""

    source: Annotated[
        str | None,
        option(
            "--source",
            metavar="SOURCE",
            help="Where the examples are that may be labelled; those of its --label column that"
            " have a label already are left out.",
            default="the unlabelled training examples of the run",
        ),
    ] = None
    label: options.LabelOption = None
    array: options.ArrayOption = None
    image_shape: options.ImageShapeOption = None
    ask: Annotated[
        int, option("--ask", metavar="N", min=1, help="How many examples.", default="20")
    ] = 20
    id: Annotated[
        str | None,
        option(
            "--id",
            metavar="COLUMN",
            help="Column that names the examples, written next to the row.",
        ),
    ] = None
    pictures: Annotated[
        str | None,
        option("--pictures", metavar="FILE.png", help="Write the images as one contact sheet."),
    ] = None
    seed: options.SeedOption = 0
    quiet: options.QuietOption = False


@takes(Label)
def label(given: Label) -> None:
    """List which examples a person should label next: unsure ones, that differ from each other.

    The rule is BADGE (Ash et al., ICLR 2020): examples whose label would change the classifier
    most, drawn so that near duplicates are not drawn twice.
    """
    import numpy as np

    loaded = models.load(given.run)
    if loaded.target_kind != "classes":
        raise SettingError("this model has no classifier to ask for; fit one with --classifier.")
    estimator = cast("AutoencoderClassifier", loaded)
    target = sheet = None
    if given.out is not None:
        target = target_ending(given.out, ".csv", force=given.force)
    if given.pictures is not None:
        sheet = target_ending(given.pictures, ".png", force=given.force, option="--pictures")
    if sheet is not None and estimator.image_shape_ is None:
        raise SettingError("--pictures is for images, and this model's examples are columns.")
    examples, free, rows, names = _pool(given, estimator)
    if given.ask > len(free):
        raise SettingError(
            f"--ask {given.ask} is more than the {len(free)} unlabelled examples; ask for fewer."
        )
    pool = examples if len(free) == len(examples) else _some(examples, free)
    chosen = estimator.ask(pool, given.ask, given.seed)
    asked = _some(pool, chosen)
    probabilities = estimator.predict_proba(asked)
    records = [
        {
            "row": int(rows[free[place]]),
            **({} if names is None else {str(given.id): names[rows[free[place]]]}),
            "prediction": np.asarray(estimator.classes_[sure.argmax()]).item(),
            "confidence": float(sure.max()),
        }
        for place, sure in zip(chosen, probabilities, strict=True)
    ]
    if target is not None:
        _write(target, records)
    if sheet is not None:
        shape = estimator.image_shape_
        write(sheet, np.asarray(asked), names=(), image_shape=shape, columns=10)
    _tell(given, records, target, sheet)


def _pool(
    given: Label, estimator: "AutoencoderClassifier"
) -> tuple["Examples | Table", "np.ndarray", "np.ndarray", list[object] | None]:
    """Return examples, those without a label, all their rows in the source, and names if any."""
    import numpy as np

    from isthmus.unlabelled import known_labels

    if given.source is None:
        facts = models.run_facts(given.run)
        if not facts:
            raise SettingError(
                f"{given.run} does not say where its examples are; name them by --source."
            )
        examples, labels = evaluation.own_parts(facts, estimator)["train"]
        where, rows = evaluation.own_rows(facts)
    else:
        reading = {name: getattr(given, name) for name in vars(options.Reading())}
        place = {name: getattr(given, name) for name in ("label", "array", "image_shape")}
        where = models.origin(options.Examples(source=given.source, **place, **reading))
        source = where.open(quiet=given.quiet)
        examples, labels = models.matching_examples(source, estimator), source.labels
        rows = np.arange(len(examples))
    names = None
    if given.id is not None:
        table = models.kept_columns(where, [given.id], "--id")
        names = table.column(0).to_pylist()
    free = np.arange(len(examples))
    if labels is not None:
        free = np.flatnonzero(~known_labels(labels, estimator.classes_))
    if not len(free):
        raise DataError("Every example has a label, so there is none to ask about; give --source.")
    return examples, free, rows, names


def _some(examples: "Examples | np.ndarray | Table", rows: "np.ndarray") -> "np.ndarray | Table":
    """Return some of the examples, of a table or of an array."""
    import pyarrow

    from isthmus.data.source import Rows

    if isinstance(examples, pyarrow.Table):
        return cast("Table", examples).take(rows)
    return Rows(examples, rows)[:]


def _write(target: Target, records: list[JsonObject]) -> None:
    import pyarrow as pa

    write_blocks(target, [pa.Table.from_pylist(records)], len(records), names=())


def _tell(
    given: Label,
    records: Sequence[JsonObject],
    target: Target | None,
    sheet: Target | None,
) -> None:
    from rich.table import Table

    written = {"out": target, "pictures": sheet}
    paths = {name: str(one.path) for name, one in written.items() if one is not None}
    if given.json:
        consoles.print_json({"ask": list(records), **paths})
        return
    console = consoles.out()
    table = Table(*records[0])
    for record in records:
        cells = [f"{one:.3f}" if isinstance(one, float) else str(one) for one in record.values()]
        table.add_row(*cells)
    console.print(table)
    for path in paths.values():
        consoles.say(console, f"wrote {path}")
