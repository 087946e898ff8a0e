"""Write the pages of this folder that are made, not typed.

``python docs/generate.py recipes`` writes docs/recipes.md from the table of recipes;
``python docs/generate.py reproduction DIR`` writes docs/reproduction.md from a run of all studies.
"""

import shutil
import sys
from pathlib import Path

from isthmus.recipes import RECIPES
from isthmus.studies import names
from isthmus.studies.running import read_result
from isthmus.studies.summary import write_summary

DOCS = Path(__file__).parent


def recipes() -> str:
    """Return the page of recipes."""
    rows = [
        f"| `{name}` | {row.sentence} | {row.good_for} | {row.paper} |"
        for name, row in sorted(RECIPES.items())
    ]
    head = [
        "# Recipes",
        "",
        "Each is a choice of members for the slots: `isthmus fit SOURCE --recipe NAME` on the",
        "command line, `isthmus.recipes.NAME()` in Python. Made by `docs/generate.py`.",
        "",
        "| name | slots | good for | paper |",
        "| --- | --- | --- | --- |",
    ]
    return "\n".join([*head, *rows]) + "\n"


def reproduction(run: Path) -> None:
    """Write the page of the studies, with their main figures beside it."""
    folders = [run / name for name in names()]
    images = DOCS / "images" / "reproduction"
    shutil.rmtree(images, ignore_errors=True)
    for folder in folders:
        result = read_result(folder)
        for figure in result.run["figures"]:
            target = images / folder.name / figure["file"]
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / figure["file"], target)
    write_summary(DOCS / "reproduction.md", folders, figures="images/reproduction")


if __name__ == "__main__":
    if sys.argv[1:] == ["recipes"]:
        (DOCS / "recipes.md").write_text(recipes(), encoding="utf-8")
    elif sys.argv[1:2] == ["reproduction"] and len(sys.argv) == 3:
        reproduction(Path(sys.argv[2]))
    else:
        sys.exit(__doc__)
