"""The run folder: written whole or not at all, and found again."""

import csv
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from isthmus.atomic import new_folder
from isthmus.errors import DataError, ModelFileError
from isthmus.fitted import FittedAutoencoder
from isthmus.plainjson import Facts, JsonObject, write_json
from isthmus.report.circumstances import circumstances
from isthmus.report.evaluated_fit import evaluate_fit
from isthmus.report.metrics import metrics_of
from isthmus.report.page import Report, collect, draw, render
from isthmus.report.passes import Parts

MODEL, METRICS, HISTORY = "model.safetensors", "metrics.json", "history.csv"
FIGURES, PAGE, RUN = "figures", "report.html", "run.json"
OWN = frozenset({MODEL, METRICS, HISTORY, FIGURES, PAGE, RUN})
CHECKPOINTS = "checkpoints"
BEST = "best.safetensors"
"""The model of a sweep's folder."""


def write_run(
    folder: str | os.PathLike[str],
    estimator: FittedAutoencoder,
    parts: Parts,
    *,
    run: Facts,
    force: bool = False,
    seed: int = 0,
    live_limit: float | None = None,
    progress: Callable[[str], None] | None = None,
) -> JsonObject:
    """Measure a fit and write all about it to a folder, which appears whole or not at all.

    Parameters
    ----------
    folder : path
        Made with its parents. One that holds a run already is replaced only with ``force``.
    estimator
        Any fitted autoencoder.
    parts : mapping of str to (X, y)
        As for `evaluate_fit`.
    run : mapping
        Plain values for ``run.json``. The page shows ``source`` (a name or a mapping with one),
        ``command`` and ``seed``; ``created`` and ``versions`` are filled in.
    force : bool
        Replace the files of an earlier run; files that are no run's own are kept.
    seed : int
        Chooses examples, corruption and samples.
    live_limit : float
        Largest size, in MB, of the model that the page carries; 0 carries none, None is 5.
    progress : callable, optional
        Called with what comes next, in one word.

    Returns
    -------
    dict
        What ``metrics.json`` holds.

    Raises
    ------
    DataError
        When the folder is taken, or cannot be written.
    """
    target = Path(folder)
    check_target(target, force=force)
    announce = progress or (lambda _: None)
    record = {**circumstances(), **run}
    announce("measuring")
    fit = evaluate_fit(estimator, parts, seed=seed, run=record, live_limit=live_limit)
    metrics = metrics_of(fit)
    report = collect(fit, metrics)
    with _os_errors_as_sentences(target), new_folder(target, keeps_others=True) as fresh:
        announce("writing")
        estimator.save(fresh / MODEL)
        write_json(fresh / METRICS, metrics)
        write_json(fresh / RUN, record)
        _write_history(fresh / HISTORY, fit.model.estimator.history_)
        announce("drawing")
        _write_page(fresh, report)
    return metrics


def _write_page(folder: Path, report: Report) -> None:
    """Write the figures of a report, and its page."""
    (folder / FIGURES).mkdir()
    for name, figure in draw(report):
        figure.savefig(folder / FIGURES / f"{name}.png", dpi=130)
    (folder / PAGE).write_text(render(report), encoding="utf-8")


def check_target(folder: str | os.PathLike[str], *, force: bool = False) -> None:
    """Refuse a folder that `write_run` could not write, before any time is spent on a fit.

    Parameters
    ----------
    folder : path
    force : bool
        Whether an earlier run may be replaced.

    Raises
    ------
    DataError
        When the folder is a file, holds a run and ``force`` is not set, or holds something
        else.
    """
    target = Path(folder)
    if not target.exists():
        return
    if not target.is_dir():
        raise DataError(f"{target} is a file, but a run needs a folder: choose another name.")
    found = {entry.name for entry in target.iterdir()} - {CHECKPOINTS}
    if found and not found & OWN:
        raise DataError(
            f"The folder {target} holds other files ({min(found)}, ...) and no run: "
            "choose a new or an empty folder."
        )
    if found and not force:
        raise DataError(
            f"The folder {target} already holds a run: choose another, or replace it with --force."
        )


def model_path(path: str | os.PathLike[str]) -> Path:
    """Find the model file that a run folder or a path to a model file means.

    Parameters
    ----------
    path : path
        A run folder, a sweep's folder for its best model, or a model file itself.

    Returns
    -------
    Path
        Of the model file, which exists.

    Raises
    ------
    ModelFileError
        When there is neither.
    """
    given = Path(path)
    if given.is_file():
        return given
    for name in (MODEL, BEST):
        if (given / name).is_file():
            return given / name
    if given.is_dir():
        raise ModelFileError(
            f"The folder {given} holds no {MODEL}, so it is no finished run: give a folder "
            "that `isthmus fit` wrote, or a model file."
        )
    raise ModelFileError(
        f"There is no {given}: give a folder that `isthmus fit` wrote, or a model file."
    )


@contextmanager
def _os_errors_as_sentences(target: Path) -> Iterator[None]:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(
            f"The run folder {target} cannot be written ({reason}): "
            "choose a place with free space that you may write to."
        ) from error


def _write_history(path: Path, history: Facts) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(history)
        writer.writerows(zip(*history.values(), strict=True))
