"""The map's section: measures of codes in the plane, and for a map those of other packages."""

import numpy as np
import pytest

from isthmus.evaluation import map_quality
from isthmus.report import collect, evaluate_fit, metrics_of, render
from isthmus.report.sections import map as section


@pytest.fixture
def evaluated(better, digits):
    return evaluate_fit(better, digits)


def test_a_code_in_the_plane_is_measured_beside_pca(evaluated):
    metrics = metrics_of(evaluated)
    found = metrics["map"]
    shown = evaluated.shown
    scaled = evaluated.model.estimator.scale(shown.examples)
    expected = map_quality(scaled, shown.codes)
    assert found["maps"]["code"]["trustworthiness"] == pytest.approx(expected.trustworthiness)
    assert set(found["maps"]) == {"code", "pca"}
    assert found["examples"] == len(shown)
    html = render(collect(evaluated, metrics))
    assert "The code as a map" in html
    assert "saw these" not in html


def test_labels_give_the_accuracy_of_neighbours_on_the_map(evaluated):
    metrics = metrics_of(evaluated)
    code = metrics["map"]["maps"]["code"]
    assert 0 < code["knn_1"] <= 1
    assert code["knn_5"] == metrics["probe"]["code"]


def test_a_map_stands_beside_those_of_other_packages(evaluated, monkeypatch):
    asked = []

    def peer(x, seed):
        asked.append(x.shape)
        return np.asarray(x)[:, :2]

    monkeypatch.setattr(section, "installed_peers", lambda: {"UMAP": peer})
    assert "UMAP" not in metrics_of(evaluated)["map"]["maps"]
    evaluated.model.estimator.paired_neighbours_ = 15
    try:
        metrics = metrics_of(evaluated)
        html = render(collect(evaluated, metrics))
    finally:
        evaluated.model.estimator.paired_neighbours_ = 0
    assert "knn_1" not in metrics["map"]["maps"]["UMAP"]
    assert asked == [(len(evaluated.shown), 64)]
    assert "UMAP saw these" in " ".join(html.split())


def test_it_does_not_apply_to_few_examples_or_missing_values(evaluated, monkeypatch):
    monkeypatch.setattr(section, "LEAST", 10_000)
    metrics = metrics_of(evaluated)
    assert metrics["map"] is None
    assert section.Map().collect(evaluated, metrics) is None
