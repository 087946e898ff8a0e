"""The other bounds: the identities between them, and values by hand."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats
from sklearn.datasets import load_digits

import isthmus
from isthmus import latents
from isthmus.bounds import (
    ELBO,
    MEMBERS,
    Capacity,
    CombinationImportanceWeighted,
    FreeBits,
    ImportanceWeighted,
    MultiplyImportanceWeighted,
    PartiallyImportanceWeighted,
    grouped_bound,
    log_weights,
)
from isthmus.errors import SettingError
from isthmus.model import objective, partition
from isthmus.networks import Dense
from isthmus.treecodec import decode_tree, encode_tree


@eqx.filter_jit
def value_and_gradient(parameters, rest, x, context):
    def loss(p):
        return objective(eqx.combine(p, rest), x, None, context)[0]

    return jax.value_and_grad(loss)(parameters)


@pytest.fixture(scope="module")
def learn(make_model, make_context, normals):
    """Return a function from a bound to a small model's loss and its gradient."""

    def run(bound):
        model = make_model(latent=latents.Gaussian(), bound=bound)
        weights = [1, 1, 1, 0]  # the last row fills up a short batch
        return value_and_gradient(
            *partition(model), normals(4, 6), make_context(4, weights=weights)
        )

    return run


@pytest.fixture(scope="module")
def drawn(make_model, make_context, normals, forward):
    """Return one pass with 12 draws."""
    model = make_model(latent=latents.Gaussian(), bound=ELBO(draws=12))
    return forward(model, normals(4, 6), None, make_context(4))[0]


def assert_same(one, other, rtol=1e-4):
    for a, b in zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True):
        np.testing.assert_allclose(a, b, rtol=rtol, atol=1e-5)


def charged(p):
    """Return the pass with a charge of the latent's own, a codebook's, say."""
    return eqx.tree_at(lambda p: p.draw.cost, p, jnp.arange(1.0, 5.0))


def test_a_group_s_bound_is_the_log_of_its_mean_weight():
    weights = np.array([[1.0], [3.0], [5.0], [7.0]])
    two = grouped_bound(jnp.log(jnp.asarray(weights)), 2)
    assert float(two[0]) == pytest.approx(-(np.log(2) + np.log(6)) / 2, rel=1e-6)
    far = grouped_bound(jnp.asarray([[-900.0], [-1000.0]]), 1)  # whose weights underflow
    assert float(far[0]) == pytest.approx(900 + np.log(2), rel=1e-6)


def test_one_draw_of_iwae_is_the_elbo_of_the_log_ratio(make_model, forward, make_context, normals):
    model = make_model(latent=latents.Gaussian(), bound=ImportanceWeighted(draws=1))
    p, _ = forward(model, normals(4, 6), None, make_context(4))
    np.testing.assert_allclose(model.bound(p), p.cost[0] + p.draw.log_ratio[0], rtol=1e-6)


def test_one_group_is_iwae_in_value_and_gradient(learn):
    assert_same(
        learn(MultiplyImportanceWeighted(groups=1, draws=6)), learn(ImportanceWeighted(draws=6))
    )


def test_as_many_groups_as_draws_are_the_elbo(learn, make_model, normals, make_context):
    model = make_model(latent=latents.Gaussian(), bound=ELBO(draws=6))
    parameters, rest = partition(model)
    context = make_context(4, weights=[1, 1, 1, 0])

    @jax.jit
    def elbo(parameters):  # built from log_ratio
        p, _ = eqx.combine(parameters, rest).forward(normals(4, 6), None, context)
        return (p.cost + p.draw.log_ratio).mean(0)[:3].mean()

    expected = jax.value_and_grad(elbo)(parameters)
    assert_same(learn(MultiplyImportanceWeighted(groups=6, draws=6)), expected)


