"""Identities of densities, divergences, bounds and draws."""

from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array
from scipy import integrate

from isthmus.bounds import grouped_bound
from isthmus.latents import Gaussian, PowerSpherical, VonMisesFisher
from isthmus.likelihoods import (
    ContinuousBernoulli,
    Laplace,
    NegativeBinomial,
    Poisson,
)
from isthmus.likelihoods import Gaussian as GaussianLikelihood
from isthmus.records import Context


def _context(seed: int = 0, rows: int = 1) -> Context:
    return Context(jax.random.key(seed), jnp.ones(rows), jnp.asarray(jnp.inf), False)


def gaussian_divergence() -> float:
    """Return the error of the closed form against quadrature, nats."""
    mean, log_variance = 0.7, -1.3
    draw, _ = Gaussian()(jnp.array([[mean, log_variance]]), _context(), 1)
    scale = np.exp(log_variance / 2)

    def integrand(z: float) -> float:
        log_q = -0.5 * ((z - mean) / scale) ** 2 - np.log(scale)
        return np.exp(log_q) / np.sqrt(2 * np.pi) * (log_q + 0.5 * z**2)

    exact, _ = integrate.quad(integrand, mean - 12 * scale, mean + 12 * scale)
    return abs(float(draw.kl[0]) - exact)


def spherical_divergences() -> float:
    """Return the largest error of two closed forms against quadrature, nats."""
    return max(_spherical_error(kind, d) for kind in ("power", "fisher") for d in (3, 6))


def _spherical_error(kind: str, d: int) -> float:
    """Return the error for one family; densities are functions of the cosine t with the mean."""
    latent = {"power": PowerSpherical(), "fisher": VonMisesFisher()}[kind]
    h = jnp.zeros((1, d + 1)).at[0, 0].set(1.0).at[0, -1].set(4.0)
    draw, _ = latent(h, _context(), 1)
    kappa = float(draw.statistics["kappa"][0])

    def log_weight(t: float) -> float:
        return kappa * (np.log1p(t) if kind == "power" else t - 1)

    def area(t: float) -> float:
        return (1 - t**2) ** ((d - 3) / 2)

    def mean(f: object, weighted: bool) -> float:
        def integrand(t: float) -> float:
            return f(t) * area(t) * (np.exp(log_weight(t)) if weighted else 1.0)  # pyright: ignore[reportCallIssue]

        return integrate.quad(integrand, -1 + 1e-12, 1 - 1e-12)[0]

    mass, whole = mean(lambda t: 1.0, True), mean(lambda t: 1.0, False)
    exact = mean(log_weight, True) / mass - np.log(mass / whole)
    return abs(float(draw.kl[0]) - exact)


def count_masses() -> float:
    """Return how far sums of the masses of 0 to 3,000 are from one."""
    x = jnp.arange(3001.0)[:, None]
    likelihoods = (
        Poisson(),
        NegativeBinomial(dispersion=0.7, learned=False),
        NegativeBinomial(dispersion=40.0),
    )
    sums = [jnp.exp(-one(jnp.full((1, *x.shape), 2.5), x)).sum() for one in likelihoods]
    return float(max(abs(total - 1) for total in sums))


def poisson_limit() -> float:
    """Return the largest difference of two log masses, nats, of counts up to 20,000."""
    x = jnp.array([0.0, 1, 7, 300, 20_000])[:, None]
    raw = jnp.log(jnp.maximum(x, 0.5))[None]
    nearly = NegativeBinomial(dispersion=1e7, learned=False)(raw, x)
    # of the two variances, mu and mu + mu^2 / r, the second is larger by mu / r
    correction = np.asarray(jnp.log1p(x[:, 0] / 1e7) / 2)
    return float(np.abs(np.asarray(nearly[0] - Poisson()(raw, x)[0]) - correction).max())


