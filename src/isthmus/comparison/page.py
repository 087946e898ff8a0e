"""The page of a comparison: HTML that needs no other file."""

from pathlib import Path

from isthmus.comparison.comparing import Comparison
from isthmus.comparison.sections import SECTIONS
from isthmus.report.circumstances import circumstances
from isthmus.report.page import environment

TEMPLATES = Path(__file__).parent / "templates"


def render(comparison: Comparison) -> str:
    """Return the page of a comparison; all text is escaped."""
    from markupsafe import Markup

    jinja = environment(TEMPLATES)
    common = {"groups": comparison.groups}
    shown = []
    for section in SECTIONS:
        data = section.collect(comparison)
        if data is None:
            continue
        html = jinja.from_string(section.template).render(data=data, **common, **section.view(data))
        shown.append({"name": section.name, "title": section.title, "html": Markup(html)})
    page = jinja.get_template("comparison.html.j2")
    return page.render(sections=shown, made=circumstances(), **common)
