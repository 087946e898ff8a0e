"""Compare a new run of the studies with docs/reproduction.md, verdict by verdict.

``python docs/changes.py DIR`` takes the folder in which ``isthmus reproduce NAME --out NAME`` ran;
studies that are not there are passed over. It prints every verdict that is another one, and returns
1 if a figure that was better or matched is worse, or a claim that held does not hold.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

from isthmus.studies import reports
from isthmus.studies.summary import write_summary

PAGE = Path(__file__).parent / "reproduction.md"
GOOD = ("better", "matches", "holds")


class Verdict(NamedTuple):
    """What a page says of a figure or a claim."""

    verdict: str
    evidence: str


Verdicts: TypeAlias = dict[tuple[str, ...], Verdict]
ABSENT = Verdict("absent", "")


def verdicts(page: str) -> Verdicts:
    r"""Return what a page says, by study and claim, or by study, system, setting, figure and part.

    >>> rows = ["## one", "| claim of the report | here | evidence |", "| It is so. | holds | 5. |"]
    >>> verdicts("\n".join(rows))
    {('one', 'It is so.'): Verdict(verdict='holds', evidence='5.')}
    """
    found = {}
    for study, titles, cells in _rows(page):
        row = dict(zip(titles, cells, strict=True))
        if "claim of the report" in row:
            found[study, row["claim of the report"]] = Verdict(row["here"], row["evidence"])
        elif "verdict" in row:
            place = (row["system"], row["setting"], row["figure"], row["split"])
            said = f"{row['measured']}, reported {row['reported']}"
            found[study, *place] = Verdict(row["verdict"].partition(" (")[0], said)
    return found


def _rows(page: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield the rows of all tables: the study, the titles, the cells."""
    study, titles = "", None
    for line in page.splitlines():
        if line.startswith("## "):
            study = line.removeprefix("## ")
        if not line.startswith("| "):
            titles = None
        elif titles is None:
            titles = _cells(line)
        elif not line.startswith("| ---"):
            yield study, titles, _cells(line)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split(" | ")]


def changes(old: Verdicts, new: Verdicts) -> tuple[list[str], int]:
    """Return a line for every verdict that is another one, and how many are for the worse."""
    lines, worse = [], 0
    for place in dict.fromkeys([*old, *new]):
        before, after = (page.get(place, ABSENT) for page in (old, new))
        if before.verdict != after.verdict:
            worse += before.verdict in GOOD and after.verdict not in GOOD
            lines.append(f"{' - '.join(place)}: {before.verdict} ({before.evidence}) before,")
            lines.append(f"    now {after.verdict} ({after.evidence})")
    return lines, worse


def main(run: Path) -> int:
    """Print the changes; return 1 if one is for the worse."""
    folders = [run / name for name in reports() if (run / name / "records.json").exists()]
    if not folders:
        sys.exit(f"{run} holds no finished study; expected a folder of a study's name in it.")
    with tempfile.TemporaryDirectory() as folder:
        made = write_summary(Path(folder) / "page.md", folders, figures=".")
        new = verdicts(made.read_text("utf-8"))
    studies = [folder.name for folder in folders]
    page = verdicts(PAGE.read_text("utf-8"))
    old = {place: one for place, one in page.items() if place[0] in studies}
    lines, worse = changes(old, new)
    same = sum(place in old and old[place].verdict == new[place].verdict for place in new)
    of = f"{same} of {len(new)} verdicts"
    lines.append(f"{', '.join(studies)}: {of} as on the page, {worse} worse")
    print("\n".join(lines))
    return int(worse > 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])) if len(sys.argv) == 2 else __doc__)
