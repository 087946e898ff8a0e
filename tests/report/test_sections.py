"""The contract of every section, and that the page follows from the list of sections."""

import json
import re

import pytest

from isthmus.errors import IsthmusError
from isthmus.report import Section, collect, draw, evaluate_fit, measure_fit, metrics_of, render
from isthmus.report import metrics as metrics_module
from isthmus.report import page as page_module
from isthmus.report.sections import SECTIONS


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_a_section_is_named_for_an_address_and_says_what_it_shows(section):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", section.name)
    assert section.title
    assert type(section).__doc__.endswith(".")
    assert [other.name for other in SECTIONS].count(section.name) == 1


def test_the_table_of_contents_lists_the_sections_that_apply_in_order(better, digits):
    fit = evaluate_fit(better, digits)
    report = collect(fit, metrics_of(fit))
    html = render(report)
    apply = [s for s in SECTIONS if report.sections[s.name] is not None]
    assert re.findall(r'<a href="#([^"]+)">([^<]+)</a>', html) == [(s.name, s.title) for s in apply]
    assert re.findall(r'<section id="([^"]+)">', html) == [s.name for s in apply]
    assert 5 < len(apply) < len(SECTIONS)


class Largest(Section[list[int]]):
    """A section of one file, as another one would be added."""

    name = "largest"
    title = "Largest value"
    template = "<p>The largest value is {{ data[0] | number }}, of {{ split }}.</p>"

    def measure(self, fit):
        return {"largest": fit.limits[1]}

    def warn(self, fit, metrics):
        return [f"The largest value is {metrics['largest']:g}: divide by it."]

    def collect(self, fit, metrics):
        return [metrics["largest"]]

    def figures(self, data):
        from isthmus.figures import bars

        yield "largest", bars({"": data}, ["all"], y_label="value")


def test_a_new_section_is_on_the_page_in_the_metrics_and_among_the_figures(
    better, digits, monkeypatch
):
    for module in (metrics_module, page_module):
        monkeypatch.setattr(module, "SECTIONS", (*SECTIONS, Largest()))
    fit = evaluate_fit(better, digits)
    metrics = metrics_of(fit)
    assert metrics["largest"] == 16
    assert "The largest value is 16: divide by it." in metrics["warnings"]
    report = collect(fit, metrics)
    assert "<p>The largest value is 16, of test.</p>" in render(report)
    assert [name for name, _ in draw(report)][-1] == "largest"


def test_two_sections_cannot_measure_the_same(better, digits, monkeypatch):
    monkeypatch.setattr(metrics_module, "SECTIONS", (*SECTIONS, Largest(), Largest()))
    with pytest.raises(IsthmusError, match="Two sections of the report measure 'largest'"):
        measure_fit(better, digits)


def test_metrics_name_their_format_and_are_plain(better, digits):
    metrics = measure_fit(better, digits)
    assert metrics["format"] == 3
    assert json.loads(json.dumps(metrics, allow_nan=False)) == metrics
