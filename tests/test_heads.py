"""Heads on the code: against scikit-learn's log loss, scipy's densities, and each other."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats
from scipy.special import softmax
from sklearn.metrics import log_loss

from isthmus.bounds import ELBO
from isthmus.heads import Classifier, Regressor
from isthmus.latents import Gaussian
from isthmus.model import objective, partition

LABELS = np.array([0, 2, 1, 1, 3])


@eqx.filter_jit
def gradient_of(parameters, rest, x, target, context):
    return jax.grad(lambda p: objective(eqx.combine(p, rest), x, target, context)[0])(parameters)


@pytest.fixture(scope="module")
def head():
    return Classifier.create(np.random.default_rng(0), latent_dim=2, n_classes=4, weight=0.3)


def test_the_charge_is_the_weighted_log_loss(head, make_model, make_context, normals, forward):
    p, _ = forward(make_model(), normals(5, 6), jnp.asarray(LABELS), make_context(5))
    probabilities = softmax(np.asarray(head.read(p.draw.z[0]), np.float64), axis=1)
    charge = head(p)
    assert charge.shape == (5,)
    expected = 0.3 * log_loss(LABELS, probabilities, labels=range(4))
    assert float(charge.mean()) == pytest.approx(expected, rel=1e-5)


def test_over_draws_it_is_the_mean_of_each_draws_loss(
    head, make_model, make_context, normals, forward
):
    model = make_model(latent=Gaussian(), bound=ELBO(draws=3))
    p, _ = forward(model, normals(5, 6), jnp.asarray(LABELS), make_context(5))
    losses = [
        log_loss(LABELS, softmax(np.asarray(head.read(z), np.float64), axis=1), labels=range(4))
        for z in p.draw.z
    ]
    assert float(head(p).mean()) == pytest.approx(0.3 * np.mean(losses), rel=1e-5)


def test_logits_are_affine_in_the_code(head, normals):
    z = normals(5, 2)
    np.testing.assert_allclose(
        head.read(z), np.asarray(z) @ head.layer.weight + head.layer.bias, rtol=1e-5, atol=1e-6
    )


def test_the_loss_teaches_the_encoder_too_and_by_its_weight(
    head, make_model, make_context, normals
):
    x, context = normals(5, 6), make_context(5)

    def gradient(weight):
        weighted = eqx.tree_at(lambda h: h.weight, head, weight)
        parameters, rest = partition(make_model(decoder=None, heads=(weighted,)))
        return gradient_of(parameters, rest, x, jnp.asarray(LABELS), context)

    once, thrice = gradient(1.0), gradient(3.0)
    for one, three in zip(jax.tree.leaves(once), jax.tree.leaves(thrice), strict=True):
        assert one.any()
        np.testing.assert_allclose(three, 3 * one, rtol=1e-4, atol=1e-6)


def test_far_logits_stay_finite(head, make_model, make_context, normals, forward):
    p, _ = forward(make_model(), normals(5, 6), jnp.asarray(LABELS), make_context(5))
    far = eqx.tree_at(lambda p: p.draw.z, p, p.draw.z * 1e6)
    assert np.isfinite(head(far)).all()


TARGETS = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)


def regressor(**settings):
    return Regressor.create(np.random.default_rng(0), 2, **({"n_targets": 3} | settings))


@pytest.mark.parametrize("learned", [False, True])
def test_a_regression_is_charged_minus_scipys_log_density(
    learned, make_model, make_context, normals, forward
):
    model = make_model(latent=Gaussian(), bound=ELBO(draws=4))
    p, _ = forward(model, normals(5, 6), jnp.asarray(TARGETS), make_context(5))
    head, scale = regressor(weight=0.3, learned_scale=learned), np.ones(3)
    if learned:
        head = eqx.tree_at(lambda h: h.raw_scale, head, jnp.asarray([-1.0, 0.0, 2.0]))
        scale = np.exp(-6 + np.log1p(np.exp(np.array([-1.0, 0.0, 2.0]) + 6)))
    read = np.stack([head.read(z) for z in p.draw.z])
    expected = -0.3 * stats.norm.logpdf(TARGETS, read, scale).sum(-1).mean(0)
    assert head(p).shape == (5,)
    np.testing.assert_allclose(head(p), expected, rtol=1e-4)


def test_the_best_scale_of_a_regression_is_its_root_mean_square_error(
    make_model, make_context, normals, forward
):
    p, _ = forward(make_model(), normals(5, 6), jnp.asarray(TARGETS), make_context(5))
    head = regressor(learned_scale=True)
    errors = jnp.sqrt(((TARGETS - head.read(p.draw.z[0])) ** 2).mean(0))
    best = eqx.tree_at(lambda h: h.raw_scale, head, jnp.log(jnp.expm1(jnp.log(errors) + 6)) - 6)
    slope = jax.jit(jax.grad(lambda h: h(p).mean()))
    np.testing.assert_allclose(slope(best).raw_scale, 0, atol=1e-5)
    assert np.abs(slope(head).raw_scale).max() > 1e-2
    perfect = eqx.tree_at(lambda h: h.raw_scale, head, jnp.full(3, -1e6))
    np.testing.assert_allclose(perfect.log_scale, -6)


def test_without_a_learned_scale_the_optimum_is_that_of_least_squares(
    make_model, make_context, normals, forward
):
    p, _ = forward(make_model(), normals(5, 6), jnp.asarray(TARGETS), make_context(5))
    design = np.column_stack([p.draw.z[0], np.ones(5)])
    solution = np.linalg.lstsq(design, TARGETS)[0].astype(np.float32)
    least = eqx.tree_at(
        lambda h: (h.layer.weight, h.layer.bias), regressor(), (solution[:2], solution[2])
    )
    gradient = jax.grad(lambda h: h(p).mean())(jax.tree.map(jnp.asarray, least))
    for leaf in (gradient.layer.weight, gradient.layer.bias):
        np.testing.assert_allclose(leaf, 0, atol=1e-5)


def test_one_quantity_may_come_as_a_row_or_as_a_column(make_model, make_context, normals, forward):
    head, x, context = regressor(n_targets=1), normals(5, 6), make_context(5)
    row, _ = forward(make_model(), x, jnp.asarray(TARGETS[:, 0]), context)
    column, _ = forward(make_model(), x, jnp.asarray(TARGETS[:, :1]), context)
    np.testing.assert_array_equal(head(row), head(column))


def test_several_heads_share_a_table_of_targets_each_by_its_weight(
    head, make_model, make_context, normals, forward
):
    x, context = normals(5, 6), make_context(5)
    table = jnp.asarray(np.column_stack([TARGETS[:, 0], LABELS, TARGETS[:, 1]]), jnp.float32)
    classifier = Classifier(head.layer, 0.3, column=1)
    quantities = regressor(n_targets=2, weight=2.0, columns=(2, 0))
    loss, (terms, _) = eqx.filter_jit(objective)(
        make_model(heads=(classifier, quantities)), x, table, context
    )
    p, _ = forward(make_model(), x, jnp.asarray(LABELS), context)
    assert float(terms["classifier"]) == pytest.approx(float(head(p).mean()), rel=1e-5)
    alone = regressor(n_targets=2, weight=2.0)
    p, _ = forward(make_model(), x, jnp.asarray(TARGETS[:, [1, 0]]), context)
    assert float(terms["regressor"]) == pytest.approx(float(alone(p).mean()), rel=1e-5)
    assert float(loss) == pytest.approx(sum(map(float, terms.values())), rel=1e-5)