@pytest.mark.parametrize("beta", [0.0, 0.3, 1.0])
def test_the_combination_mixes_elbo_and_iwae(beta, learn):
    combined = learn(CombinationImportanceWeighted(beta=beta, draws=6))
    elbo = learn(MultiplyImportanceWeighted(groups=6, draws=6))
    iwae = learn(ImportanceWeighted(draws=6))
    pairs = zip(jax.tree.leaves(elbo), jax.tree.leaves(iwae), strict=True)
    assert_same(combined, [beta * a + (1 - beta) * b for a, b in pairs])


def test_partial_weighting_gives_each_network_its_own_gradient(learn):
    value, gradient = learn(PartiallyImportanceWeighted(groups=3, draws=6))
    iwae_value, iwae = learn(ImportanceWeighted(draws=6))
    _, miwae = learn(MultiplyImportanceWeighted(groups=3, draws=6))
    assert float(value) == pytest.approx(float(iwae_value), rel=1e-5)
    assert_same(gradient.decoder, iwae.decoder)
    assert_same(gradient.encoder, miwae.encoder)
    for ours, others in ((gradient.decoder, miwae.decoder), (gradient.encoder, iwae.encoder)):
        pairs = zip(jax.tree.leaves(ours), jax.tree.leaves(others), strict=True)
        assert max(float(jnp.abs(a - b).max()) for a, b in pairs) > 1e-3


