"""Full covariances, categories and spheres: densities, divergences, gradients."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import special, stats

from isthmus.latents import Categorical, FullGaussian, Gaussian, PowerSpherical

DRAWS = 10_000


def gap(drawn):
    """Return the mean log ratio, less the divergence, in standard errors."""
    ratios = np.asarray(drawn.log_ratio, np.float64)
    return np.abs(ratios.mean(0) - drawn.kl) / (ratios.std(0) / np.sqrt(len(ratios)))


@pytest.fixture(scope="module")
def full(make_context):
    h = np.array([[0.5, -1.0, 0.2, -1.0, 0.5, 0.3, 0.7, -0.4, 1.1]], np.float32)
    cholesky = np.array([[np.exp(-0.5), 0, 0], [0.7, np.exp(0.25), 0], [-0.4, 1.1, np.exp(0.15)]])
    return cholesky, FullGaussian()(jnp.asarray(h), make_context(1), DRAWS)[0]


def test_full_covariance_is_that_of_the_factor(full):
    cholesky, drawn = full
    np.testing.assert_allclose(drawn.statistics["cholesky"][0], cholesky, rtol=1e-5)
    z = np.asarray(drawn.z[:, 0], np.float64)
    np.testing.assert_allclose(z.mean(0), [0.5, -1.0, 0.2], atol=0.08)
    np.testing.assert_allclose(np.cov(z.T), cholesky @ cholesky.T, atol=0.15)


def test_full_log_ratio_is_posterior_over_prior(full):
    cholesky, drawn = full
    z = np.asarray(drawn.z[:50, 0], np.float64)
    posterior = stats.multivariate_normal([0.5, -1.0, 0.2], cholesky @ cholesky.T).logpdf(z)
    np.testing.assert_allclose(
        drawn.log_ratio[:50, 0], posterior - stats.norm.logpdf(z).sum(-1), atol=1e-3
    )


def test_full_divergence_in_closed_form_is_the_mean_log_ratio(full):
    assert (gap(full[1]) < 4).all()


def test_without_lower_entries_full_is_diagonal(make_context):
    h = jnp.asarray([[0.5, -1.0, 0.2, -1.0, 0.5, 0.3]])
    wide = jnp.concatenate([h, jnp.zeros((1, 3))], axis=1)
    assert FullGaussian().width(3) == wide.shape[1]
    one, _ = Gaussian()(h, make_context(1), 5)
    other, _ = FullGaussian()(wide, make_context(1), 5)
    for name in ("z", "log_ratio", "kl"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-4, atol=1e-5)


LOGITS = np.array([[2.0, 0.0, -1.0, 0.5, 0.5, 0.0]], np.float32)  # two variables of three classes
Q = special.softmax(LOGITS.reshape(2, 3).astype(float), axis=1)


@pytest.mark.parametrize("temperature", [0.3, 2.0])
def test_hard_categories_are_one_hot_and_distributed_as_q(temperature, make_context):
    latent = Categorical(3, temperature)
    drawn, _ = latent(jnp.asarray(LOGITS), make_context(1), DRAWS)
    z = np.asarray(drawn.z).reshape(DRAWS, 2, 3)
    np.testing.assert_array_equal(np.sort(z, axis=-1), np.broadcast_to([0, 0, 1], z.shape))
    np.testing.assert_allclose(z.mean(0), Q, atol=5 / np.sqrt(DRAWS))
    np.testing.assert_allclose(latent.code(jnp.asarray(LOGITS))[0], Q.ravel(), rtol=1e-5)


def test_divergence_of_hard_categories(make_context):
    drawn, _ = Categorical(3)(jnp.asarray(LOGITS), make_context(1), DRAWS)
    expected = sum(stats.entropy(q, np.full(3, 1 / 3)) for q in Q)
    assert float(drawn.kl[0]) == pytest.approx(expected, rel=1e-5)
    assert (gap(drawn) < 4).all()
    picked = (np.asarray(drawn.z[:9, 0]).reshape(9, 2, 3) * Q).sum(-1)
    np.testing.assert_allclose(drawn.log_ratio[:9, 0], np.log(3 * picked).sum(-1), rtol=1e-4)
    equal, _ = Categorical(3)(jnp.zeros((1, 6)), make_context(1), 1)
    np.testing.assert_allclose(equal.kl, 0, atol=1e-6)


def test_hard_categories_have_the_gradient_of_the_relaxed_ones(make_context):
    towards = jnp.arange(6.0)
    context = make_context(1)

    def slope(straight_through):
        latent = Categorical(3, 0.7, straight_through)
        return jax.grad(lambda h: (latent(h, context, 4)[0].z * towards).sum())(jnp.asarray(LOGITS))

    np.testing.assert_allclose(slope(True), slope(False), rtol=1e-5)
    y = np.asarray(Categorical(3, 0.7, False)(jnp.asarray(LOGITS), context, 4)[0].z, float)
    y, t = y.reshape(4, 2, 3), np.arange(6.0).reshape(2, 3)
    score = y * (t - (y * t).sum(-1, keepdims=True)) / 0.7  # t times the softmax's Jacobian
    score = score.sum(0)
    np.testing.assert_allclose(slope(True), score.reshape(1, 6), rtol=1e-3, atol=1e-5)


def concrete_log_density(y, log_alpha, temperature):
    """Maddison et al., equation 10, of one variable."""
    n = len(log_alpha)
    numerator = log_alpha - (temperature + 1) * np.log(y)
    denominator = special.logsumexp(log_alpha - temperature * np.log(y), axis=-1)
    return special.gammaln(n) + (n - 1) * np.log(temperature) + numerator.sum(-1) - n * denominator


def test_relaxed_log_ratio_is_that_of_the_concrete_densities(make_context):
    drawn, _ = Categorical(3, 0.8, False)(jnp.asarray(LOGITS), make_context(1), 200)
    y = np.asarray(drawn.z, float).reshape(200, 2, 3)
    expected = sum(
        concrete_log_density(y[:, v], np.log(Q[v]), 0.8)
        - concrete_log_density(y[:, v], np.zeros(3), 0.8)
        for v in range(2)
    )
    np.testing.assert_allclose(drawn.log_ratio[:, 0], expected, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(drawn.kl[0], expected.mean(), rtol=1e-3)


def test_relaxed_draws_weighed_by_their_ratio_are_the_prior_s(make_context):
    """The mean of p/q under q is one, and that of p/q times y is the prior's mean."""
    latent = Categorical(3, 0.8, False)
    drawn, _ = latent(0.5 * jnp.asarray(LOGITS), make_context(1), DRAWS)
    weights = np.exp(-np.asarray(drawn.log_ratio[:, 0], float))
    assert weights.mean() == pytest.approx(1, abs=5 * weights.std() / np.sqrt(DRAWS))
    mean = (weights[:, None] * np.asarray(drawn.z[:, 0])).mean(0)
    np.testing.assert_allclose(mean, 1 / 3, atol=0.04)
    prior = np.asarray(latent.sample_prior(jax.random.key(0), 10_000, 6))
    np.testing.assert_allclose(prior.mean(0), 1 / 3, atol=0.04)
    np.testing.assert_allclose(prior.reshape(-1, 2, 3).sum(-1), 1, rtol=1e-5)


