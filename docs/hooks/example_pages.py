"""A hook of MkDocs: every script in examples/ becomes a page, with its output and its pictures.

The scripts are in the percent format that Jupyter, VS Code and jupytext open as notebooks. The
script's docstring is the title and the introduction, a cell ``# %% [markdown]`` is text, a cell
``# %%`` is code. As in a notebook, the value of a cell's last expression is shown, and so is all
that the cell prints. Scripts are executed when the site is built; results are kept in .cache/site
(or in the folder ISTHMUS_SITE_CACHE) under a checksum of the script and of the package, so an
unchanged one is not executed again.
"""

import ast
import contextlib
import io
import json
import re
import sys
from pathlib import Path
from typing import Any, NamedTuple

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

sys.path.insert(0, str(Path(__file__).parents[1]))
from site_cache import kept

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
PAGE = "page.md"


class Cell(NamedTuple):
    """A cell of a script: text in Markdown, or code."""

    is_text: bool
    source: str


class Page(NamedTuple):
    """A page in Markdown and its pictures (PNG) by file name."""

    text: str
    pictures: dict[str, bytes]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page for each example that the navigation names."""
    wanted = set(re.findall(r"jobs/(\w+)\.md", json.dumps(config.nav)))
    for name in sorted(wanted):
        page = built_page(EXAMPLES / f"{name}.py")
        files.append(File.generated(config, f"jobs/{name}.md", content=page.text))
        for picture, content in page.pictures.items():
            files.append(File.generated(config, f"jobs/{picture}", content=content))
    return files


def built_page(script: Path) -> Page:
    """Return the page of a script, from the cache where neither it nor the package changed."""
    folder = kept(script.stem, script, Path(__file__))
    if (folder / PAGE).exists():
        pictures = {path.name: path.read_bytes() for path in sorted(folder.glob("*.png"))}
        return Page((folder / PAGE).read_text("utf-8"), pictures)
    page = execute(script)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in page.pictures.items():
        (folder / name).write_bytes(content)
    (folder / PAGE).write_text(page.text, "utf-8")  # last: it says that the rest is whole
    return page


def cells(source: str) -> tuple[str, list[Cell]]:
    r"""Split a script into its docstring and its cells.

    Examples
    --------
    >>> cells('"Title."\\n\\n# %% [markdown]\\n# Text.\\n\\n# %%\\nx = 1\\n')
    ('Title.', [Cell(is_text=True, source='Text.'), Cell(is_text=False, source='x = 1')])
    """
    parts = re.split(r"^# %%(.*)\n", source, flags=re.MULTILINE)
    found = []
    for kind, body in zip(parts[1::2], parts[2::2], strict=True):
        is_text = kind.strip() == "[markdown]"
        if is_text:
            body = re.sub(r"^# ?", "", body, flags=re.MULTILINE)
        found.append(Cell(is_text, body.strip()))
    return ast.get_docstring(ast.parse(source)) or "", found


def execute(script: Path) -> Page:
    """Return the page of a script, executed cell by cell in one namespace."""
    introduction, found = cells(script.read_text("utf-8"))
    title, _, rest = introduction.partition("\n")
    blocks = [f"# {title.removesuffix('.')}", rest.strip()]
    space: dict[str, Any] = {"__name__": "__main__", "__file__": str(script)}
    pictures: dict[str, bytes] = {}
    for cell in found:
        if cell.is_text:
            blocks.append(cell.source)
            continue
        printed, value = run_cell(cell.source, space, script.name)
        blocks.append(f"```python\n{cell.source}\n```")
        if printed:
            blocks.append(f'```text title="Output"\n{printed}\n```')
        if hasattr(value, "savefig"):
            name = f"{script.stem}-{len(pictures) + 1}.png"
            pictures[name] = png_of(value)
            blocks.append(f"![{last_heading(blocks)}]({name})")
        elif value is not None:
            blocks.append(f'```text title="Output"\n{value!r}\n```')
    blocks.append(f"---\n\nThis page is the script `examples/{script.name}`, executed.")
    return Page("\n\n".join(block for block in blocks if block) + "\n", pictures)


def run_cell(source: str, space: dict[str, Any], name: str) -> tuple[str, Any]:
    """Execute a cell; return what it printed, and the value of its last line if an expression."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, name, "exec"), space)
        value = None
        if last is not None:
            value = eval(compile(ast.Expression(last.value), name, "eval"), space)
    return printed.getvalue().rstrip(), value


def png_of(figure: Any) -> bytes:
    """Return a figure of matplotlib as PNG."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=130, bbox_inches="tight")
    return buffer.getvalue()


def last_heading(blocks: list[str]) -> str:
    """Return the words of the heading above, which say what a picture shows."""
    headings = re.findall(r"^#+ (.+)$", "\n".join(blocks), flags=re.MULTILINE)
    return headings[-1]
