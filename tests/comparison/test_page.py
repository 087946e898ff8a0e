"""The page of a comparison."""

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest

from isthmus.comparison import compare
from isthmus.comparison.sections import SECTIONS
from isthmus.figures.palette import PAGE_COLOURS, contrast
from isthmus.report.page import TEMPLATES

from .conftest import DATA


@pytest.fixture(scope="module")
def page(compared):
    return compared.to_html()


class _Addresses(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.ids = [], []

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in ("src", "href")]
        self.ids += [value for name, value in attrs if name == "id"]


def test_it_needs_no_other_file_and_no_network(page):
    read = _Addresses()
    read.feed(page)
    assert all(address.startswith(("data:image/png;base64,", "#")) for address in read.found)
    assert "http" not in re.sub(r"data:image[^\"]*", "", page)
    assert {address[1:] for address in read.found if address[0] == "#"} == set(read.ids) & {
        section.name for section in SECTIONS
    }


def test_every_map_has_the_same_examples_in_the_same_order(page, compared):
    data = json.loads(re.search(r'id="compared">(.*?)</script>', page, re.DOTALL)[1])
    count = len(data["classes"])
    assert count == 100
    assert len(data["maps"]) == 3
    assert all(len(one[key]) == count for one in data["maps"] for key in ("x", "y", "errors"))
    for k, rows in enumerate(compared.shared.rows):
        assert data["maps"][k]["errors"] == pytest.approx(list(rows.mse), rel=1e-2)
    assert page.count('class="dot"') == 3 * count


def test_text_is_escaped_and_runs_that_do_not_differ_say_so(fits):
    found = compare({"<b>one": fits["long"], "two": fits["long"]}, DATA).to_html()
    assert "<b>one" not in found.replace("<b>one</b>", "")
    assert "None: the runs differ in the seed alone." in found


def test_models_without_images_have_no_pictures(fits):
    flat = {"train": (DATA["train"][0].reshape(300, 64), None)}
    flat["test"] = (DATA["test"][0].reshape(100, 64), None)
    import isthmus

    small = isthmus.Autoencoder(1, hidden=(), epochs=0, random_state=0).fit(flat["train"][0])
    page = compare({"a": small, "b": small}, flat).to_html()
    assert "<img" not in page
    assert "squared error of the example" in page  # a code of one is shown against the error


def test_colours_of_classes_differ_from_both_pages():
    sheet = (TEMPLATES / "style.css").read_text()
    papers = set(re.findall(r"--(?:paper|card): (#[0-9a-f]{6})", sheet))
    assert len(papers) >= 4
    assert len(set(PAGE_COLOURS)) == 10
    assert min(contrast(own, paper) for own in PAGE_COLOURS for paper in papers) >= 3


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node to check the script")
def test_the_script_is_plain_javascript(page, tmp_path):
    script = tmp_path / "page.js"
    script.write_text(re.findall(r"<script>(.*?)</script>", page, re.DOTALL)[0])
    subprocess.run(["node", "--check", str(script)], check=True, timeout=60)


def test_a_selection_in_one_map_is_shown_in_all(chromium, compared, tmp_path):
    path, said = compared.save(tmp_path / "page.html"), []
    tab = chromium.new_page(viewport={"width": 1100, "height": 900})
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("request", lambda request: said.append(request.url))
    tab.goto(path.as_uri())
    said.clear()  # the page itself was asked for
    box = tab.locator("[data-map='0'] svg.chart").bounding_box()
    tab.locator("[data-map='0'] svg.chart").scroll_into_view_if_needed()
    box = tab.locator("[data-map='0'] svg.chart").bounding_box()
    tab.mouse.move(box["x"] + 2, box["y"] + 2)
    tab.mouse.down()
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 2)
    tab.mouse.up()
    lit = [
        tab.eval_on_selector_all(
            f"[data-map='{k}'] .dot:not(.faded)", "dots => dots.map(d => Number(d.dataset.row))"
        )
        for k in range(3)
    ]
    assert 0 < len(lit[0]) < 100
    assert set(lit[0]) == set(lit[1]) == set(lit[2])
    assert tab.inner_text("#selection") == f"{len(lit[0])} of 100 examples selected"
    errors = compared.shared.rows[1].mse[lit[0]]
    shown = tab.inner_text("[data-map='1'] [data-mean]").split(": ")[1]
    assert float(shown) == pytest.approx(errors.mean(), rel=1e-2)
    tab.keyboard.press("Tab")
    tab.locator("[data-map='1'] svg.chart").focus()
    tab.keyboard.press("Escape")
    assert tab.locator(".faded").count() == 0
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press(" ")
    assert tab.inner_text("#selection") == "1 of 100 examples selected"
    assert not tab.locator("[data-map='1'] .tip").is_hidden()
    ring, tip = (tab.locator(f"[data-map='1'] {part}").bounding_box() for part in (".ring", ".tip"))
    middle = ring["y"] + ring["height"] / 2
    assert tip["y"] <= middle <= tip["y"] + tip["height"]  # the tooltip is beside its point
    assert [ring.get_attribute("r") for ring in tab.locator(".ring").all()] == ["7"] * 3
    tab.locator(".legend button").first.click()
    assert tab.locator(".hidden-class").count() == 3
    assert said == []
    tab.close()
