"""Categorical, mixed and masked likelihoods: what they compose, and what they leave out."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import special

from isthmus.errors import DataError, SettingError
from isthmus.likelihoods import (
    Bernoulli,
    Categorical,
    Columns,
    Gaussian,
    LearnedGaussian,
    Masked,
    NegativeBinomial,
    OptimalGaussian,
    Poisson,
)
from isthmus.likelihoods.recognition import recognise

MIXED = Columns(
    (Gaussian(0.5), Bernoulli(), Categorical((3,)), Poisson()), ((5, 0), (1,), (4, 2, 6), (3,))
)
X = np.array(
    # normal, bit, class, count, class, normal, class
    [[0.3, 1, 0, 2, 1, -1.0, 0], [-0.2, 0, 0, 0, 0, 0.4, 1], [1.1, 1, 1, 7, 0, 0.0, 0]],
    np.float32,
)


@pytest.fixture
def outputs(normals):
    return normals(2, 3, 7)


def test_the_masses_of_a_category_add_up_to_one(normals):
    x_hat = jnp.broadcast_to(normals(1, 1, 5), (1, 3, 5))
    each = np.exp(-np.asarray(Categorical((2, 3)).costs(x_hat, jnp.ones((3, 5)))))[0, 0]
    np.testing.assert_allclose([each[:2].sum(), each[2:].sum()], 1, rtol=1e-6)
    np.testing.assert_allclose(each[2:], special.softmax(x_hat[0, 0, 2:]), rtol=1e-5)
    np.testing.assert_allclose(Categorical((2, 3)).mean(x_hat)[0, 0], each, rtol=1e-6)


def test_two_classes_are_a_bit(normals):
    raw = normals(1, 4, 1)
    bit = jnp.asarray([[0.0], [1.0], [1.0], [0.0]])
    both = jnp.concatenate([raw, jnp.zeros_like(raw)], -1), jnp.concatenate([bit, 1 - bit], -1)
    np.testing.assert_allclose(Categorical()(*both), Bernoulli()(raw, bit), rtol=1e-5)


def test_sampled_classes_are_one_hot_and_as_likely_as_their_mean(normals):
    x_hat = jnp.broadcast_to(normals(5), (20_000, 5))
    drawn = np.asarray(Categorical((2, 3)).sample(jax.random.key(0), x_hat))
    assert set(np.unique(drawn)) == {0.0, 1.0}
    assert (drawn[:, :2].sum(1) == 1).all()
    assert (drawn[:, 2:].sum(1) == 1).all()
    np.testing.assert_allclose(drawn.mean(0), Categorical((2, 3)).mean(x_hat[0]), atol=0.02)


def test_the_floor_of_a_category_is_the_entropy_of_its_shares():
    x = jnp.asarray([[0.2, 0.8, 1.0, 0.0, 0.0]])
    likelihood = Categorical((2, 3))
    floor = -(0.2 * np.log(0.2) + 0.8 * np.log(0.8))
    np.testing.assert_allclose(likelihood.floor(x), [floor], rtol=1e-5)
    perfect = jnp.log(jnp.maximum(x, 1e-30))[None]
    np.testing.assert_allclose(likelihood(perfect, x)[0], likelihood.floor(x), rtol=1e-5)


def test_columns_cost_what_their_own_likelihoods_do(outputs):
    x = jnp.asarray(X)
    costs = MIXED.costs(outputs, x)
    for one, group in zip(MIXED.likelihoods, MIXED.columns, strict=True):
        g = np.array(group)
        alone = one.costs(outputs[..., g], x[:, g])
        np.testing.assert_allclose(costs[..., g], alone, rtol=1e-6)
        np.testing.assert_allclose(MIXED.mean(outputs)[..., g], one.mean(outputs[..., g]))
        np.testing.assert_allclose(MIXED.floors(x)[:, g], one.floors(x[:, g]), rtol=1e-6)
    np.testing.assert_allclose(MIXED(outputs, x), costs.sum(-1), rtol=1e-6)
    low, high = MIXED.domain()
    assert low.tolist() == [-np.inf, 0, 0, 0, 0, -np.inf, 0]
    assert high.tolist() == [np.inf, 1, 1, np.inf, 1, np.inf, 1]
    link = dict(MIXED.link)
    assert link["identity"] == (5, 0)
    assert link["clipped_logit"] == (1,)


def test_samples_of_columns_have_the_claimed_mean(normals):
    x_hat = jnp.broadcast_to(normals(7), (20_000, 7))
    drawn = np.asarray(MIXED.sample(jax.random.key(1), x_hat))
    error = drawn.std(axis=0) / np.sqrt(len(drawn))
    assert (np.abs(drawn.mean(axis=0) - MIXED.mean(x_hat[0])) < 5 * error).all()


def test_a_member_fitted_to_the_batch_is_charged_so_and_moves(outputs, make_context):
    x, g = jnp.asarray(X), np.array([0, 5])
    whole = Columns((OptimalGaussian(), Bernoulli()), ((0, 5), (1, 2, 3, 4, 6))).create(7)
    cost, moved = whole.charge(outputs, x, make_context(3))
    own, own_moved = OptimalGaussian().create(2).charge(outputs[..., g], x[:, g], make_context(3))
    rest = np.array([1, 2, 3, 4, 6])
    np.testing.assert_allclose(cost, own + Bernoulli()(outputs[..., rest], x[:, rest]), rtol=1e-5)
    np.testing.assert_array_equal(moved.likelihoods[0].variance.value, own_moved.variance.value)


def test_members_get_parameters_of_their_own():
    learned = Columns((LearnedGaussian(per_feature=True), NegativeBinomial()), ((0, 2), (1,)))
    created = learned.create(3)
    assert created.likelihoods[0].raw_scale.shape == (2,)
    assert created.likelihoods[1].log_dispersion.shape == (1,)


def test_a_complete_row_costs_what_it_does_without_a_mask(outputs):
    x = jnp.asarray(X)
    for inner in (MIXED, Gaussian(0.3), NegativeBinomial(2.0)):
        np.testing.assert_allclose(Masked(inner)(outputs, x), inner(outputs, x), rtol=1e-6)
        np.testing.assert_array_equal(Masked(inner).floor(x), inner.floor(x))


def test_missing_entries_cost_nothing_and_carry_no_gradient(outputs):
    missing = np.zeros(X.shape, bool)
    missing[0, [0, 3]] = missing[1, [2, 4, 6]] = missing[2, 1] = True  # a class goes whole
    x = jnp.asarray(np.where(missing, np.nan, X))
    likelihood = Masked(MIXED)
    expected = np.where(missing, 0, MIXED.costs(outputs, jnp.asarray(X)))
    np.testing.assert_allclose(likelihood.costs(outputs, x), expected, rtol=1e-6)
    np.testing.assert_array_equal(likelihood.floors(x)[missing], 0)
    slopes = np.asarray(jax.grad(lambda f: likelihood(f, x).sum())(outputs))
    whole = np.asarray(jax.grad(lambda f: MIXED(f, jnp.asarray(X)).sum())(outputs))
    np.testing.assert_array_equal(slopes[:, missing], 0)
    np.testing.assert_allclose(slopes[:, ~missing], whole[:, ~missing], rtol=1e-5, atol=1e-6)


def test_a_learned_scale_learns_from_what_is_observed(outputs):
    x = np.where(np.arange(7) % 2, X, np.nan).astype(np.float32)
    part = Masked(LearnedGaussian(0.7)).create(7)
    seen = LearnedGaussian(0.7).create(3)
    odd = np.arange(1, 7, 2)

    def slope(likelihood, x_hat, x):
        gradient = eqx.filter_grad(lambda one: one(x_hat, jnp.asarray(x)).sum())(likelihood)
        return jax.tree.leaves(eqx.filter(gradient, eqx.is_inexact_array))[0]

    np.testing.assert_allclose(
        slope(part, outputs, x), slope(seen, outputs[..., odd], X[:, odd]), rtol=1e-5
    )


def test_kinds_of_columns_are_recognised_with_entries_missing():
    rng = np.random.default_rng(0)
    n = 50
    classes = np.eye(3)[rng.integers(3, size=n)]
    bits, counts = rng.integers(2, size=(n, 2)), rng.poisson(1.0, size=(n, 1))
    years = 1950 + rng.integers(60, size=(n, 1))
    x = np.concatenate([bits, classes, counts, rng.normal(size=(n, 1)), years], axis=1)
    expected = (6, 7), (0, 1), (2, 3, 4), (5,)
    missing = rng.random(x.shape) < 0.1
    for table in (x, np.where(missing, np.nan, x)):
        likelihoods, groups = recognise(table)
        assert groups == expected
        assert [type(one) for one in likelihoods] == [
            LearnedGaussian, Bernoulli, Categorical, NegativeBinomial,
        ]  # fmt: skip
        assert likelihoods[2].sizes == (3,)
    assert Columns().resolved(x).columns == expected


@pytest.mark.parametrize(
    ("make", "error", "sentence"),
    [
        (lambda: Categorical((3, 1)), SettingError, "at least 2"),
        (lambda: Categorical((3, 3)).create(5), SettingError, "6 columns together, and there are"),
        (lambda: Categorical((2,)).resolved(np.ones((4, 2))), DataError, "add up to 2"),
        (lambda: Columns((Gaussian(),)), SettingError, "1 likelihoods and 0 groups"),
        (lambda: Columns((Masked(),), ((0,),)), SettingError, "Masked around Columns"),
        (lambda: MIXED.create(8), SettingError, "exactly one group"),
        (lambda: Columns((Gaussian(), Gaussian()), ((0, 1), (1,))).create(2), SettingError, "one"),
        (lambda: Masked(OptimalGaussian()), SettingError, "take LearnedGaussian"),
        (lambda: Masked(Masked()), SettingError, "another member"),
        (lambda: Masked(Columns((OptimalGaussian(),), ((0,),))), SettingError, "whole batches"),
    ],
)
def test_what_does_not_fit_is_refused(make, error, sentence):
    with pytest.raises(error, match=sentence):
        make()
