"""A hook of MkDocs: pages made of what is elsewhere in the repository.

The changelog and the contributing page are at its root; the gallery is the table of recipes with
the pictures of docs/images/recipes.
"""

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from isthmus.recipes import RECIPES

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "images" / "recipes"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages."""
    pages = {
        "changelog.md": from_root("CHANGELOG.md"),
        "contributing.md": from_root("CONTRIBUTING.md"),
        "gallery.md": gallery(),
    }
    for name, text in pages.items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """Return a page with links to files outside docs/ replaced by the pages made of them."""
    for name in ("CHANGELOG", "CONTRIBUTING"):
        markdown = markdown.replace(f"](../{name}.md", f"]({name.lower()}.md")
    return markdown


def from_root(name: str) -> str:
    """Return a page at the root of the repository, with its links as they are from docs/."""
    text = (ROOT / name).read_text("utf-8").replace("](docs/", "](")
    return re.sub(r"\]\((?!https?:|#)([A-Z]+)\.md", lambda m: f"]({m[1].lower()}.md", text)


def gallery() -> str:
    """Return the page of the gallery of recipes."""
    blocks = [
        "# Gallery of recipes",
        "Each recipe is fitted to the bundled digits with its own defaults, for 30 epochs. The "
        "first row of a picture is ten digits, the second their reconstructions, the third new "
        "digits. The points are the codes of all digits, coloured by label; codes of more than two "
        "numbers are shown by their first two principal components. `python docs/pictures.py` "
        "draws the pictures, and [Recipes](recipes.md) is a table of the same recipes.",
    ]
    for name, row in sorted(RECIPES.items()):
        picture = PICTURES / f"{name}.png"
        good_for = row.good_for[0].upper() + row.good_for[1:]
        blocks.append(f"## {name}")
        if picture.exists():
            alt = f"Digits, reconstructions, new digits and codes of the recipe {name}"
            blocks.append(f"![{alt}](images/recipes/{name}.png){{ loading=lazy }}")
        blocks.append(f"{good_for}. *Slots:* {row.sentence}. *Paper:* {row.paper}.")
        home = row.make.__module__
        blocks.append(f"[`isthmus.recipes.{name}`](reference/recipes.md#{home}.{name})")
    return "\n\n".join(blocks) + "\n"
