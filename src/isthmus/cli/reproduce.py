"""`isthmus reproduce`: five reports, and figures of papers, reported beside measured."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from isthmus.cli import consoles, folders, options, tables
from isthmus.cli.progress import step_progress
from isthmus.errors import SettingError

if TYPE_CHECKING:
    from isthmus.studies import Study
    from isthmus.studies.running import Result

ALL = "all"


def reproduce(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            help="A study of --list, or all: the five reports, without family.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option("--out", "-o", help="Folder for records, figures and page.", metavar="DIR"),
    ] = None,
    listed: Annotated[
        bool, typer.Option("--list", help="Say what there is, what it needs, how long it takes.")
    ] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="All of it at reduced size, to try it out.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with what an earlier run left in DIR.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier run in DIR.")] = False,
    quiet: options.QuietOption = False,
) -> None:
    """Reproduce a written report on autoencoders, its figures beside those measured here."""
    from isthmus import studies

    if listed:
        consoles.out().print(tables.records([_row(studies.get(one)) for one in studies.names()]))
        return
    if name is None or out is None:
        raise SettingError(
            "reproduce needs a study and --out, the folder to write; --list names the studies."
        )
    chosen = [studies.get(one) for one in (studies.reports() if name == ALL else [name])]
    folder = Path(out)
    _check_data(chosen)
    folders.make_room(folder, "run.json", resume=resume, force=force)
    command = shlex.join(["isthmus", *context.obj])
    for study in chosen:
        place = folder / study.name if name == ALL else folder
        _run(study, place, quick=quick, quiet=quiet, command=command)
    if name == ALL:
        from isthmus.studies.summary import write_summary

        page = write_summary(folder / "summary.md", [folder / study.name for study in chosen])
        consoles.say(consoles.out(), f"all five: {page}")


def _run(study: "Study", folder: Path, *, quick: bool, quiet: bool, command: str) -> None:
    from isthmus.studies.running import PAGE
    from isthmus.studies.running import reproduce as run

    def progress(what: str) -> Any:
        return step_progress(f"{study.name}: {what}", quiet=quiet)

    result = run(study, folder, quick=quick, progress=progress, command=command)
    consoles.say(consoles.out(), f"{study.name}: {_outcome(result)}; {folder / PAGE}")


def _outcome(result: "Result") -> str:
    from isthmus.studies.page import count_verdicts

    counts = ", ".join(f"{n} {verdict}" for verdict, n in count_verdicts(result.records).items())
    held = sum(claim["verdict"] == "holds" for claim in result.claims)
    size = "quick run: " if result.run["quick"] else ""
    seconds = result.run["seconds"]
    return f"{size}{counts}; {held} of {len(result.claims)} claims hold; {seconds:.0f} s"


def _row(study: "Study") -> dict[str, Any]:
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