def test_more_draws_come_closer_to_the_exact_likelihood(make_model, make_context, forward, normals):
    """With a linear Gaussian decoder, x is normal with covariance W W^T + I."""
    draws = 20_000
    model = make_model(latent=latents.Gaussian(), network=Dense(hidden=()), bound=ELBO(draws=draws))
    x = normals(3, 6)
    p, _ = forward(model, x, None, make_context(3))
    affine = model.decoder.affines[0]
    W, b = np.asarray(affine.weight, float).T, np.asarray(affine.bias, float)
    exact = -stats.multivariate_normal(b, W @ W.T + np.eye(6)).logpdf(np.asarray(x))
    weights = np.asarray(log_weights(p), float)
    bounds, errors = {}, {}
    for k in (1, 5, 50):
        groups = weights.reshape(-1, k, 3)
        each = np.log(k) - np.logaddexp.reduce(groups, axis=1)
        bounds[k] = np.asarray(grouped_bound(jnp.asarray(weights, jnp.float32), draws // k))
        np.testing.assert_allclose(bounds[k], each.mean(0), rtol=1e-5)
        errors[k] = each.std(0) / np.sqrt(len(each))
    np.testing.assert_allclose(bounds[1], p.cost.mean(0) + p.draw.kl, atol=4 * errors[1].max())
    assert (bounds[1] > bounds[5] + 3 * errors[1]).all()
    assert (bounds[5] > bounds[50] + 3 * errors[5]).all()
    assert (bounds[50] > exact - 3 * errors[50]).all()
    np.testing.assert_allclose(grouped_bound(log_weights(p), 1), exact, atol=0.1)


@pytest.mark.parametrize(
    "bound",
    [
        ImportanceWeighted(draws=12),
        MultiplyImportanceWeighted(groups=3, draws=12),
        CombinationImportanceWeighted(draws=12),
        PartiallyImportanceWeighted(groups=3, draws=12),
        FreeBits(),
        Capacity(),
    ],
    ids=lambda bound: type(bound).__name__,
)
def test_every_bound_adds_what_the_latent_charges(bound, drawn):
    np.testing.assert_allclose(bound(charged(drawn)), bound(drawn) + np.arange(1.0, 5.0), rtol=1e-5)


def with_divergences(p, kl, context):
    kl = jnp.asarray(kl)
    return eqx.tree_at(
        lambda p: (p.draw.kl, p.draw.statistics["kl_per_dimension"], p.context),
        p,
        (kl.sum(-1), kl, context),
    )


def test_free_bits_by_hand(drawn, make_context):
    kl = [[1.0, 0.0], [3.0, 0.1], [2.0, 0.2], [50.0, 50.0]]
    p = with_divergences(drawn, kl, make_context(4, weights=[1, 1, 1, 0]))
    found = FreeBits(floor=0.25)(p) - p.cost.mean(0)
    np.testing.assert_allclose(found[:3], [1.25, 3.25, 2.25], rtol=1e-4)  # 50 counts for nothing
    full = with_divergences(drawn, kl, make_context(4))
    found = FreeBits(floor=0.25)(full) - p.cost.mean(0)
    np.testing.assert_allclose(found, np.sum(kl, axis=1), rtol=1e-4)


def test_free_bits_without_a_floor_are_the_elbo(learn):
    assert_same(learn(FreeBits(floor=0.0)), learn(ELBO()))


def test_below_the_floor_no_gradient_draws_the_posterior_to_the_prior(learn):
    value, gradient = learn(FreeBits(floor=1000.0))
    bare, reconstruction_alone = learn(ELBO(beta=0.0))
    assert float(value) == pytest.approx(float(bare) + 2 * 1000.0, rel=1e-5)
    assert_same(gradient, reconstruction_alone)


def test_free_bits_refuse_a_code_without_divergences(make_model, make_context, normals):
    model = make_model(bound=FreeBits())
    with pytest.raises(SettingError, match="the latent Deterministic has none") as caught:
        objective(model, normals(4, 6), None, make_context(4))
    assert "\n" not in str(caught.value)


def test_capacity_by_hand(drawn, make_context):
    kl = [[1.0, 0.0], [4.0, 1.0], [2.0, 0.0], [0.0, 0.5]]
    bound = Capacity(capacity=4.0, gamma=10.0, warmup=10.0)
    for epoch, expected in ((5, [10, 30, 0, 15]), (0, [10, 50, 20, 5]), (99, [30, 10, 20, 35])):
        p = with_divergences(drawn, kl, make_context(4, epoch=epoch))
        np.testing.assert_allclose(bound(p) - p.cost.mean(0), expected, rtol=1e-4, atol=1e-4)


def test_capacity_pushes_the_divergence_towards_its_target(drawn, make_context):
    bound = Capacity(capacity=4.0, gamma=10.0, warmup=0.0)
    p = with_divergences(drawn, [[1.0, 0.0], [4.0, 3.0], [2.0, 1.0], [5.0, 0.0]], make_context(4))
    slope = jax.grad(lambda kl: bound(eqx.tree_at(lambda p: p.draw.kl, p, kl)).sum())(p.draw.kl)
    np.testing.assert_array_equal(slope, [-10.0, 10.0, -10.0, 10.0])


@pytest.mark.parametrize("kind", [MultiplyImportanceWeighted, PartiallyImportanceWeighted])
def test_draws_that_do_not_fall_into_equal_groups_are_refused(kind):
    with pytest.raises(SettingError, match="10 draws do not fall into 4 equal groups"):
        kind(groups=4, draws=10)


@pytest.mark.parametrize("name", MEMBERS)
def test_every_bound_is_known_to_model_files(name):
    bound = MEMBERS[name]()
    assert decode_tree(encode_tree(bound, {}), {}) == bound


def test_a_bound_with_groups_fits_and_comes_back(tmp_path):
    X = load_digits().data[:96]
    bound = PartiallyImportanceWeighted(groups=2, draws=4)
    autoencoder = isthmus.Autoencoder(
        3, latent="gaussian", bound=bound, hidden=(8,), epochs=6, batch_size=32, random_state=0,
        validation_fraction=0.0,
    ).fit(X)  # fmt: skip
    losses = autoencoder.history_["train_loss"]
    assert losses[-1] < losses[0]
    back = isthmus.load(autoencoder.save(tmp_path / "model.safetensors"))
    assert back.model_.bound == bound
    np.testing.assert_array_equal(autoencoder.transform(X), back.transform(X))
