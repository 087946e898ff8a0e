"""A hook of MkDocs: a page of reference for every public module, from its docstrings."""

import importlib
import re
import sys
from pathlib import Path

import latex2mathml.converter
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

import isthmus

sys.path.insert(0, str(Path(__file__).parents[1]))
from generate import public_modules, public_names

FORMULA = re.compile(
    r'<(span|div) class="arithmatex">(?:\\\(|\\\[)(.+?)(?:\\\)|\\\])</\1>', re.DOTALL
)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the reference."""
    files.append(File.generated(config, "reference/isthmus.md", content=main_page()))
    for name in public_modules():
        page = File.generated(config, f"reference/{name}.md", content=module_page(name))
        files.append(page)
    return files


def main_page() -> str:
    """Return the page of isthmus's own names."""
    names = [name for name in isthmus.__all__ if callable(getattr(isthmus, name))]
    return "\n\n".join(["# isthmus", *(entry(f"isthmus.{name}") for name in names)]) + "\n"


def module_page(name: str) -> str:
    """Return the page of a public module: its docstring, then each of its names."""
    module = importlib.import_module(f"isthmus.{name}")
    introduction = f"::: isthmus.{name}\n    options:\n      members: false\n      heading_level: 1"
    names = [each for each in public_names(module) if callable(getattr(module, each))]
    return "\n\n".join([introduction, *(entry(f"isthmus.{name}.{each}") for each in names)]) + "\n"


def entry(path: str) -> str:
    """Return the directive that mkdocstrings replaces by the documentation of an object."""
    return f"::: {path}"


def on_page_content(html: str, **_: object) -> str:
    """Return a page with its formulas as MathML, which browsers draw without a script."""
    return FORMULA.sub(as_mathml, html)


def as_mathml(match: re.Match[str]) -> str:
    """Return a formula in LaTeX as MathML."""
    source = match[2].replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    display = "block" if match[1] == "div" else "inline"
    return latex2mathml.converter.convert(source, display=display)
