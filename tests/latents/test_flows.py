"""Flows: log-determinants, orders, inverses, and the limits in which a flow is none."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import special, stats

from isthmus.errors import SettingError
from isthmus.latents import (
    MADE,
    Gaussian,
    InverseAutoregressive,
    Mixture,
    NormalisingFlow,
    Planar,
    StandardNormal,
)
from isthmus.latents.flows import FLOWS
from isthmus.treecodec import decode_tree, encode_tree

DRAWS = 20_000


@eqx.filter_jit
def draw(latent, h, context, draws):
    return latent(h, context, draws)[0]


def bent(tree, seed=1):
    """Return networks away from their start, where every output is zero."""
    keys = iter(jax.random.split(jax.random.key(seed), 100))
    return jax.tree.map(lambda leaf: leaf + 0.5 * jax.random.normal(next(keys), leaf.shape), tree)


def made(name, d, **settings):
    return bent(FLOWS[name](**settings).create(d, np.random.default_rng(0)))


FLOWING = [("planar", {"length": 3}), ("inverse_autoregressive", {"steps": 3, "hidden": (8,)})]


@pytest.mark.parametrize(("name", "settings"), FLOWING)
@pytest.mark.parametrize("d", [1, 3])
def test_log_determinants_are_those_of_the_jacobians(name, settings, d, normals):
    flow = made(name, d, **settings)
    z, context = normals(2, 5, d), normals(5, flow.width(d), seed=1)
    _, found = eqx.filter_jit(flow)(z, context)

    def one(z, c):
        return flow(z[None, None], c[None])[0][0, 0]

    jacobians = jax.jit(jax.vmap(jax.vmap(jax.jacfwd(one)), in_axes=(0, None)))(z, context)
    np.testing.assert_allclose(found, np.linalg.slogdet(np.asarray(jacobians))[1], atol=1e-4)
    assert np.abs(found).min() > 1e-4


def planar_by_hand(z, u, w, b):
    """Rezende and Mohamed's equations, with the shifted m."""
    m = np.log1p(np.exp(w @ u + np.log(np.e - 1))) - 1
    u_hat = u + (m - w @ u) * w / (w @ w)
    t = np.tanh(z @ w + b)
    return z + u_hat * t, np.log(1 + (1 - t**2) * (u_hat @ w)), u_hat


def test_planar_by_hand():
    rng = np.random.default_rng(0)
    z, u, w, b = rng.standard_normal(3), rng.standard_normal(3), rng.standard_normal(3), 0.3
    expected, log_determinant, _ = planar_by_hand(z, u, w, b)
    context = np.concatenate([u, w, [b]]).astype(np.float32)[None]
    found, logs = Planar(1)(jnp.asarray(z, jnp.float32)[None, None], jnp.asarray(context))
    np.testing.assert_allclose(found[0, 0], expected, rtol=1e-5)
    np.testing.assert_allclose(logs[0, 0], log_determinant, rtol=1e-4)


@pytest.mark.parametrize("strength", [-30.0, -3.0, 0.0, 3.0, 30.0])
def test_planar_maps_never_fold(strength):
    """Along w the map is increasing, however much u points against it."""
    w = np.array([0.6, -0.8])
    along = np.linspace(-4, 4, 401)[:, None, None] * w
    context = np.concatenate([strength * w, w, [0.1]]).astype(np.float32)[None]
    z, logs = Planar(1)(jnp.asarray(along, jnp.float32), jnp.asarray(context))
    steps = np.diff(np.asarray(z[:, 0], float) @ w)
    assert steps.min() > -1e-6
    assert np.isfinite(logs).all()
    if strength == 0:
        np.testing.assert_allclose(logs, 0, atol=1e-6)


def test_planar_gradients_stay_finite_where_w_is_zero():
    def total(context):
        z, logs = Planar(1)(jnp.ones((1, 1, 2)), context)
        return z.sum() + logs.sum()

    for context in ([[0.0, 0, 0, 0, 0]], [[1.0, 2, 0, 0, 1]], [[-90.0, 0, 1, 0, -1]]):
        assert np.isfinite(jax.grad(total)(jnp.asarray(context))).all()


@pytest.mark.parametrize("context", [0, 4])
def test_made_sees_what_comes_before_and_all_of_that(context, normals):
    network = MADE.create(np.random.default_rng(0), 5, hidden=(16, 12), heads=2, context=context)
    network = bent(network)
    z, c = normals(5), normals(context) if context else None
    jacobian = np.asarray(jax.jit(jax.jacfwd(network))(z, c))  # (heads, d outputs, d inputs)
    below = np.tril(np.ones((5, 5), bool), -1)
    assert (jacobian[:, ~below] == 0).all()
    assert (jacobian[:, below] != 0).all()
    if context:
        by_context = np.asarray(jax.jit(jax.jacfwd(network, argnums=1))(z, c))
        assert (by_context != 0).all()  # the first output's too


def test_a_step_of_inverse_autoregression_is_triangular(normals):
    flow = made("inverse_autoregressive", 4, steps=1, hidden=(16,), context=2)
    jacobian = np.asarray(
        jax.jit(jax.jacfwd(lambda z: flow(z[None, None], normals(1, 2))[0][0, 0]))(normals(4))
    )[::-1]  # the dimensions come out in inverse order
    assert (np.abs(np.triu(jacobian, 1)) == 0).all()
    diagonal = np.diag(jacobian)
    assert ((diagonal > 0) & (diagonal < 1)).all()  # the gates
    assert (np.abs(jacobian[np.tril_indices(4, -1)]) > 1e-5).all()


