"""The page of a study: claim by claim, reported and measured."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from isthmus.plainjson import Facts
from isthmus.report import environment, number

if TYPE_CHECKING:
    from isthmus.studies.workbench import Section

TEMPLATES = Path(__file__).parent / "templates"


def render(
    sections: "Sequence[Section]",
    records: Sequence[Facts],
    run: Facts,
) -> str:
    """Write the page of a study as HTML that needs no other file.

    Parameters
    ----------
    sections
        What the study said, in its order.
    records
        All of them, for the count at the top.
    run
        What ``run.json`` holds.
    """
    jinja = environment(TEMPLATES)

    jinja.filters["measured"] = measured
    template = jinja.get_template("study.html.j2")
    return template.render(sections=sections, run=run, verdicts=count_verdicts(records))


def measured(record: Facts) -> str:
    """Write a measured figure with its spread.

    Examples
    --------
    >>> measured({"measured": 0.94123, "std": 0.002, "seeds": 5})
    '0.9412 ± 0.002 (5 runs)'
    >>> measured({"measured": 0.0168, "std": None, "seeds": 1})
    '0.0168'
    """
    if record["std"] is None:
        return number(record["measured"])
    spread = f"{record['std']:.2g}"
    return f"{number(record['measured'])} ± {spread} ({record['seeds']} runs)"


def count_verdicts(records: Sequence[Facts]) -> dict[str, int]:
    """Count the verdicts on the figures that a report gives, best first.

    Examples
    --------
    >>> count_verdicts([{"verdict": "matches", "reported": 1.0}, {"reported": None}])
    {'better': 0, 'matches': 1, 'worse': 0, 'not comparable': 0}
    """
    counts = Counter(r["verdict"] for r in records if r["reported"] is not None)
    return {name: counts[name] for name in ("better", "matches", "worse", "not comparable")}
