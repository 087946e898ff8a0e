"""`isthmus reproduce`: published reports and papers, their figures compared with measured ones."""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from isthmus.atomic import claimed
from isthmus.cli import consoles, folders, tables
from isthmus.cli.declaring import option, takes
from isthmus.cli.progress import Progress
from isthmus.errors import SettingError

if TYPE_CHECKING:
    from isthmus.studies import Study
    from isthmus.studies.running import Result

ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Reproduce:
    """Which study is run, and where it goes."""

    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="A study that --list names, or all: the five reports, without family.",
            show_default=False,
        ),
    ] = None
    out: Annotated[
        str | None,
        option("--out", "-o", metavar="DIR", help="Folder for records, figures and page."),
    ] = None
    listed: Annotated[
        bool, option("--list", help="List the studies, what they need and how long they take.")
    ] = False
    quick: Annotated[
        bool, option("--quick", help="Run all of it at reduced size, to try it out.")
    ] = False
    resume: Annotated[bool, option("--resume", help="Continue an earlier run in --out.")] = False
    force: Annotated[bool, option("--force", help="Replace an earlier run in --out.")] = False
    quiet: Annotated[bool, option("--quiet", "-q", help="Show no progress.")] = False


@takes(Reproduce)
def reproduce(given: Reproduce, context: typer.Context) -> None:
    """Reproduce a published report on autoencoders, and compare its figures with those measured."""
    from isthmus import studies

    if given.listed:
        consoles.out().print(tables.records([_row(studies.get(one)) for one in studies.names()]))
        return
    if given.name is None:
        raise SettingError("reproduce needs the name of a study; --list names them.")
    every = given.name == ALL
    chosen = [studies.get(one) for one in (studies.reports() if every else [given.name])]
    if given.out is None:
        raise SettingError("reproduce needs --out, the folder to write.")
    folder = Path(given.out)
    _check_data(chosen)
    command = shlex.join(["isthmus", *context.obj])
    with claimed(folder):
        folders.prepare(folder, "run.json", resume=given.resume, force=given.force)
        for study in chosen:
            place = folder / study.name if every else folder
            _run(study, place, quick=given.quick, quiet=given.quiet, command=command)
    if every:
        from isthmus.studies.summary import write_summary

        page = write_summary(folder / "summary.md", [folder / study.name for study in chosen])
        consoles.say(consoles.out(), f"all five: {page}")


def _run(study: "Study", folder: Path, *, quick: bool, quiet: bool, command: str) -> None:
    from isthmus.studies.running import PAGE
    from isthmus.studies.running import reproduce as run

    @contextmanager
    def progress(what: str) -> Iterator[tuple[Progress, ...]]:
        with Progress(f"{study.name}: {what}", quiet=quiet) as shown:
            shown.announce()
            yield () if quiet else (shown,)

    result = run(study, folder, quick=quick, progress=progress, command=command)
    consoles.say(consoles.out(), f"{study.name}: {_outcome(result)}; {folder / PAGE}")


def _outcome(result: "Result") -> str:
    from isthmus.studies.page import count_verdicts

    seconds = result.run["seconds"]
    if result.run["quick"]:
        return f"quick run, verdicts withheld; {seconds:.0f} s"
    counts = ", ".join(f"{n} {verdict}" for verdict, n in count_verdicts(result.records).items())
    held = sum(claim["verdict"] == "holds" for claim in result.claims)
    return f"{counts}; {held} of {len(result.claims)} claims hold; {seconds:.0f} s"


def _row(study: "Study") -> dict[str, object]:
    return {
        "name": study.name,
        "what": study.title,
        "needs": ", ".join(study.needs),
        "minutes on 2 cores": study.minutes,
    }


def _check_data(chosen: Sequence["Study"]) -> None:
    """Open every data set that is needed, before any time is spent: some must be downloaded."""
    from isthmus.studies.workbench import open_first

    for need in dict.fromkeys(need for study in chosen for need in study.needs):
        open_first(need)
