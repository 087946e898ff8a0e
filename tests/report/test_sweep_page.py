"""The facts, the table, the figures and the page of a sweep, from a stand-in for one."""

from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest

from isthmus.evaluation.advice import Advice
from isthmus.report.sweep_page import collect_sweep, draw_sweep, render_sweep, sweep_table
from isthmus.sweep.results import Point, results_of

RUN = {
    "command": "isthmus sweep it",
    "source": "it & <that>",
    "created": "2026-01-02T03:04:05",
    "versions": {"jax": "1.2"},
}


@pytest.fixture
def sweep():
    """Two sizes, two rates and two seeds, of which one fit failed."""
    grid = [{"latent_dim": d, "learning_rate": rate} for d in (2, 4) for rate in (1e-4, 1e-2)]
    points = [
        Point(params, seed, -i - seed, 1 / (i + 1 + seed), 1.0, 2.0, 3, 1)
        for i, params in enumerate(grid)
        for seed in (0, 1)
    ]
    failed = Point(grid[3], 1, np.nan, None, None, 0.0, 0, 0, "The loss became nan.")
    points[-1] = failed
    return SimpleNamespace(
        cv_results_=results_of(grid, points, 2),
        points_=points,
        seeds=2,
        code_sizes_=[2, 2, 4, 4],
        criterion_="score",
        best_params_=grid[0],
        pca_mse_={2: 0.9, 4: 0.5},
        advice_=Advice(4, "A code of 4 explains most."),
    )


def test_facts_are_plain_and_finite(sweep):
    facts = collect_sweep(sweep, RUN)
    assert facts["names"] == ["latent_dim", "learning_rate"]
    assert [row["rank"] for row in facts["grid"]] == [1, 2, 3, 4]
    assert facts["grid"][0]["mean_mse"] == pytest.approx(0.75)
    assert facts["grid"][3]["mean_mse"] is None
    assert facts["failures"] == [
        {"params": sweep.points_[-1].params, "seed": 1, "sentence": "The loss became nan."}
    ]
    assert facts["pca"] == {2: 0.9, 4: 0.5}
    assert facts["advice"]["latent_dim"] == 4


def test_the_table_has_a_row_a_fit(sweep):
    table = sweep_table(sweep)
    assert table["latent_dim"] == [2, 2, 2, 2, 4, 4, 4, 4]
    assert table["seed"] == [0, 1] * 4
    assert table["mse"][-1] is None
    assert table["score"][-1] is None
    assert table["failure"] == [None] * 7 + ["The loss became nan."]


def test_a_figure_for_the_size_and_for_every_number(sweep):
    drawn = list(draw_sweep(collect_sweep(sweep, RUN)))
    assert [name for name, _ in drawn] == ["rate-distortion", "learning_rate"]
    size, rate = (figure.axes[0] for _, figure in drawn)
    assert {text.get_text() for text in size.get_legend().get_texts()} == {"autoencoder", "PCA"}
    assert rate.get_xscale() == "log"
    plt.close("all")


def test_one_size_and_words_draw_nothing(sweep):
    facts = collect_sweep(sweep, RUN)
    kinds = zip(facts["grid"][:2], ("relu", "tanh"), strict=True)
    rows = [row | {"params": {"activation": kind}} for row, kind in kinds]
    assert list(draw_sweep(facts | {"grid": rows, "names": ["activation"]})) == []


def test_the_page_says_it_all_and_needs_no_other_file(sweep):
    facts = collect_sweep(sweep, RUN)
    page = render_sweep(facts)
    for words in (
        "A code of 4 is recommended",
        "it &amp; &lt;that&gt;",
        "isthmus sweep it",
        "Fits that failed",
        "The loss became nan.",
        "PCA: 0.9 at 2",
        '<a href="#chart-2">Error against learning_rate</a>',
        "Means over 2 seeds",
    ):
        assert words in page
    assert "http" not in page
    plain = render_sweep(facts | {"advice": None, "failures": []})
    assert "The best of 4 settings" in plain
    assert "failed" not in plain


def test_names_are_text_on_the_page(sweep):
    facts = collect_sweep(sweep, RUN)
    bad = "<script>alert(1)</script>"
    facts["names"] = [bad]
    facts["best"] = {bad: bad}
    facts["grid"] = [{**row, "params": {bad: bad}} for row in facts["grid"]]
    facts["failures"] = [{"params": {bad: bad}, "seed": 0, "sentence": bad}]
    facts["run"] = {**facts["run"], "source": bad, "command": bad}
    page = render_sweep(facts)
    assert "<script>" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 10
