"""How often the data are read for a report, and that reading them in blocks changes nothing."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from isthmus import Autoencoder
from isthmus.evaluation import PCAMoments
from isthmus.recipes import conditional_vae
from isthmus.report import evaluate_fit, measure_fit, metrics_of, write_run


class Counted:
    """Examples that are read where they are indexed, and count the rows that they give."""

    def __init__(self, examples):
        self.examples, self.read = examples, 0
        self.shape, self.dtype = examples.shape, examples.dtype

    def __len__(self):
        return len(self.examples)

    def __getitem__(self, rows):
        chosen = self.examples[rows]
        self.read += len(chosen)
        return chosen

    @property
    def passes(self):
        return self.read / len(self.examples)


@pytest.fixture(scope="module")
def images():
    return load_digits().images.astype(np.float32)


def parts_of(images, kind=np.asarray):
    cuts = {"train": images[:1200], "validation": images[1200:1500], "test": images[1500:]}
    return {name: (kind(X), load_digits().target[: len(X)]) for name, X in cuts.items()}


def fitted(images, **settings):
    estimator = Autoencoder(2, hidden=(16,), epochs=2, patience=0, random_state=0, **settings)
    return estimator.fit(images[:1200], validation_data=images[1200:1500])


@pytest.fixture
def pca_fits(monkeypatch):
    """List the fits of PCA as they happen."""
    fits, fit = [], PCAMoments.fit
    monkeypatch.setattr(PCAMoments, "fit", lambda self, k=None: fits.append(k) or fit(self, k))
    return fits


@pytest.mark.parametrize(("start", "passes"), [("pca", 1), ("random", 2)])
def test_a_report_reads_the_training_set_twice_at_most_and_each_other_part_once(
    images, start, passes, pca_fits, tmp_path
):
    estimator = fitted(images, start=start)
    parts = parts_of(images, Counted)
    write_run(tmp_path / "run", estimator, parts, run={})
    # the doctor reads a bounded sample of the training and of the test set once more
    assert [X.passes for X, _ in parts.values()] == [passes + 1, 1, 2]
    assert len(pca_fits) == 2, "by the fit or by the report, and of the doctor's sample"


def test_a_loaded_model_is_measured_the_same_in_two_passes(images, tmp_path):
    import isthmus

    estimator = fitted(images, start="pca")
    loaded = isthmus.load(estimator.save(tmp_path / "model.safetensors"))
    parts = parts_of(images, Counted)
    again, first = measure_fit(loaded, parts), measure_fit(estimator, parts_of(images))
    assert parts["train"][0].passes == 2 + 1  # and once by the doctor
    for name in ("mse", "mse_input", "explained_variance"):
        assert again["pca"]["test"][name] == pytest.approx(first["pca"]["test"][name], rel=1e-5)


def test_pca_is_that_of_the_training_set_given_and_not_of_another(images):
    estimator, parts = fitted(images, start="pca"), parts_of(images)
    other = parts | {"train": (images[300:1500], None)}
    fit = evaluate_fit(estimator, other)
    flat = images[300:1500].reshape(-1, 64) / 16
    np.testing.assert_allclose(fit.pca.mean, flat.mean(axis=0), atol=1e-5)
    assert metrics_of(fit)["pca"] != measure_fit(estimator, parts)["pca"]


def test_the_size_of_blocks_changes_nothing(images, monkeypatch):
    estimator = fitted(images, start="random")
    whole = measure_fit(estimator, parts_of(images))
    monkeypatch.setattr("isthmus.report.passes.BLOCK_VALUES", 64 * 100)
    small = measure_fit(estimator, parts_of(images))
    for kind in ("reconstruction", "pca", "floor"):
        for name in ("train", "validation", "test"):
            assert small[kind][name] == pytest.approx(whole[kind][name], rel=1e-6)
    assert small["latent"]["std"] == pytest.approx(whole["latent"]["std"])
    assert small["probe"] == whole["probe"]


def test_one_pass_finds_what_the_estimator_measures(images):
    estimator = fitted(images, start="random", latent="gaussian")
    result = evaluate_fit(estimator, parts_of(images)).results["validation"]
    measured = estimator.measure(images[1200:1500])
    for name in ("mse", "mse_input", "nats", "floor_nats", "kl", "elbo"):
        assert getattr(result.errors, name) == pytest.approx(measured[name], rel=1e-6)
    for name in ("column_mse", "column_mse_input", "kl_per_dimension"):
        np.testing.assert_allclose(getattr(result.errors, name), measured[name], rtol=1e-6)
    np.testing.assert_allclose(result.shown.errors, measured["errors"], rtol=1e-6)
    np.testing.assert_allclose(
        result.shown.codes, estimator.transform(images[1200:1500]), rtol=1e-6
    )


def test_missing_values_are_left_out_of_both_methods(images):
    holes = images.copy()
    holes[np.random.default_rng(0).random(holes.shape) < 0.2] = np.nan
    estimator = Autoencoder(
        2, hidden=(16,), epochs=2, patience=0, random_state=0, likelihood="masked"
    ).fit(holes[:1200])
    fit = evaluate_fit(estimator, parts_of(holes))
    metrics = metrics_of(fit)
    for kind in ("reconstruction", "pca"):
        assert np.isfinite([*metrics[kind]["test"].values()]).all()
    std = fit.results["train"].statistics.std
    np.testing.assert_allclose(std, np.nanstd(holes[:1200].reshape(-1, 64), axis=0), rtol=1e-5)


def test_a_conditional_model_is_assessed_under_the_labels_of_the_examples(images):
    y = load_digits().target
    estimator = conditional_vae(2, hidden=(16,), epochs=2, random_state=0).fit(images, y)
    fit = evaluate_fit(estimator, {"test": (images, y)})
    measured = estimator.measure(images, y)
    assert fit.measured.errors.mse == pytest.approx(measured["mse"], rel=1e-6)
    np.testing.assert_allclose(fit.shown.codes, estimator.transform(images, y), atol=1e-5)
    metrics = metrics_of(fit)
    assert metrics["model"]["condition_labels"] == metrics["model"]["told_labels"] == 10
    assert metrics["pca"] == {}
    assert "verdict" not in metrics
