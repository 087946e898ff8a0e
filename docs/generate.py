"""Write the pages of this folder that are made, not typed.

``python docs/generate.py recipes`` writes docs/recipes.md from the table of recipes;
``python docs/generate.py public`` writes docs/public.md from the public names of the package;
``python docs/generate.py reproduction DIR`` writes docs/reproduction.md from a run of all reports;
``python docs/generate.py family DIR`` writes docs/family.md from a run of the study family.
``python docs/generate.py export`` writes the table of docs/export.md, from fits of every recipe.
"""

import importlib
import inspect
import shutil
import sys
from pathlib import Path
from types import ModuleType

import isthmus
from isthmus.recipes import RECIPES
from isthmus.studies import reports
from isthmus.studies.running import read_result
from isthmus.studies.summary import write_summary

DOCS = Path(__file__).parent
FOR_EXTENDING = ("records", "specifications")
"""Modules that are public too, for those who write a member of a slot; imported by their path."""


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


def public() -> str:
    """Return the page of all that is public."""
    modules = public_modules()
    blocks = [
        "# What is public",
        "These names stay as they are from one patch release to the next; a minor release may "
        "change them and says how to migrate. Everything else may change at any time, as may the "
        "text of messages, the pages of a report and the values of defaults. Model files of "
        "earlier versions load. Made by `docs/generate.py`; a test compares this page with the "
        "package.",
        "## isthmus",
        linked("isthmus", [name for name in isthmus.__all__ if name not in modules]),
        "Its verbs on the command line are public too; `isthmus --help` lists them.",
    ]
    for name in modules:
        module = importlib.import_module(f"isthmus.{name}")
        first_line = (module.__doc__ or "").partition("\n")[0]
        blocks += [f"## isthmus.{name}", first_line, linked(name, public_names(module))]
    return "\n\n".join(blocks) + "\n"


def public_modules() -> list[str]:
    """Return the names of the public modules, sorted, without ``isthmus.`` before them."""
    inside = [name for name in isthmus.__all__ if inspect.ismodule(getattr(isthmus, name))]
    return sorted({*inside, *FOR_EXTENDING})


def public_names(module: ModuleType) -> list[str]:
    """Return the public names of a module: its ``__all__``, or the names that it defines."""
    if hasattr(module, "__all__"):
        return sorted(module.__all__)
    defined = {
        name
        for name, value in vars(module).items()
        if getattr(value, "__module__", None) == module.__name__ and not inspect.ismodule(value)
    }
    tables = {"MEMBERS", "KINDS"} & set(vars(module))
    return sorted(name for name in defined | tables if not name.startswith("_"))


def linked(page: str, names: list[str]) -> str:
    """Return names with links to their page of the reference."""
    return ", ".join(f"[`{name}`](reference/{page}.md)" for name in names)


def reproduction(run: Path) -> None:
    """Write the page of the five reports, with their main figures beside it."""
    folders = [run / name for name in reports()]
    shutil.rmtree(DOCS / "images" / "reproduction", ignore_errors=True)
    for folder in folders:
        copy_figures(folder, DOCS / "images" / "reproduction")
    write_summary(DOCS / "reproduction.md", folders, figures="images/reproduction")


def family(run: Path) -> None:
    """Write the page of the study family, with its main figures beside it."""
    shutil.rmtree(DOCS / "images" / "family", ignore_errors=True)
    copy_figures(run, DOCS / "images")
    title = "Members of the family on MNIST"
    write_summary(DOCS / "family.md", [run], title=title, figures="images")


def export() -> None:
    """Write the table of the page on export."""
    from export_table import table

    page = DOCS / "export.md"
    head, begin, rest = page.read_text("utf-8").partition("<!-- begin table -->\n")
    _, end, tail = rest.partition("<!-- end table -->")
    page.write_text(head + begin + table() + end + tail, encoding="utf-8")


def copy_figures(run: Path, images: Path) -> None:
    """Copy the main figures of a study to a folder of its name."""
    result = read_result(run)
    for figure in result.run["figures"]:
        target = images / result.run["study"] / figure["file"]
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(run / figure["file"], target)


if __name__ == "__main__":
    if sys.argv[1:] == ["recipes"]:
        (DOCS / "recipes.md").write_text(recipes(), encoding="utf-8")
    elif sys.argv[1:] == ["public"]:
        (DOCS / "public.md").write_text(public(), encoding="utf-8")
    elif sys.argv[1:] == ["export"]:
        export()
    elif sys.argv[1:2] == ["reproduction"] and len(sys.argv) == 3:
        reproduction(Path(sys.argv[2]))
    elif sys.argv[1:2] == ["family"] and len(sys.argv) == 3:
        family(Path(sys.argv[2]))
    else:
        sys.exit(__doc__)
