"""A hook of MkDocs: the gallery of recipes, a picture and a live page each.

The pictures are in docs/images/recipes. The live pages are reports of fits. A build has those of
the recipes that ISTHMUS_GALLERY names, ``all`` or names with spaces between, and those that are
kept from before.
"""

import os
import sys
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

from isthmus.recipes import RECIPES

sys.path.insert(0, str(Path(__file__).parents[1]))
import gallery

INTRODUCTION = """# Gallery of recipes

Each recipe is fitted with its own defaults to the bundled digits, for 120 epochs. The first row of
its picture is ten digits of the test set, the second their reconstructions, the third new digits.
The recipes for tables are fitted to bundled tables for 200 epochs, after a fifth of the entries was
removed; their picture sets the numbers that are filled in against those that were removed. The
points on the right are the codes of the training set, coloured by label; codes of more than two
numbers are shown by their first two principal components.

The live page of a recipe is [the report](report.md) of that fit. It carries the decoder: point at
the map, and see what is decoded there.

`python docs/gallery.py` makes the pictures and the live pages. [Recipes](recipes.md) is a table of
the same recipes."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the gallery and its live pages."""
    live = live_pages()
    files.append(File.generated(config, "gallery.md", content=text(live)))
    for name in live:
        files.append(File.generated(config, f"gallery/{name}.html", content=gallery.page(name)))
    return files


def live_pages() -> list[str]:
    """Return the recipes whose live page is part of this build."""
    wanted = os.environ.get("ISTHMUS_GALLERY", "").split()
    if unknown := set(wanted) - {"all"} - set(RECIPES):
        raise PluginError(f"ISTHMUS_GALLERY names {min(unknown)!r}, which is not a recipe.")
    named = RECIPES if "all" in wanted else wanted
    return [name for name in sorted(RECIPES) if name in named or gallery.page_path(name).exists()]


def text(live: list[str]) -> str:
    """Return the page of the gallery, with links to the live pages there are."""
    blocks = [INTRODUCTION]
    for name, row in sorted(RECIPES.items()):
        good_for = row.good_for[0].upper() + row.good_for[1:]
        home = row.make.__module__
        links = [f"[`isthmus.recipes.{name}`](reference/recipes.md#{home}.{name})"]
        if name in live:
            links.insert(0, f"[Live page](gallery/{name}.html)")
        blocks += [
            f"## {name}",
            f"![What the recipe {name} makes of the test set, and its codes]"
            f"(images/recipes/{name}.png){{ loading=lazy }}",
            f"{good_for}. *Slots:* {row.sentence}. *Paper:* {row.paper}.",
            " · ".join(links),
        ]
    return "\n\n".join(blocks) + "\n"
