"""The pages that are made are as they would be made now."""

import importlib.util
import re
from pathlib import Path

from isthmus.recipes import RECIPES
from isthmus.studies import reports

DOCS = Path(__file__).parents[1] / "docs"


def loaded(path: Path):
    """Return a script of docs/ as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_recipes_is_the_table():
    generate = loaded(DOCS / "generate.py")
    assert (DOCS / "recipes.md").read_text("utf-8") == generate.recipes()


def test_the_page_of_public_names_is_what_the_package_has():
    """Run ``python docs/generate.py public`` when the public names are meant to change."""
    generate = loaded(DOCS / "generate.py")
    assert (DOCS / "public.md").read_text("utf-8") == generate.public()


def test_every_public_name_can_be_had():
    generate = loaded(DOCS / "generate.py")
    for name in generate.public_modules():
        module = importlib.import_module(f"isthmus.{name}")
        for each in generate.public_names(module):
            assert getattr(module, each) is not None, f"isthmus.{name}.{each}"


def test_every_public_module_has_a_page_in_the_navigation():
    navigation = (DOCS.parent / "mkdocs.yml").read_text("utf-8")
    named = set(re.findall(r"reference/(\w+)\.md", navigation))
    assert named == {"isthmus", *loaded(DOCS / "generate.py").public_modules()}


def test_every_recipe_has_a_picture_in_the_gallery():
    """Run ``python docs/gallery.py NAME`` for a recipe that is new."""
    assert {path.stem for path in (DOCS / "images" / "recipes").glob("*.png")} == set(RECIPES)


def test_a_verdict_for_the_worse_is_found():
    script = loaded(DOCS / "changes.py")
    page = script.PAGE.read_text("utf-8")
    old = script.verdicts(page)
    assert {place[0] for place in old} == set(reports())
    assert script.changes(old, old) == ([], 0)
    claim = "0 and 1 are recreated fairly well by both autoencoders."
    new = script.verdicts(page.replace(f"| {claim} | holds |", f"| {claim} | does not hold |"))
    lines, worse = script.changes(old, new)
    assert (len(lines), worse) == (2, 1)
    assert claim in lines[0]
    assert script.changes(new, old)[1] == 0
