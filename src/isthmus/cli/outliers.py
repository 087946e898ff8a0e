"""`isthmus outliers`: find outliers in a source, and keep the detector; or score new data by it."""

import shlex
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from isthmus.cli import consoles, models, options
from isthmus.cli.declaring import option, takes
from isthmus.cli.output import target_ending
from isthmus.errors import DataError, SettingError
from isthmus.plainjson import Facts, JsonObject

if TYPE_CHECKING:
    import numpy as np
    import pyarrow
    from rich.console import Console

    from isthmus.annotations import Examples
    from isthmus.data import Source
    from isthmus.estimators.conditional import AnyAutoencoder
    from isthmus.outliers import OutlierDetector

DETECTOR = "detector"
"""The folder of the detector within a run's."""


@dataclass(frozen=True, kw_only=True)
class Outliers:
    """What `isthmus outliers` is given."""

    first: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE|RUN",
            help="The source to fit to; or, with NEW, the run of an earlier fit.",
            show_default=False,
        ),
    ]
    new: Annotated[
        str | None,
        typer.Argument(metavar="[NEW]", help="New data to score by RUN.", show_default=False),
    ] = None
    out: Annotated[
        str | None,
        option(
            "--out",
            "-o",
            metavar="PATH",
            help="Run folder of a fit; with NEW a .csv file for the outliers.",
        ),
    ] = None
    top: Annotated[
        int, option("--top", metavar="N", min=1, help="How many to list, at most.", default="20")
    ] = 20
    fdr: Annotated[
        float | None,
        option(
            "--fdr",
            metavar="RATE",
            help="List outliers only, on average at most this share of them wrongly.",
            default="list the most unusual",
        ),
    ] = None
    model: Annotated[
        str | None,
        option(
            "--model",
            metavar="RUN",
            help="A fitted autoencoder to find outliers by; SOURCE should be new to it.",
            default="fit one",
        ),
    ] = None
    scoring: Annotated[
        str, option("--scoring", metavar="NAME", help="The score.", default="auto")
    ] = "auto"
    contamination: Annotated[
        str,
        option(
            "--contamination",
            metavar="SHARE",
            help="Share of outliers in SOURCE.",
            default="estimate it",
        ),
    ] = "auto"
    id: Annotated[
        str | None,
        option("--id", metavar="COLUMN", help="Column of NEW that names the rows, by name."),
    ] = None
    label: options.LabelOption = None
    array: options.ArrayOption = None
    image_shape: options.ImageShapeOption = None
    seed: options.SeedOption = 0
    force: options.ForceOption = False
    json: options.JsonOption = False
    quiet: options.QuietOption = False


@takes(Outliers)
def outliers(given: Outliers, context: typer.Context) -> None:
    """Find outliers, with reasons: fit to SOURCE, or score NEW by an earlier RUN."""
    if given.new is None:
        _fit(given, context.obj)
    else:
        _score(given)


