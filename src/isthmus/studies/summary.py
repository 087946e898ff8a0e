"""The summary of several studies as one Markdown page, made from their records alone."""

from collections.abc import Sequence
from pathlib import Path

from isthmus.atomic import new_file
from isthmus.plainjson import Facts
from isthmus.report import number
from isthmus.studies.page import count_verdicts, measured
from isthmus.studies.records import WITHHELD
from isthmus.studies.running import Result, read_result


def write_summary(
    path: Path,
    folders: Sequence[Path],
    *,
    title: str = "The five reports, reproduced",
    figures: str | None = None,
) -> Path:
    """Write the summary of the studies in ``folders``.

    Parameters
    ----------
    path
        The Markdown file.
    folders
        Each as `isthmus.studies.running.reproduce` left it.
    title
        Of the page.
    figures
        Where the page is to look for figures, with a folder a study in it; next to the
        records where left out.

    Returns
    -------
    Path
        Of the file.
    """
    results = {folder: read_result(folder) for folder in folders}
    lines = [
        f"# {title}",
        "",
        *_opening([*results.values()]),
        "",
        *_overview([*results.values()]),
    ]
    for folder, result in results.items():
        place = f"{figures}/{result.run['study']}" if figures else _relative(folder, path.parent)
        lines += ["", *_study(result, place)]
    with new_file(path) as partial:
        partial.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _opening(results: Sequence[Result]) -> list[str]:
    run = results[0].run
    minutes = sum(result.run["seconds"] for result in results) / 60
    versions = ", ".join(f"{name} {version}" for name, version in run["versions"].items())
    commands = dict.fromkeys(result.run["command"] for result in results)
    lines = [
        "Made from the records of a run; nothing on this page is typed. A figure *matches* when it",
        "differs from the reported one by no more than its rounding and two standard errors.",
        "",
        *(f"    {command}" for command in commands),
        "",
        f"{minutes:.0f} minutes in all, on {run['created'][:10]}, with {versions}.",
        "A study's minutes are wall-clock time, summed over all starts and resumes. Other",
        "work on the machine lengthens them; `isthmus reproduce --list` has a study's own time.",
    ]
    if any(result.run["quick"] for result in results):
        lines.insert(
            0, "**A quick run, at reduced size: its figures say nothing of the reports.**\n"
        )
    return lines


def _overview(results: Sequence[Result]) -> list[str]:
    rows = []
    for result in results:
        counts = count_verdicts(result.records)
        held = sum(claim["verdict"] == "holds" for claim in result.claims)
        claims = WITHHELD if result.run["quick"] else f"{held} of {len(result.claims)}"
        rows.append(
            (
                f"[{result.run['study']}](#{result.run['study']})",
                *counts.values(),
                claims,
                f"{result.run['seconds'] / 60:.1f}",
            )
        )
    head = ("study", "better", "matches", "worse", "not comparable", "claims that hold", "minutes")
    return _table(head, rows)


def _study(result: Result, place: str) -> list[str]:
    lines = [f"## {result.run['study']}", "", f"{result.run['title']}.", ""]
    head = ("claim of the report", "here", "evidence")
    if result.claims:
        lines += _table(head, [(c["claim"], c["verdict"], c["evidence"]) for c in result.claims])
    for given in (True, False):
        records = [r for r in result.records if (r["reported"] is not None) == given]
        if records:
            title = "Reported and measured" if given else "Measured, where the report is silent"
            lines += ["", f"### {title}: {result.run['study']}", "", *_records(records, given)]
    for table in result.run.get("tables", ()):  # none in runs of earlier versions
        lines += ["", *_table(table["columns"], table["rows"]), "", table["caption"]]
    for figure in result.run["figures"]:
        lines += ["", f"![{figure['caption']}]({place}/{figure['file']})", "", figure["caption"]]
    return lines


def _records(records: Sequence[Facts], given: bool) -> list[str]:
    head = ("system", "setting", "figure", "split", "measured")
    rows = [
        (r["system"], r["setting"], f"{r['metric']}, {r['unit']}", r["split"], measured(r))
        for r in records
    ]
    if not given:
        return _table(head, rows)
    verdicts = [
        (number(r["reported"]), r["verdict"] + (f" ({r['reason']})" if r["reason"] else ""))
        for r in records
    ]
    head = (*head, "reported", "verdict")
    return _table(head, [(*row, *v) for row, v in zip(rows, verdicts, strict=True)])


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    cells = [[str(cell).replace("|", r"\|") for cell in row] for row in rows]
    return [
        f"| {' | '.join(head)} |",
        f"|{' --- |' * len(head)}",
        *(f"| {' | '.join(row)} |" for row in cells),
    ]


def _relative(folder: Path, base: Path) -> str:
    return folder.resolve().relative_to(base.resolve()).as_posix()
