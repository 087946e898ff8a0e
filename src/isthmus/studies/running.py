"""Running a study from beginning to end, and what it leaves in its folder."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from isthmus.atomic import new_file
from isthmus.plainjson import JsonObject, read_json, read_object, write_json
from isthmus.report import circumstances
from isthmus.studies.page import render
from isthmus.studies.study import Study
from isthmus.studies.workbench import Progress, Workbench

RECORDS, CLAIMS, RUN, PAGE = "records.json", "claims.json", "run.json", "report.html"


@dataclass(frozen=True)
class Result:
    """What a run of a study left in its folder, as plain values.

    Parameters
    ----------
    records
        One a figure, as of `isthmus.studies.records.Record`.
    claims
        Each with ``claim``, ``verdict`` and ``evidence``.
    run
        ``study``, ``title``, ``quick``, ``seconds``, ``command``, ``versions``, and the
        ``figures`` and ``tables`` of the summary.
    """

    records: list[JsonObject]
    claims: list[JsonObject]
    run: JsonObject


def reproduce(
    study: Study,
    folder: Path,
    *,
    quick: bool = False,
    progress: Progress | None = None,
    command: str = "",
) -> Result:
    """Run a study and write its records, claims, figures and page.

    What an interrupted run of the same study left in ``folder`` is used.

    Parameters
    ----------
    study
        Which.
    folder
        Where to; made with its parents.
    quick
        Reduced size: everything is done, nothing can be concluded.
    progress
        Shows what is being done.
    command
        Noted in ``run.json`` and on the page.
    """
    folder.mkdir(parents=True, exist_ok=True)
    before = _seconds_so_far(folder, quick)
    begun = time.perf_counter()
    bench = Workbench(study.name, folder, quick=quick, progress=progress)
    run = {
        **circumstances(),
        "study": study.name,
        "title": study.title,
        "quick": quick,
        "command": command,
        "finished": False,
        "seconds": round(before, 1),
        "figures": [],
        "tables": [],
    }
    write_json(folder / RUN, run)  # the folder is known by it, also after the process is killed
    try:
        study.run(bench)
        run["finished"] = True
    finally:
        run["seconds"] = round(before + time.perf_counter() - begun, 1)
        run["figures"] = _main(bench, "figure", ("file", "caption"))
        run["tables"] = _main(bench, "table", ("columns", "rows", "caption"))
        write_json(folder / RUN, run)
    result = Result([record.as_dict() for record in bench.records], bench.claims, run)
    write_json(folder / RECORDS, result.records)
    write_json(folder / CLAIMS, result.claims)
    with new_file(folder / PAGE) as partial:
        partial.write_text(render(bench.sections, result.records, run), encoding="utf-8")
    return result


def read_result(folder: Path) -> Result:
    """Read what `reproduce` left in a folder."""
    parts = (read_json(folder / name) for name in (RECORDS, CLAIMS, RUN))
    return Result(*parts)  # pyright: ignore[reportArgumentType]


def _main(bench: Workbench, kind: str, keys: Sequence[str]) -> list[JsonObject]:
    """Return what the summary shows of one kind of block."""
    blocks = [block for section in bench.sections for block in section.blocks]
    chosen = [block for block in blocks if block["kind"] == kind and block["main"]]
    return [{key: block[key] for key in keys} for block in chosen]


def _seconds_so_far(folder: Path, quick: bool) -> float:
    """Return what an unfinished run of the same size has spent."""
    try:
        run = read_object(folder / RUN)
    except FileNotFoundError:
        return 0.0
    seconds = run.get("seconds")
    if run.get("quick") != quick or not isinstance(seconds, int | float):
        return 0.0
    return float(seconds)