def _fit(given: Outliers, command: Sequence[str]) -> None:
    """Fit a detector, and write its run folder."""
    from sklearn.frozen import FrozenEstimator

    from isthmus.outliers import OutlierDetector, findings
    from isthmus.report import check_target, write_run

    if given.out is None:
        raise SettingError("--out is missing: name a folder for the detector and its report.")
    if given.fdr is not None:
        raise SettingError("--fdr is for new data: isthmus outliers RUN NEW --fdr 0.1.")
    folder = Path(given.out)
    check_target(folder, force=given.force)
    source = models.Origin(given.first, given.label, given.array, given.image_shape).open(
        quiet=given.quiet
    )
    autoencoder = None if given.model is None else FrozenEstimator(models.load(given.model))
    detector = OutlierDetector(
        autoencoder, given.scoring, _share(given.contamination), random_state=given.seed
    )
    examples = source.examples
    consoles.say(_console(given), f"{source.name}: {len(source)} examples; fitting")
    detector.fit(examples)
    if detector.schema_ is not None:
        consoles.say(_console(given), detector.schema_.describe())
    elif source.feature_names is not None:
        detector.feature_names_in_ = _names_array(source.feature_names)
    names = _names(detector)
    found = findings(detector, examples, names, _known(source.labels), given.top)
    run = {
        "command": shlex.join(["isthmus", *(command or ())]),
        "seed": given.seed,
        "source": {"name": source.name, "source": given.first},
        "outliers": found,
    }
    fitted: AnyAutoencoder = getattr(detector.autoencoder_, "estimator", detector.autoencoder_)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        kept = detector.save(Path(scratch) / DETECTOR)  # first, for it may refuse
        if detector.schema_ is not None:
            fitted = fitted.of_table(detector.schema_)
        write_run(folder, fitted, {"train": (examples, None)}, run=run, force=given.force)
        shutil.rmtree(folder / DETECTOR, ignore_errors=True)
        kept.rename(folder / DETECTOR)
    if given.json:
        consoles.print_json(found | {"run": str(folder)})
        return
    console = _console(given)
    _print(found["first"], console)
    consoles.say(
        console,
        f"{found['share']:.1%} of the examples are beyond the threshold of"
        f" {found['threshold']:.3g} nats",
    )
    consoles.say(console, found["sentence"])
    consoles.say(console, f"report: {folder / 'report.html'}")


def _score(given: Outliers) -> None:
    """Score new data, block by block, and explain the most unusual of them."""
    import numpy as np

    from isthmus.outliers import benjamini_hochberg, reasons_of

    detector = _detector(given.first)
    target = None
    if given.out is not None:
        target = target_ending(given.out, ".csv", force=given.force).path
    names = getattr(detector, "feature_names_in_", None)
    of_a_feature = names is not None and given.id in names  # which is scored all the same
    label = given.label if given.id is None or of_a_feature else given.id
    assert given.new is not None
    source = models.Origin(given.new, label, given.array, given.image_shape).open(quiet=given.quiet)
    fitted: AnyAutoencoder = getattr(detector.autoencoder_, "estimator", detector.autoencoder_)
    if detector.schema_ is not None:
        examples = models.rows_of_table(source, detector.schema_)
    else:
        if names is not None:
            fitted.feature_names_in_ = names
        examples = models.matching_examples(source, fitted)
        vars(detector).pop("feature_names_in_", None)  # the columns are in order now
    ids = _entries_of(source, str(given.id)) if of_a_feature else None
    if given.id is not None and not of_a_feature and source.labels is not None:
        ids = np.asarray(source.labels).tolist()
    scores, p = _scored(detector, examples, quiet=given.quiet)
    order = np.lexsort((np.arange(len(p)), -scores))
    if given.fdr is not None:
        chosen = benjamini_hochberg(p, given.fdr)
        order = order[chosen[order]]
    rows = order[: given.top]
    drifted = detector.drift(examples)
    records = []
    if len(rows):
        shown = names if names is not None else _names(detector)
        records = reasons_of(detector, _taken(examples, rows), shown, rows.tolist())
    for rank, record in enumerate(records, start=1):
        record |= {"rank": rank, "p_value": float(p[record["row"]])}
        if ids is not None:
            record["id"] = ids[record["row"]]
    if target is not None:
        _write_csv(target, records, given.id)
    if given.json:
        facts = {"examples": len(p), "outliers": records, "drift": vars(drifted)}
        consoles.print_json(facts | ({} if target is None else {"out": str(target)}))
        return
    console = _console(given)
    _print(records, console)
    if given.fdr is not None:
        consoles.say(console, f"{len(order)} outliers at a false discovery rate of {given.fdr:g}")
    consoles.say(console, drifted.sentence)
    if target is not None:
        consoles.say(console, f"wrote {len(records)} rows to {target}")


def _entries_of(source: "Source", column: str) -> list[object]:
    """Return the entries of a column of a table."""
    import numpy as np

    from isthmus.data.table_rows import TableRows

    if isinstance(source.examples, TableRows):
        entries = source.examples.table.column(column).to_pylist()
        return [one if isinstance(one, int | float) else str(one) for one in entries]
    names = list(source.feature_names or ())
    return np.asarray(source.examples[:])[:, names.index(column)].tolist()