DIRECTION = np.array([1.0, 2.0, -2.0]) / 3


def sphere_input(d, kappa):
    direction = DIRECTION if d == 3 else np.eye(d)[1]
    return jnp.asarray([[*(5 * direction), np.log(np.expm1(kappa))]], jnp.float32)


@pytest.mark.parametrize(("d", "kappa"), [(2, 3.0), (3, 0.5), (3, 40.0), (10, 7.0)])
def test_spherical_divergence_in_closed_form_is_the_mean_log_ratio(d, kappa, make_context):
    drawn, _ = PowerSpherical()(sphere_input(d, kappa), make_context(1), DRAWS)
    assert float(drawn.statistics["kappa"][0]) == pytest.approx(kappa, rel=1e-4)
    np.testing.assert_allclose(jnp.linalg.norm(drawn.z, axis=-1), 1, atol=1e-5)
    assert (gap(drawn) < 4).all()


@pytest.mark.parametrize(("d", "kappa"), [(3, 1e6), (8, 1e7)])
def test_spherical_divergence_keeps_precision_for_any_concentration(d, kappa, make_context):
    """It approaches log |S| - b (1 + log(4 pi / kappa)), b = (d - 1) / 2, for large kappa."""
    h = jnp.zeros((1, d + 1)).at[0, 0].set(1.0).at[0, -1].set(kappa)
    drawn, _ = PowerSpherical()(h, make_context(1), DRAWS)
    b = (d - 1) / 2
    log_area = np.log(2) + d / 2 * np.log(np.pi) - math.lgamma(d / 2)
    expected = log_area - b * (1 + np.log(4 * np.pi / kappa))
    assert float(drawn.kl[0]) == pytest.approx(expected, abs=1e-3)
    assert (gap(drawn) < 4).all()


