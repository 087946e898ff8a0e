"""Von Mises-Fisher: Bessel functions, densities, divergences, moments, gradients of draws."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate, special, stats

from isthmus.errors import SettingError
from isthmus.latents import VonMisesFisher
from isthmus.latents.von_mises_fisher import draw_artanh_cosine, log_bessel, quantile_slope

DRAWS = 10_000
DIMENSIONS = [2, 3, 5, 20]


def encoded(d, kappas, seed=0):
    """Return outputs of an encoder whose concentrations are given, and the directions."""
    mean = np.random.default_rng(seed).standard_normal((len(kappas), d))
    above = np.asarray(kappas) - 1
    raw = above + np.log(-np.expm1(-above))
    h = np.concatenate([mean, raw[:, None]], axis=1).astype(np.float32)
    return jnp.asarray(h), mean / np.linalg.norm(mean, axis=1, keepdims=True)


@eqx.filter_jit
def draw(h, context, draws):
    return VonMisesFisher()(h, context, draws)[0]


@pytest.mark.parametrize("d", [2, 3, 4, 10, 50, 200])
def test_bessel_functions_are_scipy_s(d):
    v, x = d / 2 - 1, np.array([1.0, 1.7, 5.0, 11.0, 50.0, 200.0, 1e3, 2e4])
    value, short = log_bessel(v, jnp.asarray(x, jnp.float32))
    usable = special.ive(v, x) > 1e-290  # where scipy's does not underflow
    x = x[usable]
    expected = np.log(special.ive(v, x)) - v * np.log(x)
    np.testing.assert_allclose(value[usable], expected, rtol=1e-5, atol=1e-5)
    expected = x * (1 - special.ive(v + 1, x) / special.ive(v, x))
    np.testing.assert_allclose(short[usable], expected, rtol=1e-5)


@pytest.mark.parametrize("d", DIMENSIONS)
def test_bessel_functions_at_zero_and_their_slopes(d):
    v = d / 2 - 1
    value, short = log_bessel(v, jnp.zeros(()))
    assert float(value) == pytest.approx(-v * np.log(2) - special.gammaln(d / 2), abs=1e-5)
    assert float(short) == 0
    x = jnp.asarray([0.0, 0.3, 4.0, 70.0])
    slope = jax.vmap(jax.grad(lambda x: log_bessel(v, x)[0]))(x)
    np.testing.assert_allclose(-x * slope, log_bessel(v, x)[1], rtol=1e-3, atol=1e-5)
    slope = jax.vmap(jax.grad(lambda x: log_bessel(v, x)[1]))(x)  # of x - x A(x), by its Riccati
    mean = special.ive(v + 1, x[1:]) / special.ive(v, x[1:])
    expected = 1 - mean - x[1:] * (1 - mean**2) + (d - 1) * mean
    np.testing.assert_allclose(slope[1:], expected, rtol=2e-3, atol=2e-4)


@pytest.mark.parametrize("d", DIMENSIONS)
def test_draws_are_on_the_sphere_with_the_mean_length_of_the_closed_form(d, make_context):
    kappas = np.array([1.01, 4.0, 30.0, 900.0])
    h, mean = encoded(d, kappas)
    drawn = draw(h, make_context(4), DRAWS)
    z = np.asarray(drawn.z, float)
    np.testing.assert_allclose((z**2).sum(-1), 1, atol=1e-5)
    cosine = (z * mean).sum(-1)  # (K, B)
    expected = special.ive(d / 2, kappas) / special.ive(d / 2 - 1, kappas)
    assert (np.abs(cosine.mean(0) - expected) < 4 * cosine.std(0) / np.sqrt(DRAWS)).all()
    variance = 1 - expected**2 - (d - 1) * expected / kappas  # A'
    np.testing.assert_allclose(cosine.var(0), variance, rtol=0.1)
    across = z - cosine[..., None] * mean
    spread = across.std(0).max() / np.sqrt(DRAWS)
    np.testing.assert_allclose(across.mean(0), 0, atol=5 * spread)


@pytest.mark.parametrize("d", [3, 5])
def test_log_ratio_is_posterior_over_prior(d, make_context):
    kappas = np.array([1.5, 40.0])
    h, mean = encoded(d, kappas)
    drawn = draw(h, make_context(2), 20)
    for row in range(2):
        z = np.asarray(drawn.z[:, row], float)
        z /= np.linalg.norm(z, axis=1, keepdims=True)
        posterior = stats.vonmises_fisher(mean[row], kappas[row]).logpdf(z)
        log_area = np.log(2) + d / 2 * np.log(np.pi) - special.gammaln(d / 2)
        np.testing.assert_allclose(drawn.log_ratio[:, row], posterior + log_area, atol=1e-4)


@pytest.mark.parametrize("d", DIMENSIONS)
def test_divergence_is_the_mean_log_ratio_and_the_integral(d, make_context):
    kappas = np.array([1.01, 4.0, 30.0, 900.0])
    h, _ = encoded(d, kappas)
    drawn = draw(h, make_context(4), DRAWS)
    ratios = np.asarray(drawn.log_ratio, float)
    error = ratios.std(0) / np.sqrt(DRAWS)
    assert (np.abs(ratios.mean(0) - drawn.kl) < 4 * error + 1e-4).all()
    y = np.linspace(-20, 20, 200_001)
    prior = np.exp(-(d - 1) * np.log(np.cosh(y)))
    prior /= integrate.trapezoid(prior, y)
    for kappa, kl in zip(kappas, drawn.kl, strict=True):
        tilt = np.exp(kappa * (np.tanh(y) - 1))
        norm = integrate.trapezoid(prior * tilt, y)
        log_ratio = kappa * (np.tanh(y) - 1) - np.log(norm)
        expected = integrate.trapezoid(prior * tilt / norm * log_ratio, y)
        rounding = 1e-5  # it is a difference of tens of nats
        assert float(kl) == pytest.approx(expected, rel=1e-4, abs=rounding)


def test_cosines_are_distributed_as_in_three_dimensions_where_the_quantile_is_known():
    for kappa in (1.0, 20.0, 2000.0):
        y = draw_artanh_cosine(3, jax.random.key(1), jnp.full(DRAWS, kappa))
        below = 2 / (np.exp(2 * np.asarray(y, float)) + 1)  # 1 - cosine
        quantile = (np.exp(-kappa * below) - np.exp(-2 * kappa)) / -np.expm1(-2 * kappa)
        assert stats.kstest(quantile, "uniform").pvalue > 1e-3


@pytest.mark.parametrize("d", DIMENSIONS)
@pytest.mark.parametrize("kappa", [1.0, 8.0, 500.0])
def test_a_draw_moves_with_the_concentration_as_its_quantile(d, kappa):
    levels = np.array([0.02, 0.3, 0.5, 0.8, 0.99])

    def quantiles(kappa):
        y = np.linspace(-25, 25, 400_001)
        density = np.exp(kappa * (np.tanh(y) - 1) - (d - 1) * (np.logaddexp(y, -y) - np.log(2)))
        below = integrate.cumulative_trapezoid(density, y, initial=0)
        return np.interp(levels, below / below[-1], y)

    step = 1e-3 * kappa
    expected = (quantiles(kappa + step) - quantiles(kappa - step)) / (2 * step)
    y = jnp.asarray(quantiles(kappa), jnp.float32)
    found = jax.jit(quantile_slope, static_argnums=0)(d, y, jnp.full(5, kappa, jnp.float32))
    np.testing.assert_allclose(found, expected, rtol=2e-3)


def test_the_gradient_of_draws_is_that_of_the_mean(make_context):
    """Of E[mu z] = A, which no other route of the gradient gives on average."""
    h, mean = encoded(4, [6.0])
    towards = jnp.asarray(mean, jnp.float32)

    def length(h):
        return (draw(h, make_context(1), DRAWS).z * towards).sum(-1).mean()

    found = float(jax.grad(length)(h)[0, -1])
    a = special.ive(2, 6.0) / special.ive(1, 6.0)
    expected = (1 - a**2 - 3 * a / 6) * -np.expm1(-5.0)  # A' times the softplus's slope
    assert found == pytest.approx(expected, rel=0.05)


def test_it_is_the_uniform_distribution_in_the_limit():
    """Its divergence, extended to concentrations below those of the encoder, vanishes there."""
    kappa = 1e-2
    value, short = log_bessel(1.0, jnp.asarray([kappa, 0.0]))
    divergence = value[1] - value[0] - short[0]
    assert float(divergence) == pytest.approx(kappa**2 / 8, abs=1e-5)  # kappa^2 / 2d


def test_a_sphere_needs_two_dimensions():
    with pytest.raises(SettingError, match="latent_dim is 1"):
        VonMisesFisher().width(1)