def real_densities() -> float:
    """Return how far integrals of densities are from one."""
    wide, unit = np.linspace(-30, 30, 60_001), np.linspace(0, 1, 20_001)
    cases = ((GaussianLikelihood(0.5), wide), (Laplace(0.8), wide), (ContinuousBernoulli(), unit))
    worst = 0.0
    for likelihood, x in cases:
        rows = jnp.asarray(x, jnp.float32)[:, None]
        log_density = -likelihood(jnp.full((1, *rows.shape), 0.6), rows)[0]
        mass = integrate.trapezoid(np.exp(np.asarray(log_density, np.float64)), x)
        worst = max(worst, abs(mass - 1))
    return worst


def _linear_model() -> tuple[Array, Array, np.ndarray]:
    """Return W (3, 2), an example x (1, 3), and the exact log likelihood of x = W z + e."""
    weight = jnp.array([[1.0, 0.2], [-0.5, 0.8], [0.3, -1.1]])
    x = jnp.array([[0.9, -0.4, 1.2]])
    covariance = np.asarray(weight @ weight.T + jnp.eye(3), np.float64)
    value = np.asarray(x[0], np.float64)
    quadratic = value @ np.linalg.solve(covariance, value)
    log_likelihood = -0.5 * (quadratic + np.linalg.slogdet(2 * np.pi * covariance)[1])
    return weight, x, log_likelihood


def _log_weights(weight: Array, x: Array, h: Array, draws: int) -> Array:
    """Return log p(x, z) - log q(z) of draws (K, 1) from the posterior that h stands for."""
    draw, _ = Gaussian()(h, _context(3), draws)
    return -GaussianLikelihood(1.0)(draw.z @ weight.T, x) - draw.log_ratio


def ordered_bounds() -> float:
    """Return by how much a bound is above the one that theory puts above it; at most 0."""
    weight, x, exact = _linear_model()
    h = jnp.array([[0.2, 0.1, -0.5, -0.5]])
    logs = _log_weights(weight, x, h, 40_000)
    bounds = [-float(grouped_bound(logs, 40_000 // k).mean()) for k in (1, 5, 50)]
    steps = [*bounds, float(exact)]
    return max(0.0, *(low - high for low, high in pairwise(steps)))


def tight_bound() -> float:
    """Return how far the ELBO of a diagonal model is from its log likelihood, nats."""
    scales = jnp.array([1.5, -0.7])
    weight = jnp.diag(scales)
    x = jnp.array([[0.8, 1.1]])
    precision = 1 + scales**2
    h = jnp.concatenate([x[0] * scales / precision, -jnp.log(precision)])[None]
    elbo = float(_log_weights(weight, x, h, 64).mean())
    variances = np.asarray(precision, np.float64)
    exact = -0.5 * float((np.asarray(x[0]) ** 2 / variances + np.log(2 * np.pi * variances)).sum())
    return abs(elbo - exact)


def moments_of_draws() -> float:
    """Return the largest deviation of a mean or a variance of draws, in standard errors."""
    n = 100_000
    mean, variance = 0.4, 2.5
    h = jnp.array([[mean, float(np.log(variance))]])
    posterior = np.asarray(Gaussian()(h, _context(), n)[0].z[:, 0, 0], np.float64)
    prior = np.asarray(Gaussian().sample_prior(jax.random.key(1), n, 1)[:, 0], np.float64)
    r = 3.0
    raw = jnp.full((n, 1), float(np.log(4.0)))
    counts = NegativeBinomial(dispersion=r, learned=False).sample(jax.random.key(2), raw)
    cases = (
        (posterior, mean, variance),
        (prior, 0.0, 1.0),
        (np.asarray(counts[:, 0], np.float64), 4.0, 4.0 + 16.0 / r),
    )
    return max(_standard_errors(*case) for case in cases)


def _standard_errors(draws: np.ndarray, mean: float, variance: float) -> float:
    centred = draws - mean
    of_mean = abs(centred.mean()) / (draws.std() / np.sqrt(len(draws)))
    squares = centred**2
    of_variance = abs(squares.mean() - variance) / (squares.std() / np.sqrt(len(draws)))
    return float(max(of_mean, of_variance))
