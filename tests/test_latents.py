"""Latents: the divergence, the log ratio and the reparametrised gradient, against each other."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from isthmus.latents import Deterministic, Gaussian

MEAN = np.array([[0.5, -1.5, 0.0], [2.0, 0.1, -0.3]], np.float32)
LOG_VARIANCE = np.array([[-1.0, 0.5, 0.0], [-3.0, 1.0, 0.2]], np.float32)


@pytest.fixture(scope="module")
def drawn(make_context):
    h = jnp.concatenate([jnp.asarray(MEAN), jnp.asarray(LOG_VARIANCE)], axis=1)
    return Gaussian()(h, make_context(2), 40_000)[0]


def test_draws_have_the_posterior_mean_and_variance(drawn):
    error = np.exp(LOG_VARIANCE / 2) / np.sqrt(40_000)
    assert (np.abs(drawn.z.mean(0) - MEAN) < 5 * error).all()
    np.testing.assert_allclose(drawn.z.var(0), np.exp(LOG_VARIANCE), rtol=0.05)


def test_log_ratio_is_posterior_over_prior(drawn):
    z = np.asarray(drawn.z, np.float64)[:50]
    posterior = stats.norm.logpdf(z, MEAN, np.exp(LOG_VARIANCE.astype(float) / 2)).sum(-1)
    prior = stats.norm.logpdf(z).sum(-1)
    np.testing.assert_allclose(drawn.log_ratio[:50], posterior - prior, atol=1e-4)


def test_closed_form_divergence_is_the_mean_log_ratio(drawn):
    ratios = np.asarray(drawn.log_ratio, np.float64)
    error = ratios.std(axis=0) / np.sqrt(len(ratios))
    assert (np.abs(ratios.mean(axis=0) - drawn.kl) < 4 * error).all()


def test_divergence_is_the_integral_of_the_densities(drawn):
    grid = np.linspace(-30, 30, 200_001)
    q = stats.norm(MEAN[0, 0], np.exp(LOG_VARIANCE[0, 0] / 2))
    integral = np.trapezoid(q.pdf(grid) * (q.logpdf(grid) - stats.norm.logpdf(grid)), grid)
    assert float(drawn.statistics["kl_per_dimension"][0, 0]) == pytest.approx(integral, rel=1e-5)
    np.testing.assert_allclose(drawn.statistics["kl_per_dimension"].sum(-1), drawn.kl, rtol=1e-6)


def test_standard_normal_posterior_costs_nothing(make_context):
    draw, _ = Gaussian()(jnp.zeros((3, 4)), make_context(3), 2)
    assert not draw.kl.any()
    np.testing.assert_allclose(draw.log_ratio, 0, atol=1e-6)


def test_reparametrised_gradient_agrees_with_finite_differences(make_context):
    context = make_context(2)
    h = jnp.concatenate([jnp.asarray(MEAN), jnp.asarray(LOG_VARIANCE)], axis=1)

    @jax.jit
    def value(h):
        draw, _ = Gaussian()(h, context, 3)
        return (jnp.sin(draw.z) + draw.z**2).sum() + draw.kl.sum()

    gradient = np.asarray(jax.grad(value)(h))
    step = 1e-2
    for place in np.ndindex(h.shape):
        difference = (value(h.at[place].add(step)) - value(h.at[place].add(-step))) / (2 * step)
        assert gradient[place] == pytest.approx(float(difference), rel=2e-2, abs=2e-2)


def test_gradient_of_the_divergence_is_exact(make_context):
    h = jnp.concatenate([jnp.asarray(MEAN), jnp.asarray(LOG_VARIANCE)], axis=1)
    gradient = jax.grad(lambda h: Gaussian()(h, make_context(2), 1)[0].kl.sum())(h)
    expected = np.concatenate([MEAN, (np.exp(LOG_VARIANCE) - 1) / 2], axis=1)
    np.testing.assert_allclose(gradient, expected, rtol=1e-5, atol=1e-6)


def test_the_code_is_the_posterior_mean_and_needs_twice_the_width():
    h = jnp.concatenate([jnp.asarray(MEAN), jnp.asarray(LOG_VARIANCE)], axis=1)
    np.testing.assert_array_equal(Gaussian().code(h), MEAN)
    assert Gaussian().width(3) == h.shape[1]


def test_the_prior_is_standard_normal():
    z = np.asarray(Gaussian().sample_prior(jax.random.key(0), 20_000, 2))
    assert stats.kstest(z.ravel(), "norm").pvalue > 1e-3
    assert abs(np.corrcoef(z.T)[0, 1]) < 0.04


def test_a_deterministic_code_repeats_itself_at_no_cost(make_context):
    h = jnp.asarray(MEAN)
    latent = Deterministic("tanh")
    draw, _ = latent(h, make_context(2), 4)
    np.testing.assert_array_equal(draw.z, np.broadcast_to(jnp.tanh(h), (4, 2, 3)))
    for charge in (draw.kl, draw.cost, draw.log_ratio):
        assert not charge.any()
    assert latent.width(3) == 3
    assert latent.sample_prior(jax.random.key(0), 5, 3) is None
