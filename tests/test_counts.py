"""Counts: exact at any size, and trained on whatever their size."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from isthmus import Autoencoder
from isthmus.likelihoods import Columns, Masked, NegativeBinomial, Poisson
from isthmus.treecodec import decode_tree, encode_tree

RANDOM = np.random.default_rng(0)
X = RANDOM.negative_binomial(2, 0.05, size=(60, 4)) * np.array([1.0, 10, 100, 1000])


@pytest.mark.parametrize("r", [0.02, 0.7, 5.0, 90.0, 3e3, 1e5, 1e7])
def test_the_negative_binomial_keeps_single_precision(r):
    likelihood = NegativeBinomial(dispersion=r, learned=False)
    means = np.exp(np.float32(RANDOM.uniform(-3, 9.9, 40)).astype(np.float64))
    gamma = RANDOM.gamma(r, 1 / r, 40)
    counts = np.concatenate([RANDOM.poisson(means * gamma), [0, 1, 30_000]]).astype(np.float64)
    means = np.append(means, [5.0, 5.0, 20_000.0])
    rate = np.float64(np.exp(np.log(np.float32(r))))
    exact = -stats.nbinom.logpmf(counts, rate, rate / (rate + means))
    raw = jnp.asarray(np.log(means), jnp.float32)[None, :, None]
    found = likelihood(raw, jnp.asarray(counts, jnp.float32)[:, None])[0]
    np.testing.assert_allclose(found, exact, rtol=1e-4, atol=2e-4)


@pytest.mark.parametrize("r", [0.5, 2e3, 1e7])
def test_gradients_are_those_of_the_mean(r):
    """By the log mean the slope is (mean - x) r / (r + mean)."""
    likelihood = NegativeBinomial(dispersion=r, learned=False)
    x = jnp.array([[0.0, 3.0, 700.0, 20_000.0]])
    raw = jnp.array([[[1.0, 2.0, 6.0, 9.5]]])
    slope = jax.grad(lambda raw: likelihood(raw, x).sum())(raw)
    mean = np.exp(np.asarray(raw, np.float64))
    np.testing.assert_allclose(slope, (mean - np.asarray(x)) * r / (r + mean), rtol=2e-3)


@pytest.mark.parametrize("likelihood", [Poisson(), NegativeBinomial()])
def test_a_likelihood_that_knows_the_data_starts_at_its_means(likelihood):
    known = likelihood.resolved(X).create(4)
    np.testing.assert_allclose(known.mean(jnp.zeros(4)), X.mean(axis=0), rtol=1e-5)
    seen = known.seen(jnp.asarray(X, jnp.float32))
    np.testing.assert_allclose(seen.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(seen.std(axis=0), 1, rtol=1e-3)
    order = np.argsort(X[:, 0], kind="stable")
    assert (np.diff(seen[order, 0]) >= 0).all()


def test_without_data_raw_outputs_are_log_rates_as_they_were():
    """As in model files of before."""
    raw = jnp.array([[0.0, 1.0, 2.0, 3.0]])
    np.testing.assert_allclose(Poisson().mean(raw), np.exp(raw), rtol=1e-6)
    counts = jnp.asarray(X, jnp.float32)
    assert NegativeBinomial().seen(counts) is counts


@pytest.mark.parametrize("kind", [Poisson, NegativeBinomial])
def test_rates_of_sized_counts_are_multiples_of_the_rows_size(kind):
    known = kind(sized=True).resolved(X).create(4)
    x = jnp.asarray(X, jnp.float32)
    once, twice = (known.rebuilt(jnp.zeros((60, 4)), size * x) for size in (1, 2))
    np.testing.assert_allclose(twice, 2 * once, rtol=1e-5)
    np.testing.assert_allclose(known.seen(2 * x), known.seen(x), rtol=1e-4, atol=1e-4)
    total = np.median(X.sum(axis=1))
    typical = x * (total / x.sum(axis=1, keepdims=True))
    np.testing.assert_allclose(
        known.rebuilt(jnp.zeros((60, 4)), typical)[0], X.mean(axis=0), rtol=1e-3
    )


def test_columns_and_masks_pass_on_what_the_encoder_sees():
    both = Masked(Columns((NegativeBinomial(),), ((0, 1, 2, 3),))).resolved(X).create(4)
    alone = NegativeBinomial().resolved(X)
    x = jnp.asarray(X, jnp.float32)
    np.testing.assert_allclose(both.seen(x), alone.seen(x), rtol=1e-6)


def test_what_is_known_of_the_data_survives_a_model_file():
    known = NegativeBinomial(sized=True).resolved(X).create(4)
    tensors = {}
    again = decode_tree(encode_tree(known, tensors), tensors)
    raw, x = jnp.zeros((1, 60, 4)), jnp.asarray(X, jnp.float32)
    np.testing.assert_array_equal(again(raw, x), known(raw, x))


@pytest.mark.parametrize("most", [1.0, 1e3, 1e6])
@pytest.mark.parametrize("likelihood", [NegativeBinomial(), NegativeBinomial(sized=True)])
def test_counts_of_any_size_train(most, likelihood):
    counts = np.round(most * RANDOM.lognormal(0, 2, size=(128, 4)))
    model = Autoencoder(
        2, latent="gaussian", likelihood=likelihood, hidden=(16,), epochs=3, random_state=0
    ).fit(counts)
    assert np.isfinite(model.history_["train_loss"]).all()
    assert model.history_["train_loss"][-1] < 1e3
    assert np.isfinite(model.reconstruct(counts)).all()
    assert model.model_.penalties == (), "the bound of a stochastic code needs no decay"
