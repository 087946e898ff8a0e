"""Priors: densities, samples, and the limits in which they are each other."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate, special, stats

from isthmus.bounds import FreeBits
from isthmus.errors import SettingError
from isthmus.estimators.inference import assess
from isthmus.latents import (
    MAF,
    FullGaussian,
    Gaussian,
    Mixture,
    NormalisingFlow,
    Planar,
    StandardNormal,
    VampPrior,
)
from isthmus.latents.priors import PRIORS
from isthmus.model import objective, partition
from isthmus.treecodec import decode_tree, encode_tree

MEAN = np.array([[0.0, 1.0], [-2.0, 0.5], [1.5, -1.0]], np.float32)
LOG_VARIANCE = np.array([[0.0, -1.0], [0.5, 0.3], [-0.7, 0.2]], np.float32)
LOGITS = np.array([0.0, 1.0, -0.5], np.float32)
MIXTURE = Mixture(3, jnp.asarray(MEAN), jnp.asarray(LOG_VARIANCE), jnp.asarray(LOGITS))
DRAWS = 20_000


@eqx.filter_jit
def draw(latent, h, context, draws):
    return latent(h, context, draws)[0]


def mixture_log_density(z, mean=MEAN, log_variance=LOG_VARIANCE, weights=None):
    weights = special.softmax(LOGITS.astype(float)) if weights is None else weights
    each = stats.norm(mean, np.exp(log_variance / 2)).logpdf(np.asarray(z, float)[..., None, :])
    return special.logsumexp(each.sum(-1) + np.log(weights), axis=-1)


def bent(prior, seed=1):
    """Return a flow away from its start, where every output is zero."""
    keys = iter(jax.random.split(jax.random.key(seed), 100))
    return jax.tree.map(lambda leaf: leaf + 0.4 * jax.random.normal(next(keys), leaf.shape), prior)


@pytest.fixture(scope="module")
def flow():
    return bent(MAF(layers=3, hidden=(8, 6)).create(3, np.random.default_rng(0)))


def one_standard_component(d):
    return Mixture(1, jnp.zeros((1, d)), jnp.zeros((1, d)), jnp.zeros(1))


def test_a_mixture_has_the_density_that_it_names(normals):
    z = 2 * normals(4, 5, 2)
    np.testing.assert_allclose(MIXTURE.log_density(z), mixture_log_density(z), rtol=1e-4)


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("prior", [Mixture(), MAF(layers=2, hidden=(6,))], ids=["mixture", "maf"])
def test_densities_integrate_to_one(prior, d):
    prior = bent(prior.create(d, np.random.default_rng(0)))
    axis = np.linspace(-12, 12, 10_001 if d == 1 else 401)
    z = np.stack(np.meshgrid(*[axis] * d, indexing="ij"), axis=-1).astype(np.float32)
    density = np.exp(np.asarray(eqx.filter_jit(prior.log_density)(jnp.asarray(z)), float))
    assert density.sum() * (axis[1] - axis[0]) ** d == pytest.approx(1, abs=2e-3)


def test_samples_of_a_mixture_are_distributed_as_it():
    z = np.asarray(MIXTURE.sample(jax.random.key(0), 5000, 2), float)
    weights = special.softmax(LOGITS.astype(float))
    for i in range(2):

        def cdf(x, i=i):
            each = stats.norm.cdf(x[:, None], MEAN[:, i], np.exp(LOG_VARIANCE[:, i] / 2))
            return each @ weights

        assert stats.kstest(z[:, i], cdf).pvalue > 1e-3
    products = weights @ (MEAN[:, 0] * MEAN[:, 1])  # within a component none
    assert (z[:, 0] * z[:, 1]).mean() == pytest.approx(products, abs=0.1)


def test_the_mixture_starts_with_unit_variance_on_average():
    started = Mixture(components=4000).create(2, np.random.default_rng(0))
    z = np.asarray(started.sample(jax.random.key(0), 4000, 2), float)
    np.testing.assert_allclose(z.mean(0), 0, atol=0.1)
    np.testing.assert_allclose(np.cov(z.T), np.eye(2), atol=0.1)


def test_the_flow_s_log_determinant_is_that_of_its_jacobian(flow, normals):
    z = normals(6, 3)
    u, log_determinant = eqx.filter_jit(flow.whiten)(z)
    jacobians = jax.jit(jax.vmap(jax.jacfwd(lambda one: flow.whiten(one)[0])))(z)
    np.testing.assert_allclose(log_determinant, np.linalg.slogdet(jacobians)[1], atol=1e-4)
    assert np.abs(log_determinant).min() > 1e-3
    expected = stats.norm.logpdf(np.asarray(u, float)).sum(-1) + np.asarray(log_determinant)
    np.testing.assert_allclose(flow.log_density(z), expected, rtol=1e-4)


def test_the_flow_s_samples_are_its_inverse_of_normal_ones(flow):
    key = jax.random.key(3)
    z = eqx.filter_jit(flow.sample)(key, 50, 3)
    np.testing.assert_allclose(flow.whiten(z)[0], jax.random.normal(key, (50, 3)), atol=1e-3)


def test_the_flow_starts_as_the_standard_normal(normals):
    started = MAF().create(3, np.random.default_rng(0))
    z = normals(5, 3)
    np.testing.assert_allclose(started.log_density(z), StandardNormal().log_density(z), rtol=1e-6)


def value_and_gradient(latent, h, context):
    def total(h):
        draw, _ = latent(h, context, 3)
        return (draw.log_ratio + (draw.z**3).sum(-1)).sum(), draw

    return eqx.filter_jit(jax.value_and_grad(total, has_aux=True))(h)


@pytest.mark.parametrize("kind", [Gaussian, FullGaussian])
def test_one_standard_component_is_the_standard_normal(kind, normals, make_context):
    h = normals(4, kind().width(2))
    (_, plain), slope = value_and_gradient(kind(), h, make_context(4))
    (_, mixed), same = value_and_gradient(kind(one_standard_component(2)), h, make_context(4))
    np.testing.assert_allclose(mixed.log_ratio, plain.log_ratio, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(same, slope, rtol=1e-4, atol=1e-4)
    np.testing.assert_array_equal(mixed.kl, mixed.log_ratio.mean(0))
    assert "kl_per_dimension" not in mixed.statistics


def test_the_log_ratio_is_posterior_over_prior(normals, make_context):
    h = normals(4, FullGaussian().width(2))
    drawn = draw(FullGaussian(MIXTURE), h, make_context(4), 5)
    for i in range(4):
        factor = np.asarray(drawn.statistics["cholesky"][i], float)
        z = np.asarray(drawn.z[:, i], float)
        posterior = stats.multivariate_normal(np.asarray(h[i, :2], float), factor @ factor.T)
        expected = posterior.logpdf(z) - mixture_log_density(z)
        np.testing.assert_allclose(drawn.log_ratio[:, i], expected, rtol=1e-3, atol=1e-3)


def test_the_divergence_from_a_mixture_is_the_integral(make_context):
    prior = Mixture(
        3, jnp.asarray(MEAN[:, :1]), jnp.asarray(LOG_VARIANCE[:, :1]), jnp.asarray(LOGITS)
    )
    drawn = draw(Gaussian(prior), jnp.asarray([[0.3, -1.0]]), make_context(1), DRAWS)
    posterior = stats.norm(0.3, np.exp(-0.5))

    def integrand(z):
        p = mixture_log_density(np.array([z]), MEAN[:, :1], LOG_VARIANCE[:, :1])
        return posterior.pdf(z) * (posterior.logpdf(z) - p)

    expected = integrate.quad(integrand, -5, 5)[0]
    error = np.asarray(drawn.log_ratio).std() / np.sqrt(DRAWS)
    assert float(drawn.kl[0]) == pytest.approx(expected, abs=4 * error)


def vamp_model(make_model, normals):
    latent = Gaussian(VampPrior(3)).started(np.asarray(normals(20, 6)), np.random.default_rng(0))
    return make_model(latent=latent)


def test_vamp_is_the_mixture_of_the_posteriors_at_its_pseudo_inputs(
    make_model, make_context, normals, forward
):
    model = vamp_model(make_model, normals)
    u = model.latent.prior.pseudo_inputs
    mean, log_variance = np.split(np.asarray(model.encoder(u, None)[0], float), 2, axis=-1)
    p, moved = forward(model, normals(4, 6), None, make_context(4))
    z = np.asarray(p.draw.z[0], float)
    prior = mixture_log_density(z, mean, log_variance, np.full(3, 1 / 3))
    own_mean, own_log_variance = np.split(np.asarray(p.h, float), 2, axis=-1)
    posterior = stats.norm(own_mean, np.exp(own_log_variance / 2)).logpdf(z).sum(-1)
    np.testing.assert_allclose(p.draw.log_ratio[0], posterior - prior, rtol=1e-3, atol=1e-3)
    codes = np.asarray(model.attached_latent().sample_prior(jax.random.key(0), 5000, 2), float)
    np.testing.assert_allclose(codes.mean(0), mean.mean(0), atol=0.1)
    # bound for the pass alone: what comes back is the model that went in
    assert jax.tree.structure(moved) == jax.tree.structure(eqx.combine(*partition(model)))
    np.testing.assert_array_equal(moved.latent.prior.pseudo_inputs, u)


def test_vamp_s_gradient_reaches_pseudo_inputs_and_the_encoder(make_model, make_context, normals):
    parameters, rest = partition(vamp_model(make_model, normals))
    x, context = normals(4, 6), make_context(4)

    @jax.jit
    def gradient(parameters):
        def prior_alone(parameters):  # nothing but the prior's density at codes that stay
            model = eqx.combine(parameters, rest)
            codes = jax.lax.stop_gradient(model.code(x))
            return model.attached_latent().prior.log_density(codes).sum()

        def loss(parameters):
            return objective(eqx.combine(parameters, rest), x, None, context)[0]

        return jax.grad(prior_alone)(parameters), jax.grad(loss)(parameters)

    by_prior, whole = gradient(parameters)
    assert np.abs(by_prior.latent.prior.pseudo_inputs).min() > 1e-5
    for leaf in jax.tree.leaves(by_prior.encoder):
        assert np.abs(leaf).max() > 1e-5
    assert np.abs(whole.latent.prior.pseudo_inputs).max() > 1e-5


@pytest.mark.parametrize("examples", [3, 50])
def test_pseudo_inputs_start_near_examples_and_apart_from_each_other(examples):
    X = np.random.default_rng(0).standard_normal((examples, 4)).astype(np.float32)
    u = np.asarray(VampPrior(8).started(X, np.random.default_rng(1)).pseudo_inputs)
    distance = np.linalg.norm(u[:, None] - X, axis=-1)
    assert distance.min(1).max() < 0.1
    assert len(np.unique(u, axis=0)) == 8
    if examples > 8:
        assert len(set(distance.argmin(1))) == 8


@pytest.mark.parametrize("latent", [FullGaussian("vamp"), NormalisingFlow(prior="vamp")])
def test_vamp_needs_posteriors_whose_density_is_known(latent, make_model, make_context, normals):
    rng = np.random.default_rng(0)
    model = make_model(latent=latent.create(2, rng).started(np.eye(9), rng))
    with pytest.raises(SettingError, match=r"latent=Gaussian\(prior=VampPrior\(\)\)") as caught:
        model.forward(normals(4, 6), None, make_context(4))
    assert "\n" not in str(caught.value)
    with pytest.raises(SettingError, match="VampPrior"):
        VampPrior().sample(jax.random.key(0), 1, 2)
    with pytest.raises(SettingError, match="VampPrior"):
        VampPrior().attach(lambda x: (x, x))


def test_free_bits_need_the_closed_form(make_model, make_context, normals):
    model = make_model(latent=Gaussian(one_standard_component(2)), bound=FreeBits())
    with pytest.raises(SettingError, match="divergence for each dimension"):
        objective(model, normals(4, 6), None, make_context(4))


def test_a_row_s_estimated_divergence_does_not_depend_on_its_company(make_model, normals):
    model = make_model(latent=Gaussian(MIXTURE))
    x, measure = normals(9, 6), eqx.filter_jit(assess)
    here, there = measure(model, x), measure(model, x[::-1])
    assert len(np.unique(here["kl"])) == 9
    for name, rows in here.items():
        np.testing.assert_array_equal(there[name][::-1], rows)


@pytest.mark.parametrize("name", PRIORS)
def test_priors_have_names_and_are_known_to_model_files(name):
    latent = Gaussian(name)
    assert type(latent.prior) is PRIORS[name]
    assert decode_tree(encode_tree(latent, {}), {}) == latent
    created = latent.create(2, np.random.default_rng(0)).started(
        np.eye(5), np.random.default_rng(0)
    )
    tensors = {}
    back = decode_tree(encode_tree(created, tensors), tensors)
    assert eqx.tree_equal(back, created)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Gaussian("mixtur"), "did you mean 'mixture'"),
        (lambda: Gaussian(Planar()), "prior is Planar"),
        (lambda: Mixture(0), "components is 0"),
        (lambda: VampPrior(0), "components is 0"),
        (lambda: MAF(layers=0), "layers is 0"),
        (lambda: MAF(hidden=()), r"hidden is \(\)"),
        (lambda: MAF(hidden=(0,)), "hidden is 0"),
    ],
)
def test_impossible_priors_are_refused(make, sentence):
    with pytest.raises(SettingError, match=sentence) as caught:
        make()
    assert "\n" not in str(caught.value)
