"""Likelihoods: normalised densities, sampled means, floors, and the figures of scipy."""

import gzip
import os
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from isthmus.errors import SettingError
from isthmus.likelihoods import MEMBERS, Bernoulli, Gaussian, Laplace

X_HAT = np.array([-1.3, 0.0, 0.4, 2.0], np.float32)
CONTINUOUS = [Gaussian(), Gaussian(0.3), Gaussian(2.0, "sigmoid"), Laplace(), Laplace(0.2)]
EVERY = [*CONTINUOUS, Bernoulli()]


def costs(likelihood, x_hat, x):
    """Return the cost of each output for each one-feature example, (outputs, examples)."""
    outputs = jnp.broadcast_to(jnp.asarray(x_hat)[:, None, None], (len(x_hat), len(x), 1))
    return np.asarray(likelihood(outputs, jnp.asarray(x, jnp.float32)[:, None]), np.float64)


@pytest.mark.parametrize("likelihood", CONTINUOUS, ids=repr)
def test_the_density_integrates_to_one(likelihood):
    grid = np.linspace(-30, 30, 60_001)
    np.testing.assert_allclose(
        np.trapezoid(np.exp(-costs(likelihood, X_HAT, grid)), grid), 1, rtol=1e-3
    )


def test_the_bernoulli_masses_add_up_to_one():
    np.testing.assert_allclose(np.exp(-costs(Bernoulli(), X_HAT, [0, 1])).sum(axis=1), 1, rtol=1e-6)


@pytest.mark.parametrize(
    ("likelihood", "expected"),
    [
        (Gaussian(0.3), lambda x: stats.norm.logpdf(x, X_HAT[:, None], 0.3)),
        (
            Gaussian(2.0, "sigmoid"),
            lambda x: stats.norm.logpdf(x, 1 / (1 + np.exp(-X_HAT[:, None])), 2.0),
        ),
        (Laplace(0.2), lambda x: stats.laplace.logpdf(x, X_HAT[:, None], 0.2)),
        (
            Bernoulli(),
            lambda x: stats.bernoulli.logpmf(
                (x > 0).astype(int), 1 / (1 + np.exp(-X_HAT[:, None]))
            ),
        ),
    ],
    ids=repr,
)
def test_the_cost_is_minus_the_log_density_of_scipy(likelihood, expected):
    x = np.array([-2.0, 0.1, 1.7])
    given = (x > 0).astype(float) if isinstance(likelihood, Bernoulli) else x
    np.testing.assert_allclose(costs(likelihood, X_HAT, given), -expected(x), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("likelihood", EVERY, ids=repr)
def test_costs_are_summed_over_features_for_every_draw(likelihood, normals):
    x_hat = normals(3, 4, 5)
    x = jax.nn.sigmoid(normals(4, 5))
    whole = likelihood(x_hat, x)
    assert whole.shape == (3, 4)
    parts = sum(likelihood(x_hat[..., j : j + 1], x[:, j : j + 1]) for j in range(5))
    np.testing.assert_allclose(whole, parts, rtol=1e-5)


@pytest.mark.parametrize("likelihood", EVERY, ids=repr)
def test_samples_have_the_claimed_mean(likelihood):
    x_hat = jnp.broadcast_to(jnp.asarray(X_HAT), (40_000, 4))
    drawn = np.asarray(likelihood.sample(jax.random.key(3), x_hat))
    error = drawn.std(axis=0) / np.sqrt(len(drawn))
    assert (np.abs(drawn.mean(axis=0) - likelihood.mean(jnp.asarray(X_HAT))) < 5 * error).all()


def test_samples_have_the_claimed_spread():
    zeros, key = jnp.zeros((40_000, 1)), jax.random.key(4)
    assert float(Gaussian(0.3).sample(key, zeros).std()) == pytest.approx(0.3, rel=0.03)
    assert float(Laplace(0.3).sample(key, zeros).std()) == pytest.approx(0.3 * 2**0.5, rel=0.03)
    assert set(np.unique(Bernoulli().sample(key, zeros))) == {0.0, 1.0}


@pytest.mark.parametrize("likelihood", EVERY, ids=repr)
@given(
    x_hat=st.lists(st.floats(-30, 30, width=32), min_size=3, max_size=3),
    x=st.lists(st.floats(0, 1, width=32), min_size=3, max_size=3),
)
def test_no_output_costs_less_than_the_floor(likelihood, x_hat, x):
    x = jnp.asarray([x], jnp.float32)
    cost = float(likelihood(jnp.asarray([[x_hat]], jnp.float32), x)[0, 0])
    floor = float(likelihood.floor(x)[0])
    assert cost >= floor - 1e-5 * max(1, abs(floor))


@pytest.mark.parametrize("likelihood", EVERY, ids=repr)
def test_the_floor_is_attained(likelihood):
    x = jnp.asarray([[0.1, 0.5, 0.8], [0.3, 0.7, 0.9]])
    logistic = isinstance(likelihood, Bernoulli) or getattr(likelihood, "output", "") == "sigmoid"
    perfect = jax.scipy.special.logit(x) if logistic else x
    np.testing.assert_allclose(likelihood(perfect[None], x)[0], likelihood.floor(x), rtol=1e-5)


def test_bits_have_no_floor():
    assert Bernoulli().floor(jnp.asarray([[0.0, 1.0, 1.0]])).tolist() == [0.0]


def test_bernoulli_is_finite_and_linear_far_from_the_data():
    far = jnp.asarray([[[1e4, -1e4]]])
    assert float(Bernoulli()(far, jnp.asarray([[0.0, 1.0]]))[0, 0]) == pytest.approx(2e4)
    assert np.isfinite(jax.grad(lambda f: Bernoulli()(f, jnp.ones((1, 2))).sum())(far)).all()


@pytest.mark.parametrize("likelihood", EVERY, ids=repr)
def test_the_link_inverts_the_mean_inside_the_range(likelihood):
    from isthmus.activations import activation

    mean = jnp.linspace(0.02, 0.98, 7)
    back = likelihood.mean(activation(likelihood.link)(mean))
    np.testing.assert_allclose(back, mean, rtol=1e-5)


@pytest.mark.parametrize("name", MEMBERS)
def test_the_domain_holds_the_samples(name):
    likelihood = MEMBERS[name]()
    low, high = likelihood.domain()
    drawn = likelihood.sample(jax.random.key(0), jnp.asarray(X_HAT))
    assert low <= float(drawn.min())
    assert float(drawn.max()) <= high


@pytest.mark.parametrize("make", [Gaussian, Laplace])
@pytest.mark.parametrize("scale", [0, -1.0, float("nan")])
def test_an_impossible_scale_is_refused_by_name(make, scale):
    with pytest.raises(SettingError, match=rf"likelihood {make.__name__}: scale is {scale!r}"):
        make(scale)


def test_the_floor_of_mnist_is_45_5_nats_an_image():
    folder = os.environ.get("ISTHMUS_DATA")
    if folder is None:
        pytest.skip("ISTHMUS_DATA names no folder of real data")
    path = Path(folder) / "mnist" / "t10k-images-idx3-ubyte.gz"
    if not path.exists():
        pytest.skip("there is no MNIST in ISTHMUS_DATA")
    pixels = np.frombuffer(gzip.decompress(path.read_bytes())[16:], np.uint8).reshape(10_000, 784)
    floor = Bernoulli().floor(jnp.asarray(pixels, jnp.float32) / 255)
    assert float(floor.mean()) == pytest.approx(45.5, abs=0.05)