@pytest.mark.parametrize(("d", "kappa"), [(2, 3.0), (10, 7.0)])
def test_spherical_divergence_is_the_integral_of_the_densities(d, kappa, make_context):
    """(1 + cosine) / 2 is a beta variable under the posterior and under the prior."""
    b = (d - 1) / 2
    posterior, prior = stats.beta(b + kappa, b), stats.beta(b, b)
    normaliser = prior.expect(lambda share: (2 * share) ** kappa)
    expected = kappa * posterior.expect(lambda share: np.log(2 * share)) - np.log(normaliser)
    drawn, _ = PowerSpherical()(sphere_input(d, kappa), make_context(1), DRAWS)
    assert float(drawn.kl[0]) == pytest.approx(expected, rel=1e-3)


def test_spherical_log_ratio_is_the_density_which_integrates_to_one(make_context):
    kappa = 4.0
    drawn, _ = PowerSpherical()(sphere_input(3, kappa), make_context(1), 500)
    cosine = np.asarray(drawn.z[:, 0], float) @ DIRECTION
    # on the sphere in three dimensions the cosine is uniform under the prior
    normaliser = np.trapezoid((1 + np.linspace(-1, 1, 100_001)) ** kappa, dx=2e-5) / 2
    expected = kappa * np.log1p(cosine) - np.log(normaliser)
    np.testing.assert_allclose(drawn.log_ratio[:, 0], expected, rtol=1e-3, atol=2e-3)


def test_spherical_draws_surround_their_direction_evenly(make_context):
    kappa = 6.0
    drawn, _ = PowerSpherical()(sphere_input(3, kappa), make_context(1), DRAWS)
    z = np.asarray(drawn.z[:, 0], float)
    a, b = 1 + kappa, 1.0
    np.testing.assert_allclose(z.mean(0), (a - b) / (a + b) * DIRECTION, atol=0.02)
    assert stats.kstest((1 + z @ DIRECTION) / 2, stats.beta(a, b).cdf).pvalue > 1e-3
    across = np.linalg.svd(DIRECTION[None])[2][1:]  # two axes at right angles to it
    angle = np.arctan2(*(z @ across.T).T)
    assert stats.kstest(angle, stats.uniform(-np.pi, 2 * np.pi).cdf).pvalue > 1e-3


def test_spherical_gradient_moves_the_mean_cosine_as_it_should(make_context):
    def mean_cosine(h):
        drawn, _ = PowerSpherical()(h, make_context(1), DRAWS)
        return (drawn.z[:, 0] @ jnp.asarray(DIRECTION, jnp.float32)).mean()

    kappa, b = 2.0, 1.0
    slope = float(jax.grad(mean_cosine)(sphere_input(3, kappa))[0, -1])
    of_kappa = 2 * b / (kappa + 2 * b) ** 2  # of (a - b) / (a + b)
    assert slope == pytest.approx(of_kappa * (1 - np.exp(-kappa)), rel=0.05)  # softplus' slope


def test_spherical_gradients_stay_finite_where_the_reflection_ends(make_context):
    h = jnp.asarray([[1.0, 0.0, 0.0, 1.0], [1.0, 0.0, 0.0, 2000.0], [0.0, 1.0, 0.0, -50.0]])
    slope = jax.grad(
        lambda h: (lambda d: d.z.sum() + d.kl.sum() + d.log_ratio.sum())(
            PowerSpherical()(h, make_context(3), 50)[0]
        )
    )(h)
    assert np.isfinite(slope).all()


def test_directions_of_the_prior_are_uniform():
    z = np.asarray(PowerSpherical().sample_prior(jax.random.key(0), 20_000, 3), float)
    np.testing.assert_allclose(np.linalg.norm(z, axis=1), 1, atol=1e-5)
    assert stats.kstest(z[:, 2], stats.uniform(-1, 2).cdf).pvalue > 1e-3
