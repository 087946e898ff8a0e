"""A hook of MkDocs: pages made of what is elsewhere in the repository.

The changelog and the contributing page are at its root.
"""

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[2]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages."""
    pages = {
        "changelog.md": from_root("CHANGELOG.md"),
        "contributing.md": from_root("CONTRIBUTING.md"),
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
