import json
import re
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest

from isthmus.report import collect, evaluate_fit, metrics_of, render
from isthmus.report.axes import Axis
from isthmus.report.plane import ordered_classes
from isthmus.report.png import diverging, grey_or_colour
from isthmus.report.sections.training import loss_chart

VOID = {"meta", "img", "br", "line", "circle", "polyline", "use", "path"}


class Balanced(HTMLParser):
    """Collect the text, and fail on a tag that closes another one."""

    def __init__(self):
        super().__init__()
        self.open, self.text, self.addresses = [], [], []

    def handle_starttag(self, tag, attrs):
        self.addresses += [value for key, value in attrs if key in ("src", "href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert tag in VOID

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read(html):
    page = Balanced()
    page.feed(html)
    assert page.open == []
    return page, " ".join(page.text)


def page_of(estimator, parts, run=None):
    fit = evaluate_fit(estimator, parts, run=run)
    report = collect(fit, metrics_of(fit))
    html = render(report)
    return report.sections, html, *read(html)


def test_the_page_needs_nothing_from_outside(better, digits):
    _, html, page, text = page_of(better, digits, {"source": "digits", "command": "isthmus fit"})
    assert len(html) < 3_000_000
    assert page.addresses
    outside = [address for address in page.addresses if not address.startswith("#")]
    assert all(address.startswith("data:image/png;base64,") for address in outside)
    assert not re.findall(r"https?://|@import|url\((?![$#])", html)
    for words in ("beats PCA", "digits", "isthmus fit", "epoch 28 was kept", "Typical"):
        assert words in text


def test_images_with_a_code_of_two_get_a_grid_and_a_wider_code_traversals(standin, better, digits):
    facts, _, _, text = page_of(better, digits)
    assert facts["grid"].images.shape == (169, 8, 8, 1)
    assert facts["traversals"] is None
    assert "Decoded grid" in text
    wide = standin(4, image_shape=(8, 8, 1)).fit(digits["train"][0])
    facts, _, _, text = page_of(wide, digits)
    assert facts["traversals"].images.shape == (4, 9, 8, 8, 1)
    assert facts["grid"] is None
    assert "Latent traversals" in text
    assert "principal axis 1 of the code" in text


def test_grid_rows_fall_from_the_top(better, digits):
    grid = page_of(better, digits)[0]["grid"]
    assert grid.ys[0] > grid.ys[-1]
    assert grid.xs[0] < grid.xs[-1]
    corner = better.inverse_transform([[grid.xs[0], grid.ys[0]]]).reshape(8, 8, 1)
    np.testing.assert_allclose(grid.images[0], corner, atol=1e-4)


def test_best_typical_and_worst_are_what_they_say(better, digits):
    groups = page_of(better, digits)[0]["reconstructions"].groups
    means = [groups[name].errors.mean() for name in ("best", "typical", "worst")]
    assert means == sorted(means)
    worst = groups["worst"]
    own = np.square((worst.originals - worst.reconstructions) / 16).mean(axis=(1, 2, 3))
    np.testing.assert_allclose(own, worst.errors, rtol=1e-3)


def test_hovering_knows_every_point(better, digits):
    facts, html, _, _ = page_of(better, digits)
    start = html.index('id="codes">') + len('id="codes">')
    hover = json.loads(html[start : html.index("</script>", start)])
    n = len(facts["explore"].plane.points)
    assert n == 1797
    keys = ("x", "y", "classes", "parts", "values", "errors")
    assert [len(hover[key]) for key in keys] == [n] * 6
    assert hover["names"] == [str(digit) for digit in range(10)]
    assert hover["splits"][hover["parts"][0]] == "test"
    assert hover["sheet"]["uri"].startswith("data:image/png")
    assert html.count("<use href=") == n


def test_denoising_sampling_and_filters_show_where_they_apply(standin, better, digits):
    facts, _, _, text = page_of(better, digits)
    assert facts["denoising"] is facts["samples"] is None
    assert "Denoising" not in text
    noisy = standin(2, corruption="gaussian:0.2", image_shape=(8, 8, 1)).fit(digits["train"][0])
    noisy.generative_ = True
    facts, _, _, text = page_of(noisy, digits)
    assert facts["samples"].images.shape == (36, 8, 8, 1)
    assert not np.array_equal(facts["denoising"].clean, facts["denoising"].corrupted)
    for words in ("Denoising", "Samples from the prior", "First-layer weights"):
        assert words in text


def test_tables_show_columns_and_escape_their_names(standin, wine):
    evil = "<script>alert(1)</script>"
    parts = {
        name: (X.rename(columns={"hue": evil}), np.where(y == 0, evil, "b"))
        for name, (X, y) in wine.items()
    }
    facts, html, _, text = page_of(
        standin(3).fit(parts["train"][0]), parts, {"source": {"name": evil}, "command": ["a", evil]}
    )
    assert evil not in html
    assert text.count(evil) >= 4  # the title, the command, the column twice, the class
    assert "Error per column" in text
    assert facts["effects"].values.shape == (13, 3)
    assert facts["reconstructions"] is None


def test_effects_find_the_columns_that_an_axis_moves(standin):
    rng = np.random.default_rng(0)
    X = np.zeros((300, 5), np.float32)
    X[:, 2] = 10 * rng.standard_normal(300)
    X[:, 4] = rng.standard_normal(300)
    estimator = standin(1).fit(X)
    estimator.span_[:] = 1
    estimator.mixing_.fit(X)
    parts = {"train": (X[:200], None), "test": (X[200:], None)}
    facts = page_of(estimator, parts)[0]
    assert facts["effects"].columns == [f"x{i}" for i in range(5)]
    effect = np.abs(facts["effects"].values[:, 0])
    assert effect[2] == pytest.approx(2, rel=0.2)
    assert effect[4] < 0.5
    assert facts["explore"].plane.names[0] == "code"


def test_colour_images_and_a_training_set_alone_make_a_page(standin):
    X = np.random.default_rng(0).random((40, 40, 36, 3)).astype(np.float32)
    estimator = standin(3, image_shape=(40, 36, 3)).fit(X)
    facts, html, _, text = page_of(estimator, {"train": (X, None)})
    assert facts["explore"].thumbnails.shape == (40, 20, 18, 3)
    assert "on the training set" in text
    assert "all / none" not in html


def test_long_tables_show_the_hardest_columns(standin):
    X = np.random.default_rng(0).random((100, 90)).astype(np.float32)
    facts, _, _, text = page_of(standin(2).fit(X), {"train": (X, None)})
    assert len(facts["columns"].names) == 40
    assert np.all(np.diff(facts["columns"].autoencoder) <= 0)
    assert "(40 of 90)" in text


def test_number_classes_keep_their_order():
    names, members = ordered_classes(np.array(["10", "2", "1", "2"]))
    assert names == ["1", "2", "10"]
    assert members.tolist() == [2, 1, 0, 1]


@pytest.mark.parametrize(
    ("low", "high", "log"), [(0, 1, False), (-3e-5, 2e-5, False), (0.1, 900, True), (1, 11, True)]
)
def test_ticks_lie_inside_in_order_and_are_few(low, high, log):
    axis = Axis(low, high, 0, 100, log)
    places = [place for place, _ in axis.ticks()]
    assert 3 <= len(places) <= 8
    assert places == sorted(places)
    assert min(places) >= -0.1
    assert max(places) <= 100.1
    assert axis.at(low) == 0
    assert axis.at(high) == 100


@pytest.mark.parametrize(
    "history",
    [
        {"epoch": [1], "train_loss": [2.0]},
        {"epoch": [1, 2], "train_loss": [-2.0, -2.0], "validation_loss": [None, None]},
        {"epoch": [1, 2, 3], "train_loss": [9.0, 1.0, 0.1], "validation_loss": [9.0, None, 1.0]},
    ],
)
def test_any_history_can_be_drawn(history):
    chart = loss_chart(history, best_epoch=0)
    assert chart["best"] == 56
    for line in chart["lines"]:
        assert "nan" not in line["points"]
    assert chart["y_ticks"]


def test_gaps_are_transparent_and_zero_weights_near_white():
    grey = grey_or_colour(np.array([[0.0, np.nan, 16.0]]), (0, 16))
    assert grey.tolist() == [[[0, 255], [0, 0], [255, 255]]]
    colours = diverging(np.array([[-1.0, 0.0, np.nan]]), 1.0)
    assert colours[0, 0].tolist() == [33, 102, 172, 255]
    assert min(colours[0, 1, :3]) > 240
    assert colours[0, 2, 3] == 0


def test_importing_the_report_imports_neither_jax_nor_matplotlib():
    code = "import sys, isthmus.report; sys.exit(bool({'jax', 'matplotlib'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
