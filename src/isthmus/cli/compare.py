"""`isthmus compare`: several runs in one table and on one page."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from isthmus.cli import consoles, options, progress
from isthmus.cli.declaring import option, takes
from isthmus.errors import SettingError
from isthmus.plainjson import Facts

if TYPE_CHECKING:
    from rich.table import Table

    from isthmus.comparison import Comparison


@dataclass(frozen=True, kw_only=True)
class Compare:
    """What is compared, and where the page goes."""

    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN...",
            help="Folders of runs, two at least. Runs that differ in the seed alone count as one;"
            " the first is what the others are compared with.",
            show_default=False,
        ),
    ]
    out: Annotated[
        str | None,
        option("--out", "-o", metavar="FILE", help="The page to write.", default="comparison.html"),
    ] = None
    force: Annotated[bool, option("--force", help="Replace the page that --out names.")] = False
    json: options.JsonOption = False


@takes(Compare)
def compare(given: Compare) -> None:
    """Compare runs: errors with paired tests, settings, maps, and samples, on one page."""
    target = _target(given)
    from isthmus.comparison import compare as compare_runs

    with progress.stages() as stage:
        stage("reading and measuring")
        compared = compare_runs(given.runs)
        stage("writing")
        compared.save(target)
    if given.json:
        consoles.print_json(compared.to_dict())
        return
    out = consoles.out()
    out.print(_table(compared))
    for sentence in _sentences(compared):
        consoles.say(out, sentence)
    consoles.say(out, f"page: {target}")


def _target(given: Compare) -> Path:
    """Return where the page goes, checked before any work is done."""
    target = Path(given.out or "comparison.html")
    if target.is_dir():
        raise SettingError(f"--out {str(target)!r} is a folder; name a file such as compared.html.")
    if target.suffix.lower() not in (".html", ".htm"):
        raise SettingError(f"--out {str(target)!r} must end in .html, so that a browser shows it.")
    if not target.absolute().parent.is_dir():
        raise SettingError(
            f"--out {str(target)!r} lies in {str(target.parent)!r}, which is no folder; make it"
            " first."
        )
    if target.exists() and not given.force:
        raise SettingError(
            f"--out {str(target)!r} exists; give --force to replace it, or another name."
        )
    return target


def _table(compared: "Comparison") -> "Table":
    from rich.table import Table

    table = Table("")
    for group in compared.groups:
        seeds = f"\n{len(group.runs)} seeds" if len(group.runs) > 1 else ""
        table.add_column(f"{group.name}{seeds}", justify="right", overflow="fold")
    for row in compared.table:
        cells = [row.text(cell) + (" ✓" if cell.best else "") for cell in row.cells]
        table.add_row(row.title, *cells)
    if compared.differences:
        table.add_section()
        for name, texts in compared.differences.items():
            table.add_row(name, *texts)
    return table


def _sentences(compared: "Comparison") -> list[str]:
    """Say what the paired tests found, and what does not compare."""
    found = []
    if not all(row.comparable for row in compared.table):
        found.append("* does not compare between all groups: likelihoods or scalings differ.")
    unit = "scaled" if compared.error == "mse" else "input units"
    for test in compared.tests:
        ways = (("test examples in common", test.rows), ("seeds in common", test.seeds))
        for what, paired in ways:
            if paired is not None:
                found.append(_sentence(test.name, test.reference, unit, what, paired._asdict()))
        if test.rows is None and test.seeds is None:
            found.append(
                f"{test.name} and {test.reference} have too few test examples and seeds in common"
                " for a test."
            )
    return found


def _sentence(name: str, reference: str, unit: str, what: str, paired: Facts) -> str:
    real = paired["p"] < 0.05
    verdict = ("below" if paired["mean"] < 0 else "above") if real else "not clearly different from"
    return (
        f"The squared error ({unit}) of {name} is {verdict} that of {reference}:"
        f" {paired['mean']:+.3g} ({paired['low']:+.3g} to {paired['high']:+.3g}),"
        f" p = {paired['p']:.2g} over {paired['pairs']} {what}."
    )
