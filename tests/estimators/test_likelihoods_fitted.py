"""Every likelihood through a whole fit: its parameters learned, saved, and back to the bit."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

import isthmus
from isthmus import Autoencoder
from isthmus.errors import SettingError
from isthmus.likelihoods import MEMBERS, LearnedGaussian, NegativeBinomial

COUNTS = load_digits().data[:64].astype(np.float32)  # whole numbers from 0 to 16
CLASSES = np.eye(10, dtype=np.float32)[load_digits().target[:64]]


def fit(likelihood, **settings):
    counted = likelihood in ("poisson", "negative_binomial") or isinstance(
        likelihood, NegativeBinomial
    )
    chosen = {
        "hidden": (16,), "epochs": 40, "batch_size": 24, "random_state": 0, "penalties": (),
        "learning_rate": 1e-2, "validation_fraction": 0.0,
        "scaling": "none" if counted else "range",
    }  # fmt: skip
    return Autoencoder(4, likelihood=likelihood, **chosen | settings).fit(of(likelihood))


def of(likelihood):
    """Return what a likelihood is about."""
    return CLASSES if likelihood == "categorical" else COUNTS


@pytest.mark.parametrize("name", MEMBERS)
def test_a_likelihood_is_fitted_saved_and_loaded(name, tmp_path):
    fitted, examples = fit(name, latent="gaussian"), of(name)
    losses = fitted.history_["train_loss"]
    assert np.isfinite(losses).all()
    assert losses[-1] < losses[0]
    assert fitted.measure(examples)["nats"] >= fitted.measure(examples)["floor_nats"]
    back = isthmus.load(fitted.save(tmp_path / "model.safetensors"))
    np.testing.assert_array_equal(fitted.score_samples(examples), back.score_samples(examples))
    np.testing.assert_array_equal(fitted.reconstruct(examples), back.reconstruct(examples))


def test_a_learned_scale_reaches_the_error_of_the_reconstruction():
    fitted = fit(LearnedGaussian(0.2), epochs=1500, batch_size=64)
    scale = float(np.exp(fitted.model_.likelihood.log_scale[0]))
    assert scale == pytest.approx(fitted.measure(COUNTS)["mse"] ** 0.5, rel=0.1)


def test_an_optimal_scale_ends_at_the_error_of_the_last_epochs():
    fitted = fit("optimal_gaussian", epochs=300, batch_size=24)
    measured = fitted.measure(COUNTS)
    variance = float(fitted.model_.likelihood.variance.value)
    assert variance == pytest.approx(measured["mse"], rel=0.15)
    excess = 32 * measured["mse"] / variance  # half of 64 features, of error at the scale
    assert measured["nats"] - measured["floor_nats"] == pytest.approx(excess, rel=1e-3)
    assert fitted.n_parameters_ - fitted.n_trainable_parameters_ == 2


def test_dispersions_are_learned_and_counted_as_parameters():
    learned, fixed = fit(NegativeBinomial()), fit(NegativeBinomial(learned=False))
    assert np.ptp(learned.model_.likelihood.log_dispersion) > 0.1
    assert learned.n_trainable_parameters_ - fixed.n_trainable_parameters_ == 64


@pytest.mark.parametrize("name", ["poisson", "negative_binomial"])
def test_negative_values_are_no_counts(name):
    with pytest.raises(SettingError, match=r"needs values within \[0, inf\]"):
        fit(name, scaling="standard")
