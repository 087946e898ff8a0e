"""The Poincaré ball: distances, maps, and a density that integrates to one."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from isthmus.errors import SettingError
from isthmus.latents import Gaussian, PoincareBall
from isthmus.latents.hyperbolic import add, distance, exponential, log_sinhc, logarithm

C = 0.7


@pytest.fixture(scope="module")
def points():
    v = jax.random.normal(jax.random.key(0), (3, 40, 3))
    return exponential(jnp.zeros_like(v), v, C)


def test_distances_are_those_of_the_arcosh_formula_and_symmetric(points):
    x, y, _ = np.asarray(points, float)
    gap = 2 * C * ((x - y) ** 2).sum(-1) / (1 - C * (x**2).sum(-1)) / (1 - C * (y**2).sum(-1))
    expected = np.arccosh(1 + gap) / np.sqrt(C)
    np.testing.assert_allclose(distance(points[0], points[1], C), expected, rtol=1e-4)
    np.testing.assert_allclose(distance(points[1], points[0], C), expected, rtol=1e-4)


def test_translations_keep_distances(points):
    a, x, y = points
    moved = distance(add(a, x, C), add(a, y, C), C)
    np.testing.assert_allclose(moved, distance(x, y, C), rtol=2e-3)


def test_the_exponential_map_goes_as_far_as_its_vector_and_the_logarithm_comes_back(points):
    v = 0.8 * jax.random.normal(jax.random.key(1), (40, 3))
    z = exponential(points[0], v, C)
    length = np.linalg.norm(v, axis=-1)
    np.testing.assert_allclose(distance(points[0], z, C), length, rtol=2e-3)
    np.testing.assert_allclose(logarithm(points[0], z, C), v, atol=3e-3)
    assert (np.linalg.norm(z, axis=-1) < C**-0.5).all()
    far = exponential(points[0], 100 * v, C)
    assert (np.linalg.norm(far, axis=-1) < C**-0.5).all()
    slopes = jax.grad(lambda v: exponential(jnp.zeros(3), v, C).sum())(jnp.zeros(3))
    np.testing.assert_allclose(slopes, 0.5, rtol=1e-5)


def test_the_stretch_is_that_of_sinh():
    x = np.array([1e-3, 0.05, 0.0999, 0.1001, 1.0, 5.0, 80.0])
    expected = x + np.log1p(-np.exp(-2 * x)) - np.log(2 * x)
    np.testing.assert_allclose(log_sinhc(jnp.asarray(x)), expected, rtol=1e-4, atol=1e-6)
    assert float(jax.grad(log_sinhc)(0.0)) == 0


def grid(c, n=601):
    """Return points of the disc (m, 2), and the volume of each."""
    radius = c**-0.5
    axis = np.linspace(-radius, radius, n)
    z = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    z = z[c * (z**2).sum(1) < 0.9999]
    step = axis[1] - axis[0]
    return z, step**2 * (2 / (1 - c * (z**2).sum(1))) ** 2


def log_density(z, centre, scale, c):
    """Return the wrapped normal's log density in numpy, from the definition."""
    u = np.asarray(logarithm(jnp.asarray(np.tile(centre, (len(z), 1)), jnp.float32), z, c), float)
    r = np.sqrt(c) * np.linalg.norm(u, axis=1) + 1e-12
    return stats.norm.logpdf(u, scale=scale).sum(1) - np.log(np.sinh(r) / r)


def test_densities_integrate_to_one_and_the_divergence_is_their_integral(make_context):
    c, v, scale = 0.7, np.array([0.6, -0.3]), np.array([0.5, 0.3])
    latent = PoincareBall(c, prior_scale=0.8)
    h = jnp.asarray(np.r_[v, 2 * np.log(scale)][None], jnp.float32)
    centre = np.asarray(latent.code(h))[0]
    z, volume = grid(c)
    z32 = jnp.asarray(z, jnp.float32)
    log_q, log_p = log_density(z32, centre, scale, c), np.asarray(latent.log_prior(z32), float)
    assert (np.exp(log_q) * volume).sum() == pytest.approx(1, rel=5e-3)
    assert (np.exp(log_p) * volume).sum() == pytest.approx(1, rel=5e-3)
    draw, _ = latent(h, make_context(1), 20_000)
    expected = (np.exp(log_q) * (log_q - log_p) * volume).sum()
    error = float(draw.log_ratio.std()) / 20_000**0.5
    assert abs(float(draw.kl[0]) - expected) < 5 * error + 5e-3
    few = draw.z[:50, 0]
    ratio = log_density(few, centre, scale, c) - np.asarray(latent.log_prior(few))
    np.testing.assert_allclose(draw.log_ratio[:50, 0], ratio, atol=5e-3)


def test_draws_lie_about_their_centre_as_far_as_claimed(make_context):
    latent = PoincareBall(1.3, prior_scale=0.7)
    prior = latent.sample_prior(jax.random.key(2), 20_000, 2)
    squares = np.asarray(distance(jnp.zeros_like(prior), prior, 1.3)) ** 2
    assert squares.mean() == pytest.approx(2 * 0.7**2, rel=0.03)  # chi squared of 2
    assert stats.kstest(squares / 0.7**2, "chi2", (2,)).pvalue > 1e-3
    h = jnp.asarray([[0.9, 0.2, 2 * np.log(0.4), 2 * np.log(0.4)]], jnp.float32)
    draw, _ = latent(h, make_context(1), 20_000)
    gaps = np.asarray(distance(jnp.broadcast_to(latent.code(h), (20_000, 2)), draw.z[:, 0], 1.3))
    assert stats.kstest((gaps / 0.4) ** 2, "chi2", (2,)).pvalue > 1e-3


def test_a_nearly_flat_ball_is_the_plane(normals, make_context):
    h = normals(5, 6)
    flat, _ = PoincareBall(1e-4)(h, make_context(5), 3)
    plane, _ = Gaussian()(h, make_context(5), 3)
    np.testing.assert_allclose(2 * flat.z, plane.z, atol=5e-3)  # a half of exp_0's unit vectors
    np.testing.assert_allclose(flat.log_ratio, plane.log_ratio, atol=5e-3)


@pytest.mark.parametrize("settings", [{"curvature": 0.0}, {"prior_scale": -1.0}])
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(SettingError, match="PoincareBall"):
        PoincareBall(**settings)
