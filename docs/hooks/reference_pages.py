"""A hook of MkDocs: a page of reference for every public module, from its docstrings."""

import importlib
import inspect
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

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
    return "\n\n".join(["# isthmus", *entries(isthmus, isthmus.__all__)]) + "\n"


def module_page(name: str) -> str:
    """Return the page of a public module: its docstring, then each of its names."""
    module = importlib.import_module(f"isthmus.{name}")
    options = {"members": "false", "heading_level": "1", "show_root_full_path": "true"}
    lines = [f"      {option}: {value}" for option, value in options.items()]
    introduction = "\n".join([f"::: isthmus.{name}", "    options:", *lines])
    top = {id(getattr(isthmus, each)) for each in isthmus.__all__}  # on the page of isthmus
    names = [each for each in public_names(module) if id(getattr(module, each)) not in top]
    return "\n\n".join([introduction, *entries(module, names)]) + "\n"


def entries(module: ModuleType, names: Iterable[str]) -> list[str]:
    """Return the directives that mkdocstrings replaces by the documentation of an object.

    Objects are named by the file that defines them, since a recipe may have the name of its file.
    Tables and other constants have no docstring of their own and are left out.
    """
    values = [getattr(module, name) for name in names]
    found = [value for value in values if inspect.isclass(value) or inspect.isfunction(value)]
    return [f"::: {value.__module__}.{value.__qualname__}" for value in found]


def on_page_content(html: str, **_: object) -> str:
    """Return a page with its formulas as MathML, which browsers draw without a script."""
    return FORMULA.sub(as_mathml, html)


def as_mathml(match: re.Match[str]) -> str:
    """Return a formula in LaTeX as MathML."""
    source = match[2].replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    display = "block" if match[1] == "div" else "inline"
    return latex2mathml.converter.convert(source, display=display)