def _scored(
    detector: "OutlierDetector", examples: "Examples", *, quiet: bool
) -> tuple["np.ndarray", "np.ndarray"]:
    """Return scores and p-values (n,) of examples that are read block by block."""
    import numpy as np

    from isthmus.cli.progress import map_blocks

    def both(block: "np.ndarray") -> "np.ndarray":
        return np.stack(detector.scores_and_p_values(block), axis=1)

    values = np.concatenate([*map_blocks("scoring", both, examples, quiet=quiet)])
    return values[:, 0], values[:, 1]


def _taken(examples: "Examples", rows: "np.ndarray") -> "np.ndarray | pyarrow.Table":
    import numpy as np

    from isthmus.data.table_rows import TableRows

    if isinstance(examples, TableRows):
        return examples[rows]
    return np.concatenate([np.asarray(examples[int(row) : int(row) + 1]) for row in rows])


def _detector(run: str) -> "OutlierDetector":
    from isthmus.outliers import load

    for folder in (Path(run) / DETECTOR, Path(run)):
        if (folder / "detector.safetensors").exists():
            return load(folder)
    raise DataError(
        f"{run} holds no outlier detector: make one with isthmus outliers SOURCE --out {run}."
    )


def _share(text: str) -> float | str:
    if text == "auto":
        return text
    try:
        return float(text)
    except ValueError:
        raise SettingError(
            f"--contamination is {text!r}; it must be auto or a number in (0, 0.5]."
        ) from None


def _known(labels: "np.ndarray | None") -> "np.ndarray | None":
    """Return which examples are outliers, of labels of two values of which the rarer is that."""
    import numpy as np

    if labels is None:
        return None
    values, counts = np.unique(np.asarray(labels), return_counts=True)
    if len(values) != 2:
        raise DataError(f"--label has {len(values)} values, and a label of outliers has 2.")
    return np.asarray(labels) == values[counts.argmin()]


def _names_array(names: Iterable[object]) -> "np.ndarray":
    import numpy as np

    return np.array(list(names), dtype=object)


def _names(detector: "OutlierDetector") -> list[str]:
    names = getattr(detector, "feature_names_in_", None)
    if names is None:
        return [f"x{j}" for j in range(detector.n_features_in_)]
    return [str(name) for name in names]


def _console(given: Outliers) -> "Console":
    return consoles.err() if given.json else consoles.out()


def _print(records: list[JsonObject], console: "Console") -> None:
    """Print outliers, a row each."""
    from rich.table import Table

    if not records:
        return
    with_p = "p_value" in records[0]
    table = Table("row", "score", *(["p-value"] if with_p else []), "why: found (expected)")
    for record in records:
        p = [f"{record['p_value']:.3g}"] if with_p else []
        table.add_row(
            str(record.get("id", record["row"])), f"{record['score']:.3g}", *p, _words(record)
        )
    console.print(table)


def _words(record: Facts) -> str:
    return ", ".join(
        f"{one['feature']} {_entry(one['found'])} ({_entry(one['expected'])})"
        for one in record["reasons"]
    )


def _entry(value: float | str | None) -> str:
    return "missing" if value is None else value if isinstance(value, str) else f"{value:.4g}"


def _write_csv(path: Path, records: list[JsonObject], name: str | None) -> None:
    """Write outliers to a CSV file, a row each."""
    import csv

    from isthmus.atomic import new_file
    from isthmus.data.spreadsheets import guard

    parts = ("feature", "found", "expected")
    head = [*([name] if name else []), "row", "rank", "score", "p_value"]
    head += [f"{part}{i}" for i in (1, 2, 3) for part in parts]
    with new_file(path) as partial, partial.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(map(guard, head))
        for record in records:
            own = [record.get("id")] if name else []
            own += [record[key] for key in ("row", "rank", "score", "p_value")]
            own += [one[part] for one in record["reasons"] for part in parts]
            writer.writerow(map(guard, own))