def test_gates_start_open_to_sigmoid_two(normals):
    flow = InverseAutoregressive(steps=2, hidden=(8,), context=3).create(
        4, np.random.default_rng(0)
    )
    z, logs = eqx.filter_jit(flow)(normals(2, 5, 4), normals(5, 3))
    gate = special.expit(2.0)
    np.testing.assert_allclose(z, gate**2 * normals(2, 5, 4), rtol=1e-5)
    np.testing.assert_allclose(logs, 8 * np.log(gate), rtol=1e-5)


def identity(name):
    """Return a latent whose flow leaves codes where they are, and the entries of h that do it."""
    if name == "planar":
        h = np.random.default_rng(1).standard_normal((5, 3, 5)).astype(np.float32)
        h[..., :2] = 0  # u
        return NormalisingFlow(Planar(3)).create(2, np.random.default_rng(0)), h.reshape(5, 15)
    flow = InverseAutoregressive(steps=2, hidden=(8,), context=3)
    latent = NormalisingFlow(flow).create(2, np.random.default_rng(0))
    opened = eqx.tree_at(  # gates fully open
        lambda latent: [network.biases[-1] for network in latent.flow.networks],
        latent,
        [jnp.asarray([0.0, 0, 40, 40])] * 2,
    )
    return opened, np.random.default_rng(1).standard_normal((5, 3)).astype(np.float32)


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_that_is_the_identity_is_the_gaussian(name, normals, make_context):
    latent, of_flow = identity(name)
    h = normals(5, 4)
    plain = draw(Gaussian(), h, make_context(5), 6)
    whole = jnp.concatenate([h, jnp.asarray(of_flow)], axis=-1)
    flowed = draw(latent, whole, make_context(5), 6)
    np.testing.assert_allclose(flowed.z, plain.z, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(flowed.log_ratio, plain.log_ratio, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(flowed.kl, plain.log_ratio.mean(0), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(latent.code(whole), Gaussian().code(h), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("name", "settings"), FLOWING)
def test_the_density_of_a_flowed_posterior_integrates_to_one(name, settings):
    latent = NormalisingFlow(made(name, 1, **settings), latent_dim=1)
    rng = np.random.default_rng(2)
    of_flow = jnp.asarray(rng.standard_normal((1, latent.flow.width(1))), jnp.float32)
    base = np.linspace(-8, 8, 20_001)
    z, logs = eqx.filter_jit(latent.flow)(jnp.asarray(base[:, None, None], jnp.float32), of_flow)
    density = stats.norm.pdf(base) * np.exp(-np.asarray(logs[:, 0], float))
    assert np.trapezoid(density, np.asarray(z[:, 0, 0], float)) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(("name", "settings"), FLOWING)
def test_draws_weighed_by_their_ratio_are_the_prior_s(name, settings, make_context):
    """The mean of p/q under q is one, that of p/q times z the prior's mean, here (0.5, -0.3)."""
    prior = Mixture(1, jnp.asarray([[0.5, -0.3]]), jnp.full((1, 2), -1.4), jnp.zeros(1))
    latent = NormalisingFlow(made(name, 2, **settings), prior, 2)
    rng = np.random.default_rng(3)
    h = rng.standard_normal((1, latent.width(2))).astype(np.float32)
    h[:, :4] = 0.3, 0, 0.8, 0.8  # wider than the prior, so that no weight is great
    drawn = draw(latent, jnp.asarray(h), make_context(1), DRAWS)
    weights = np.exp(-np.asarray(drawn.log_ratio[:, 0], float))
    assert weights.std() < 20
    error = 5 * weights.std() / np.sqrt(DRAWS)
    assert weights.mean() == pytest.approx(1, abs=error)
    mean = (weights[:, None] * np.asarray(drawn.z[:, 0])).mean(0)
    np.testing.assert_allclose(mean, [0.5, -0.3], atol=3 * error)


def test_another_prior_takes_the_place_of_the_standard_one(normals, make_context):
    flow = Planar(2)
    h = normals(4, NormalisingFlow(flow).width(2))
    prior = Mixture(2).create(2, np.random.default_rng(0))
    plain = draw(NormalisingFlow(flow, latent_dim=2), h, make_context(4), 3)
    other = draw(NormalisingFlow(flow, prior, 2), h, make_context(4), 3)
    gap = StandardNormal().log_density(plain.z) - prior.log_density(plain.z)
    np.testing.assert_allclose(other.log_ratio - plain.log_ratio, gap, rtol=1e-3, atol=1e-4)
    codes = NormalisingFlow(flow, prior, 2).sample_prior(jax.random.key(0), 7, 2)
    np.testing.assert_array_equal(codes, prior.sample(jax.random.key(0), 7, 2))


@pytest.mark.parametrize("name", FLOWS)
def test_flows_have_names_and_are_known_to_model_files(name):
    latent = NormalisingFlow(name)
    assert type(latent.flow) is FLOWS[name]
    assert decode_tree(encode_tree(latent, {}), {}) == latent
    created, tensors = latent.create(2, np.random.default_rng(0)), {}
    assert eqx.tree_equal(decode_tree(encode_tree(created, tensors), tensors), created)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: NormalisingFlow("plana"), "did you mean 'planar'"),
        (lambda: NormalisingFlow(Gaussian()), "flow is Gaussian"),
        (lambda: Planar(0), "length is 0"),
        (lambda: InverseAutoregressive(steps=0), "steps is 0"),
        (lambda: InverseAutoregressive(hidden=()), r"hidden is \(\)"),
        (lambda: InverseAutoregressive(context=0), "context is 0"),
    ],
)
def test_impossible_flows_are_refused(make, sentence):
    with pytest.raises(SettingError, match=sentence):
        make()
