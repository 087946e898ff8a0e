"""The importance-weighted log likelihood, against what is known of it exactly."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import multivariate_normal

from isthmus import Autoencoder, ConditionalAutoencoder, latents, recipes
from isthmus.errors import SettingError
from isthmus.estimators import importance
from isthmus.likelihoods import Gaussian
from isthmus.records import Context, Draw

SMALL = {"hidden": (8,), "epochs": 2, "batch_size": 32, "penalties": (), "random_state": 0}


@pytest.fixture(scope="module")
def linear(table):
    """Return a linear Gaussian model, whose posteriors are nearly the exact ones."""
    return fit_linear(table, epochs=100)


def fit_linear(table, epochs):
    settings = SMALL | {"hidden": (), "epochs": epochs, "learning_rate": 0.01}
    return recipes.vae(2, likelihood=Gaussian(), scaling="standard", **settings).fit(table)


@pytest.fixture(scope="module")
def variational(digits):
    return recipes.vae(2, **SMALL).fit(digits)


def exact(linear, X):
    """Return log N(x; b, WW' + I) in the scaled space."""
    decode = linear.model_.decode
    b = np.asarray(decode(jnp.zeros((1, 2)))[0])
    W = np.asarray(decode(jnp.eye(2))) - b  # (d, D)
    normal = multivariate_normal(b, W.T @ W + np.eye(len(b)))
    return normal.logpdf(linear.scale(X))


def test_of_a_linear_gaussian_model_it_is_the_exact_one(linear, table):
    estimate = linear.log_likelihood(table, 5000, random_state=0)
    np.testing.assert_allclose(estimate, exact(linear, table), atol=0.1)
    assert estimate.mean() == pytest.approx(exact(linear, table).mean(), abs=0.01)


def test_it_rises_to_the_exact_one_with_the_samples(table):
    rough = fit_linear(table, epochs=10)  # whose posteriors are off by more than draws scatter
    means = [
        np.mean([rough.log_likelihood(table, k, random_state=seed) for seed in range(8)])
        for k in (1, 10, 1000)
    ]
    assert means[0] < means[1] < means[2] < exact(rough, table).mean() + 0.01


def test_one_sample_is_the_evidence_lower_bound_in_expectation(variational, digits):
    noise = np.random.default_rng(0).normal(0, 1e-4, (8000, 64))
    rows = np.repeat(digits[:40], 200, axis=0) + noise  # other values, other draws
    rows = rows.clip(digits.min(), digits.max())  # beyond the range there is no likelihood
    single = variational.log_likelihood(rows, 1, random_state=0)
    drawn = single.reshape(40, 200).std(axis=1)
    error = np.sqrt(2 * (drawn**2).mean() / len(rows))
    assert single.mean() == pytest.approx(variational.measure(rows)["elbo"], abs=4 * error)


@pytest.mark.parametrize("samples", [1, 7, 8, 50])
def test_so_many_draws_are_averaged_whatever_the_chunks(linear, table, samples, monkeypatch):
    """Of a single draw again and again the mean is the draw; too many or too few would show."""
    monkeypatch.setattr(importance, "DRAWS", 7)
    monkeypatch.setattr("isthmus.estimators.inference.draw_rows", same_draw)
    once = linear.log_likelihood(table[:5], 1, random_state=0)
    again = linear.log_likelihood(table[:5], samples, random_state=0)
    np.testing.assert_allclose(once, again, rtol=1e-5)


def same_draw(latent, h, key, draws):
    """Stand in for the draws: the same one, over and over."""
    drawn, _ = latent(
        h, Context(jax.random.key(0), jnp.ones(len(h)), jnp.asarray(jnp.inf), False), 1
    )
    return Draw(
        jnp.repeat(drawn.z, draws, axis=0),
        jnp.repeat(drawn.log_ratio, draws, axis=0),
        drawn.kl,
        drawn.cost,
        {},
    )


def test_it_is_a_function_of_example_samples_and_seed(variational, digits):
    found = variational.log_likelihood(digits, 30, random_state=0)
    again = variational.log_likelihood(digits[5:8], 30, random_state=0)
    np.testing.assert_array_equal(found[5:8], again)
    assert not np.array_equal(found, variational.log_likelihood(digits, 30, random_state=1))


def test_another_number_of_samples_needs_no_other_program(variational, digits, compilations):
    variational.log_likelihood(digits, 3, random_state=0)
    before = len(compilations)
    variational.log_likelihood(digits, 400, random_state=1)
    assert len(compilations) == before


@pytest.mark.parametrize(
    "settings",
    [
        {"latent": latents.Gaussian(latents.VampPrior(5))},
        {"latent": latents.Categorical(classes=2)},
        {"latent": "full_gaussian"},
    ],
)
def test_other_stochastic_latents_have_one_too(settings, digits):
    fitted = Autoencoder(4, **SMALL | {"epochs": 0} | settings).fit(digits)
    found = fitted.log_likelihood(digits[:10], 20, random_state=0)
    assert found.shape == (10,)
    assert np.isfinite(found).all()


@pytest.mark.parametrize("latent", ["deterministic", "vector_quantised"])
def test_a_code_that_is_not_drawn_has_none(latent, digits):
    fitted = Autoencoder(2, latent=latent, **SMALL | {"epochs": 0}).fit(digits)
    with pytest.raises(SettingError, match="needs a code that is drawn"):
        fitted.log_likelihood(digits)


@pytest.mark.parametrize("n_samples", [0, 2.5, "many"])
def test_a_number_of_samples_that_is_none_is_told(n_samples, variational, digits):
    with pytest.raises(SettingError, match="n_samples is"):
        variational.log_likelihood(digits, n_samples)


def test_under_labels_every_example_has_draws_of_its_own_whatever_comes_with_it(digits, labels):
    inner = Autoencoder(2, latent="gaussian", hidden=(8,), epochs=1, random_state=0)
    fitted = ConditionalAutoencoder(inner).fit(digits, labels)
    some = labels > 6
    for random in (int, np.random.RandomState):
        whole = fitted.log_likelihood(digits, labels, 3, random(0))
        part = fitted.log_likelihood(digits[some], labels[some], 3, random(0))
        assert np.array_equal(whole[some], part)
