"""The report of a fit as data, as figures, and as one self-contained HTML page."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from isthmus.atomic import new_file
from isthmus.fitted import FittedAutoencoder
from isthmus.plainjson import Facts
from isthmus.report.circumstances import circumstances
from isthmus.report.evaluated_fit import EvaluatedFit, evaluate_fit
from isthmus.report.metrics import metrics_of
from isthmus.report.numbers import number, percent, set_name
from isthmus.report.passes import Parts
from isthmus.report.sections import SECTIONS

if TYPE_CHECKING:
    from jinja2 import Environment
    from matplotlib.figure import Figure

FRAME = 900
"""Height of the page in a notebook, in pixels."""

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Report:
    """What a report shows of a fit.

    Attributes
    ----------
    metrics : mapping
        What ``metrics.json`` holds.
    run : mapping
        What ``run.json`` holds.
    split : str
        The set that the model is measured on.
    sections : mapping of str to object
        What each section shows, by the section's name; None for one that does not apply.
    """

    metrics: Facts
    run: Facts
    split: str
    sections: Facts


def collect(fit: EvaluatedFit, metrics: Facts) -> Report:
    """Let every section collect what it shows of a fit.

    Parameters
    ----------
    fit : EvaluatedFit
    metrics : mapping
        What `metrics_of` returned of it.
    """
    sections = {section.name: section.collect(fit, metrics) for section in SECTIONS}
    return Report(metrics, fit.run, fit.split, sections)


def draw(report: Report) -> Iterator[tuple[str, "Figure"]]:
    """Yield the figures of every section that applies, with the names of their files."""
    for section in SECTIONS:
        if (data := report.sections[section.name]) is not None:
            yield from section.figures(data)


def render(report: Report) -> str:
    """Return the page: HTML that needs no other file and no network; all text is escaped."""
    from markupsafe import Markup

    jinja = environment()
    shown = []
    common = {"metrics": report.metrics, "split": report.split}
    for section in SECTIONS:
        data = report.sections[section.name]
        if data is None:
            continue
        template = jinja.from_string(section.template)
        html = template.render(data=data, **common, **section.view(data))
        shown.append({"name": section.name, "title": section.title, "html": Markup(html)})
    page = jinja.get_template("page.html.j2")
    return page.render(sections=shown, run=report.run, **common)


@dataclass(frozen=True, repr=False)
class ReportPage:
    """The page of a report, which notebooks show.

    Attributes
    ----------
    html : str
        The page: it needs no other file and no network.
    metrics : mapping
        What ``metrics.json`` holds.
    """

    html: str
    metrics: Facts

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file."""
        with new_file(Path(path)) as fresh:
            fresh.write_text(self.html, encoding="utf-8")
        return Path(path)

    def __repr__(self) -> str:
        sentence = self.metrics.get("verdict", {}).get("sentence", "")
        return f"<ReportPage of {len(self.html) / 1e6:.1f} MB. {sentence}>"

    def _repr_html_(self) -> str:
        """Return the page in a frame of its own, so that it keeps its style and its scripts."""
        from markupsafe import escape

        return (
            f'<iframe srcdoc="{escape(self.html)}" title="Report of an autoencoder" '
            f'style="width:100%;height:{FRAME}px;border:0"></iframe>'
        )


def report_page(
    estimator: FittedAutoencoder,
    parts: Parts,
    *,
    name: str | None = None,
    seed: int = 0,
    live_limit: float | None = None,
) -> ReportPage:
    """Measure a fit, and return its page.

    The page's title is ``name``, by default that of the estimator's class. The other parameters are
    those of `evaluate_fit`.
    """
    facts = {"source": name or type(estimator).__name__, **circumstances()}
    fit = evaluate_fit(estimator, parts, seed=seed, run=facts, live_limit=live_limit)
    metrics = metrics_of(fit)
    return ReportPage(render(collect(fit, metrics)), metrics)


def environment(*templates: Path) -> "Environment":
    """Return what renders pages: templates of the folders named before those of this package."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    jinja = Environment(
        loader=FileSystemLoader([*templates, TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.filters |= {"number": number, "percent": percent, "set_name": set_name}
    return jinja
