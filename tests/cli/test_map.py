"""`isthmus map`: a fit of the recipe map, with its faithfulness measured."""

import json

import numpy as np
import pytest

from isthmus.report.sections import map as section

QUICK = ("--hidden", 16, "--epochs", 2, "--quiet")


@pytest.fixture(autouse=True)
def _no_other_packages(monkeypatch):
    monkeypatch.setattr(section, "installed_peers", dict)  # they compile for minutes


def test_a_map_is_a_run_that_encodes_and_decodes(isthmus, tmp_path):
    run, codes, back = tmp_path / "run", tmp_path / "codes.npy", tmp_path / "back.npy"
    answer = isthmus("map", "digits", "--out", run, *QUICK)
    assert answer.code == 0, answer.err
    found = json.loads((run / "metrics.json").read_text())["map"]
    assert found["maps"].keys() == {"code", "pca"}
    assert found["maps"]["code"].keys() >= {"trustworthiness", "continuity", "hits", "knn_5"}
    assert isthmus("encode", run, "digits", "--out", codes).code == 0
    assert np.load(codes).shape == (1797, 2)
    assert isthmus("decode", run, codes, "--out", back).code == 0
    assert np.load(back).shape == (1797, 8, 8)


def test_it_takes_the_options_of_a_fit(isthmus, tmp_path):
    run = tmp_path / "run"
    answer = isthmus("map", "digits", "--out", run, "--latent-dim", 3, *QUICK)
    assert answer.code == 0, answer.err
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics["latent"]["dim"] == 3
    facts = json.loads((run / "run.json").read_text())
    assert facts["settings"]["recipe"] == "map"
    assert facts["command"].startswith("isthmus map digits --out ")


def test_the_same_seed_gives_the_same_map(isthmus, tmp_path):
    for name in ("one", "two"):
        assert isthmus("map", "digits", "--out", tmp_path / name, *QUICK).code == 0
    one, two = (
        json.loads((tmp_path / name / "metrics.json").read_text())["map"] for name in ("one", "two")
    )
    assert one == two
