"""Every chart is drawn by a page and by matplotlib from the same values."""

import numpy as np
import pytest
from markupsafe import Markup

from isthmus.report import charts, environment

RNG = np.random.default_rng(0)
IMAGES = RNG.random((4, 5, 3))
NAME = "<b> & $x_i"
"""Text that neither HTML nor matplotlib may take for their own."""

EACH = {
    "curves": charts.Curves({NAME: ([1, 2, 3], [1.0, np.nan, 3.0]), "b": ([1], [0.5])}, "x", "y"),
    "spread": charts.Curves({NAME: ([1, 10], [0.1, 0.2], [0.2, None])}, "x", "y", True, True),
    "bars": charts.Bars({NAME: [1.0, -2.0], "b": [0.0, 0.5]}, ["one", "two"], "height"),
    "matrix": charts.Matrix(np.array([[0.5, -1.0]]), [NAME], ["a", "b"], "row", "column"),
    "points": charts.Points(RNG.normal(size=(40, 2)), np.array([NAME, "b"] * 20)),
    "many points": charts.Points(RNG.normal(size=(5_000, 2)), np.array([NAME, "b"] * 2_500)),
    "named points": charts.NamedPoints(RNG.normal(size=(2, 2)), [NAME, "b"]),
    "image rows": charts.ImageRows({NAME: IMAGES, "b": IMAGES}, range(4)),
    "images of codes": charts.ImagesOfCodes(IMAGES, np.arange(2.0), np.arange(2.0), (0, 1)),
    "weights": charts.Weights(IMAGES - 0.5),
}


@pytest.mark.parametrize("chart", EACH.values(), ids=EACH)
def test_a_page_and_a_figure_show_a_chart(chart, tmp_path):
    data = chart.drawn("A caption")
    page = environment().get_template(data["template"]).render(chart=data)
    assert "A caption" in page or "alt=" in page or "<table" in page
    assert NAME not in page
    assert "NaN" not in page
    assert "nan" not in page
    assert len(page) < 300_000
    chart.figure().savefig(tmp_path / "figure.png", dpi=20)


def test_every_chart_is_exported():
    assert {type(chart).__name__ for chart in EACH.values()} | {"Chart"} == set(charts.__all__)


def test_bars_begin_at_zero_and_negative_ones_hang_below():
    groups = EACH["bars"].view()["groups"]
    up, down = groups[0]["bars"]
    assert up["y"] + up["height"] == pytest.approx(down["y"], abs=0.2)
    assert down["height"] == pytest.approx(2 * up["height"], abs=0.2)


def test_a_value_that_is_not_finite_is_left_out():
    line = EACH["curves"].view()["lines"][0]
    assert [point["text"] for point in line["points"]] == [f"{NAME}: 1 at 1", f"{NAME}: 3 at 3"]


def test_names_are_escaped():
    data = EACH["curves"].drawn("")
    page = environment().get_template(data["template"]).render(chart=data)
    assert str(Markup.escape(NAME)) in page
