"""Penalties on the codes of a whole batch, against sums by hand and closed forms."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from isthmus.bounds import ELBO
from isthmus.errors import SettingError
from isthmus.latents import Deterministic, Gaussian
from isthmus.penalties import MMD, Decorrelation, KLSparsity, TotalCorrelation, decompose
from isthmus.penalties.discrepancy import STREAM

LOGISTIC = Deterministic("sigmoid")


@eqx.filter_jit
def paid(penalty, p):
    return penalty(p)


@eqx.filter_jit
def parts_of(p):
    return decompose(p)


@eqx.filter_jit
@eqx.filter_grad
def slope(z, penalty, p):
    """Return the gradient by the codes."""
    return penalty(eqx.tree_at(lambda p: p.draw.z, p, z)).sum()


@pytest.fixture(scope="module")
def make_pass(make_model, make_context, normals, forward):
    """Return a function that makes a pass of a latent, with the codes (K, B, d) if given."""

    def make(draws, n, d, z=None, *, latent=None, weights=None):
        model = make_model(latent_dim=d, latent=latent or Deterministic(), bound=ELBO(draws=draws))
        p, _ = forward(model, normals(n, 6), None, make_context(n, weights=weights))
        return p if z is None else eqx.tree_at(lambda p: p.draw.z, p, jnp.asarray(z))

    return make


def test_kl_sparsity_by_hand(make_pass, normals):
    z = jax.nn.sigmoid(normals(2, 3, 4))
    active = np.asarray(z, float).mean(axis=(0, 1))
    by_hand = sum(stats.entropy([0.2, 0.8], [a, 1 - a]) for a in active)
    p = make_pass(2, 3, 4, z, latent=LOGISTIC)
    np.testing.assert_allclose(paid(KLSparsity(0.7, 0.2), p), np.full(3, 0.7 * by_hand), rtol=1e-5)


def test_kl_sparsity_is_zero_at_the_target(make_pass):
    z = jnp.asarray([[[0.1, 0.2], [0.3, 0.2]]])
    p = make_pass(1, 2, 2, z, latent=LOGISTIC)
    np.testing.assert_allclose(paid(KLSparsity(1.0, 0.2), p), 0, atol=1e-6)
    assert (paid(KLSparsity(1.0, 0.25), p) > 1e-3).all()


def test_kl_sparsity_of_dead_and_saturated_units_is_finite(make_pass):
    p = make_pass(1, 2, 2, jnp.asarray([[[0.0, 1.0], [0.0, 1.0]]]), latent=LOGISTIC)
    assert np.isfinite(paid(KLSparsity(), p)).all()
    assert np.isfinite(slope(p.draw.z, KLSparsity(), p)).all()


def test_kl_sparsity_refuses_codes_that_are_not_logistic(make_pass):
    for latent in (Deterministic(), Deterministic("relu"), Gaussian()):
        with pytest.raises(SettingError, match="use latent=Deterministic"):
            KLSparsity()(make_pass(1, 2, 2, latent=latent))


def double_sum(z, y, kernel):
    """Return the unbiased estimate with plain loops."""

    def pairs(a):
        kernels = [kernel(a[i], a[j]) for i in range(len(a)) for j in range(len(a)) if i != j]
        return np.mean(kernels)

    return pairs(z) + pairs(y) - 2 * np.mean([[kernel(a, b) for b in y] for a in z])


@pytest.mark.parametrize("name", ["rbf", "inverse_multiquadric"])
def test_mmd_is_the_double_sum(name, make_pass, normals):
    z, weights = 1 + 2 * normals(2, 5, 3), [1, 1, 0, 1, 1]
    p = make_pass(2, 5, 3, z, weights=weights)
    y = np.asarray(jax.random.normal(jax.random.fold_in(p.context.key, STREAM), (5, 3)), float)

    def kernel(a, b):
        square, scale = ((a - b) ** 2).sum(), 2 * 3 * 0.5
        return np.exp(-square / scale) if name == "rbf" else scale / (scale + square)

    by_hand = np.mean([double_sum(np.asarray(one, float)[[0, 1, 3, 4]], y, kernel) for one in z])
    found = paid(MMD(0.7, name, scale=0.5), p)
    np.testing.assert_allclose(found, np.full(5, 0.7 * by_hand), rtol=1e-4)


@pytest.mark.parametrize("shift", [0.0, 0.5])
def test_mmd_is_unbiased_zero_for_the_prior_and_its_closed_form_for_a_shift(shift, make_pass):
    p, batches = make_pass(1, 10, 3), 4000

    def estimate(key):
        z = shift + jax.random.normal(key, (1, 10, 3))
        key = jax.random.fold_in(key, 7)  # another stream for the prior's sample
        there = eqx.tree_at(lambda p: (p.draw.z, p.context.key), p, (z, key))
        return MMD(1.0, "rbf")(there)[0]

    found = np.asarray(jax.jit(jax.vmap(estimate))(jax.random.split(jax.random.key(1), batches)))
    scale = 2 * 3
    exact = 2 * (1 + 4 / scale) ** -1.5 * (1 - np.exp(-3 * shift**2 / (scale + 4)))
    assert abs(found.mean() - exact) < 4 * found.std() / batches**0.5


def test_a_batch_of_one_has_no_discrepancy(make_pass, normals):
    p = make_pass(1, 3, 2, 5 + normals(1, 3, 2), weights=[0, 1, 0])
    assert not paid(MMD(), p).any()
    assert not slope(p.draw.z, MMD(), p).any()


def test_an_unknown_kernel_is_refused_with_the_nearest():
    with pytest.raises(SettingError, match="did you mean 'inverse_multiquadric'"):
        MMD(1.0, "inverse_multiquadratic")


def test_decorrelation_is_half_the_squared_covariances_off_the_diagonal(make_pass, normals):
    z = normals(2, 6, 3) @ jnp.asarray([[1.0, 0.5, 0.0], [0.0, 1.0, 2.0], [0.0, 0.0, 1.0]])
    weights = [1, 1, 1, 0, 1, 1]
    by_hand = []
    for one in np.asarray(z, float):
        covariance = np.cov(one[[0, 1, 2, 4, 5]].T, bias=True)
        by_hand.append(((covariance - np.diag(np.diag(covariance))) ** 2).sum() / 2)
    p = make_pass(2, 6, 3, z, weights=weights)
    np.testing.assert_allclose(
        paid(Decorrelation(0.7), p), np.full(6, 0.7 * np.mean(by_hand)), rtol=1e-5
    )


def test_decorrelation_of_uncorrelated_dimensions_of_any_scale_is_zero(make_pass):
    z = jnp.asarray([[[3.0, 1.0], [3.0, -1.0], [-3.0, 1.0], [-3.0, -1.0]]]) + 10
    np.testing.assert_allclose(paid(Decorrelation(1.0), make_pass(1, 4, 2, z)), 0, atol=1e-6)


def parts_by_hand(p):
    """Return the three parts with plain loops, (B,) each, mean over the draws."""
    z = np.asarray(p.draw.z, float)
    mean, deviation = (
        np.asarray(p.draw.statistics["mean"], float),
        np.exp(np.asarray(p.draw.statistics["log_variance"], float) / 2),
    )
    used = np.flatnonzero(p.context.weights)
    parts = np.zeros((3, *z.shape[:2]))
    for k, i in np.ndindex(z.shape[:2]):
        own = stats.norm.logpdf(z[k, i], mean[i], deviation[i]).sum()
        each = np.array([stats.norm.pdf(z[k, i], mean[j], deviation[j]) for j in used])
        joint, marginals = np.log(each.prod(1).mean()), np.log(each.mean(0)).sum()
        prior = stats.norm.logpdf(z[k, i]).sum()
        parts[:, k, i] = own - joint, joint - marginals, marginals - prior
    return parts.mean(axis=1)


@pytest.mark.parametrize("weights", [None, [1, 1, 0, 1, 0]])
def test_the_parts_of_the_divergence_by_hand(weights, make_pass):
    p = make_pass(3, 5, 2, latent=Gaussian(), weights=weights)
    np.testing.assert_allclose(np.stack(parts_of(p)), parts_by_hand(p), atol=1e-5)
    np.testing.assert_allclose(paid(TotalCorrelation(0.7), p), 0.7 * parts_by_hand(p)[1], atol=1e-5)


def test_the_parts_add_up_to_the_divergence(make_pass):
    p = make_pass(4, 7, 3, latent=Gaussian())
    np.testing.assert_allclose(sum(parts_of(p)), p.draw.log_ratio.mean(0), atol=1e-5)
    p = make_pass(2000, 4, 2, latent=Gaussian())
    errors = p.draw.log_ratio.std(axis=0) / 2000**0.5
    assert (jnp.abs(sum(parts_of(p)) - p.draw.kl) < 4 * errors).all()


def posterior(p, mean, log_variance):
    """Return the pass with other posteriors, a draw of each at its mean."""
    statistics = {"mean": mean, "log_variance": jnp.full(mean.shape, log_variance)}
    return eqx.tree_at(lambda p: (p.draw.z, p.draw.statistics), p, (mean[None], statistics))


def test_total_correlation_of_repeated_dimensions_is_the_most_a_batch_can_show(make_pass):
    p = make_pass(1, 4, 3, latent=Gaussian())
    line = jnp.linspace(-5, 5, 4)[:, None] * jnp.ones(3)
    repeated = paid(TotalCorrelation(1.0), posterior(p, line, -9.0))
    np.testing.assert_allclose(repeated, 2 * np.log(4), rtol=1e-5)  # (d - 1) log B


def test_total_correlation_of_independent_dimensions_is_zero(make_pass):
    p = make_pass(1, 4, 2, latent=Gaussian())
    grid = jnp.asarray([[1.0, 3.0], [1.0, -3.0], [-1.0, 3.0], [-1.0, -3.0]])
    np.testing.assert_allclose(paid(TotalCorrelation(1.0), posterior(p, grid, -1.0)), 0, atol=1e-5)
    single = make_pass(2, 4, 1, latent=Gaussian())
    np.testing.assert_allclose(paid(TotalCorrelation(1.0), single), 0, atol=1e-5)


def test_total_correlation_needs_a_normal_posterior(make_pass):
    with pytest.raises(SettingError, match="latent Deterministic has none: use latent='gaussian'"):
        TotalCorrelation()(make_pass(1, 2, 2))


BATCH_WIDE = [
    (KLSparsity(), LOGISTIC),
    (MMD(), Deterministic()),
    (MMD(kernel="rbf"), Gaussian()),
    (Decorrelation(), Deterministic()),
    (TotalCorrelation(), Gaussian()),
]


@pytest.mark.parametrize(("penalty", "latent"), BATCH_WIDE, ids=lambda value: repr(value))
def test_rows_of_weight_zero_change_nothing(
    penalty, latent, make_model, make_context, normals, forward
):
    model = make_model(latent=latent, penalties=(penalty,))
    x, context = normals(5, 6), make_context(5, weights=[1, 1, 1, 0, 0])
    rows = [forward(model, there, None, context)[0] for there in (x, x.at[3:].set(9.0))]
    costs = [paid(penalty, p)[:3] for p in rows]
    np.testing.assert_allclose(*costs, rtol=1e-6)
    assert np.asarray(costs[0]).any()
    counted = forward(model, x.at[2].set(9.0), None, context)[0]
    assert not np.allclose(paid(penalty, counted)[:3], costs[0])


@pytest.mark.parametrize(("penalty", "latent"), BATCH_WIDE, ids=lambda value: repr(value))
@pytest.mark.parametrize("weights", [[1, 1, 1, 1], [1, 0, 0, 0]], ids=["four", "one"])
def test_gradients_are_finite_and_reach_the_encoder(
    penalty, latent, weights, make_model, make_context, normals
):
    from isthmus.model import objective

    model, context = (
        make_model(latent=latent, penalties=(penalty,)),
        make_context(4, weights=weights),
    )

    @eqx.filter_jit
    @eqx.filter_grad
    def gradient(encoder, weight):
        priced = eqx.tree_at(lambda m: (m.encoder, m.penalties[0].weight), model, (encoder, weight))
        return objective(priced, normals(4, 6), None, context)[0]

    charged, free = (gradient(model.encoder, jnp.asarray(w)) for w in (1.0, 0.0))
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(charged))
    if sum(weights) > 1:
        assert not np.allclose(charged.affines[0].weight, free.affines[0].weight)
