import json
from dataclasses import replace

import numpy as np
import pytest

from isthmus.doctor import Errors, Fit, Imputed
from isthmus.evaluation import fit_pca
from isthmus.report import measure_fit
from isthmus.report.verdict import make_verdict


def test_every_stable_key_is_there_and_survives_json(better, digits):
    metrics = json.loads(json.dumps(measure_fit(better, digits), allow_nan=False))
    for split in ("train", "validation", "test"):
        own = {"examples", "mse", "mse_input", "nats", "explained_variance"}
        assert metrics["reconstruction"][split].keys() == own
        assert metrics["pca"][split].keys() == {"mse", "mse_input", "explained_variance"}
        assert metrics["floor"][split] == {"nats": 0.0}
    assert metrics["latent"]["dim"] == 2
    assert metrics["latent"]["active"] == 2
    assert metrics["model"]["parameters"] == 1234
    assert metrics["timing"]["fit_seconds"] == 0.5
    assert metrics["verdict"]["beats_pca"] is True


def test_pca_is_fitted_on_the_training_part_in_the_scaled_space(better, digits):
    metrics = measure_fit(better, digits)
    pca = fit_pca(digits["train"][0].reshape(-1, 64) / 16)
    test = digits["test"][0].reshape(-1, 64) / 16
    assert metrics["pca"]["test"]["mse"] == pytest.approx(pca.mse(test, 2), rel=1e-5)
    spread = pca.mse(test, 0)
    assert metrics["pca"]["test"]["explained_variance"] == pytest.approx(
        1 - pca.mse(test, 2) / spread, rel=1e-4
    )
    assert metrics["pca"]["test"]["mse_input"] == pytest.approx(256 * pca.mse(test, 2), rel=1e-4)


def test_the_verdict_is_about_the_part_furthest_from_training(better, digits):
    for kept in (("train",), ("train", "validation"), ("train", "validation", "test")):
        metrics = measure_fit(better, {name: digits[name] for name in kept})
        assert metrics["verdict"]["split"] == kept[-1]
        assert kept[-1] in metrics["verdict"]["sentence"]
        assert (metrics["probe"] is None) == (kept == ("train",))


def test_the_probe_reads_labels_off_both_codes(better, digits):
    probe = measure_fit(better, digits)["probe"]
    assert probe["code"] > 0.4
    assert probe["pca"] > 0.4
    shuffled = {
        name: (X, np.random.default_rng(0).permutation(y)) for name, (X, y) in digits.items()
    }
    assert measure_fit(better, shuffled)["probe"]["code"] < 0.2


@pytest.mark.parametrize("labels", [None, np.linspace(0, 1, 1797)])
def test_without_classes_there_is_no_probe(better, digits, labels):
    parts = {
        name: (X, None if labels is None else labels[: len(X)]) for name, (X, _) in digits.items()
    }
    assert measure_fit(better, parts)["probe"] is None


def test_data_frames_are_measured_in_their_own_units(standin, wine):
    metrics = measure_fit(standin(3, linear=5).fit(wine["train"][0]), wine)
    assert metrics["verdict"]["beats_pca"]
    assert metrics["pca"]["test"]["mse_input"] > 100 * metrics["pca"]["test"]["mse"]
    assert len(metrics["columns"]["autoencoder"]) == len(metrics["columns"]["pca"]) == 13


def test_a_code_wider_than_the_data_compares_with_the_widest_pca(standin, wine):
    estimator = standin(13).fit(wine["train"][0])
    estimator.latent_dim = 20
    estimator.transform = lambda X, labels=None: np.random.default_rng(0).normal(size=(len(X), 20))
    metrics = measure_fit(estimator, wine)
    assert metrics["model"]["pca_components"] == 13
    assert metrics["verdict"]["beats_pca"] is False
    assert "loses nothing" in metrics["verdict"]["sentence"]


def test_the_divergence_is_kept_where_there_is_one(better, digits, monkeypatch):
    def assess(X, labels=None):
        n = len(X)
        drawn = {"kl": np.full(n, 2.0), "drawn_nats": np.full(n, 7.0)}
        return plain(X) | drawn | {"kl_dimensions": np.tile([2.0, 0.0], (n, 1))}

    plain = better.assess
    monkeypatch.setattr(better, "assess", assess)
    metrics = measure_fit(better, digits)
    assert metrics["latent"]["collapsed"] == [1]
    assert metrics["reconstruction"]["test"]["elbo"] == -9.0


def errors(own, linear):
    return {"reconstruction": {"test": {"mse": own}}, "pca": {"test": {"mse": linear}}}


@pytest.mark.parametrize(
    ("own", "linear", "beats", "words"),
    [
        (0.9, 1.0, True, "beats PCA: its error on the test set is 10% below"),
        (0.96, 1.0, True, "is 4% below"),
        (0.995, 1.0, True, "level with PCA"),
        (1.0000001, 1.0, False, "level with PCA"),
        (1.5, 1.0, False, "PCA does better: the autoencoder's error on the test set is 50% above"),
        (4.0, 1.0, False, "4.0 times PCA's"),
        (0.1, 0.0, False, "loses nothing"),
    ],
)
def test_the_verdict_says_who_wins_and_by_how_much(own, linear, beats, words):
    verdict = make_verdict(errors(own, linear), "test")
    assert verdict["beats_pca"] is beats
    assert words in verdict["sentence"]


def test_the_verdict_compares_what_is_filled_in():
    n = 60
    part = Errors(own=np.full(n, 0.5), pca=np.full(n, 0.8), mean=np.ones(n))
    fit = Fit(4, 2, n, {}, {}, 1, 0.0, part)
    filled = {"own": np.full(n, 0.4), "mean": np.ones(n)}
    for regression, words in (
        (0.2, "0.4, above that of regression on the other columns (0.2); the mean has 1. To fill"),
        (0.6, "0.4, below that of regression on the other columns (0.6); the mean has 1."),
    ):
        imputed = Imputed(regression=np.full(n, regression), **filled)
        verdict = make_verdict(errors(0.5, 0.8), "test", replace(fit, imputed=imputed))
        assert words in verdict["sentence"]
