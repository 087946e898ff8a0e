"""Quantised codes: nearest vectors, straight-through gradients, running means, levels."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isthmus.latents import FiniteScalar, VectorQuantised, VectorQuantisedEMA
from isthmus.model import objective, partition
from isthmus.specifications import Fixed

CODEBOOK = np.array([[0.0, 0.0], [1.0, 1.0], [-1.0, 2.0]], np.float32)
H = np.array([[0.1, 0.2, 0.9, 0.7], [-0.8, 1.5, 0.0, 0.1]], np.float32)  # two parts of two
NEAREST = np.array([[0, 1], [2, 0]])


def by_gradient(**settings):
    return VectorQuantised(3, parts=2, codebook=jnp.asarray(CODEBOOK), **settings)


def by_means(codebook=CODEBOOK, counts=(1.0, 1.0, 1.0), **settings):
    return VectorQuantisedEMA(
        len(codebook),
        codebook=Fixed(jnp.asarray(codebook)),
        counts=Fixed(jnp.asarray(counts, jnp.float32)),
        **({"parts": 2} | settings),
    )


@pytest.mark.parametrize("latent", [by_gradient(), by_means()])
def test_each_part_becomes_the_nearest_vector(latent, make_context):
    draw, _ = latent(jnp.asarray(H), make_context(2), 3)
    np.testing.assert_array_equal(draw.statistics["index"], NEAREST)
    expected = CODEBOOK[NEAREST].reshape(2, 4)
    np.testing.assert_array_equal(draw.z, np.broadcast_to(expected, (3, 2, 4)))
    np.testing.assert_array_equal(latent.code(jnp.asarray(H)), expected)
    np.testing.assert_allclose(draw.kl, 2 * np.log(3), rtol=1e-6)  # what sending it costs
    np.testing.assert_allclose(draw.log_ratio, 2 * np.log(3), rtol=1e-6)


def test_the_charge_is_the_codebook_s_plus_the_commitment(make_context):
    squares = ((H - CODEBOOK[NEAREST].reshape(2, 4)) ** 2).sum(1)
    h, context = jnp.asarray(H), make_context(2)
    cost = by_gradient(commitment=0.3)(h, context, 1)[0].cost
    np.testing.assert_allclose(cost, 1.3 * squares, rtol=1e-5)
    cost = by_means(commitment=0.3)(h, context, 1)[0].cost
    np.testing.assert_allclose(cost, 0.3 * squares, rtol=1e-5)


def test_gradients_of_the_gradient_codebook_by_hand(make_context):
    """Reconstruction reaches the encoder alone; the charge's two terms part their ways."""
    towards = jnp.asarray([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]])

    def loss(latent, h):
        draw, _ = latent(h, make_context(2), 1)
        return (towards * draw.z[0]).sum() + draw.cost.sum()

    latent = by_gradient(commitment=0.3)
    gap = H - CODEBOOK[NEAREST].reshape(2, 4)
    found = jax.grad(loss, argnums=1)(latent, jnp.asarray(H))
    np.testing.assert_allclose(found, np.asarray(towards) + 2 * 0.3 * gap, rtol=1e-5)
    found = eqx.filter_grad(loss)(latent, jnp.asarray(H)).codebook
    expected = np.zeros((3, 2))
    np.add.at(expected, NEAREST.ravel(), -2 * gap.reshape(4, 2))
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_the_code_has_the_straight_through_gradient_too():
    slope = jax.grad(lambda h: (by_gradient().code(h) * jnp.arange(4.0)).sum())(jnp.asarray(H))
    np.testing.assert_array_equal(slope, np.broadcast_to(np.arange(4.0), (2, 4)))


def test_running_means_follow_their_recurrence(make_context):
    rng = np.random.default_rng(0)
    latent = by_means(decay=0.9, restart=0.0)
    counts, sums = np.ones(3), CODEBOOK.astype(float)  # N and m
    for step in range(20):
        h = rng.normal(size=(6, 4)).astype(np.float32)
        weights = np.array([1, 1, 1, 1, 1, 0.0])
        vectors = h.reshape(6, 2, 2).astype(float)
        means = sums / counts[:, None]
        index = ((vectors[:, :, None] - means) ** 2).sum(-1).argmin(-1)
        used, totals = np.zeros(3), np.zeros((3, 2))
        for row in range(6):
            for part in range(2):
                used[index[row, part]] += weights[row]
                totals[index[row, part]] += weights[row] * vectors[row, part]
        counts, sums = 0.9 * counts + 0.1 * used, 0.9 * sums + 0.1 * totals
        _, latent = latent(jnp.asarray(h), make_context(6, seed=step, weights=weights), 1)
        np.testing.assert_allclose(latent.counts.value, counts, rtol=1e-4)
        np.testing.assert_allclose(latent.codebook.value, sums / counts[:, None], atol=1e-4)
    assert np.abs(latent.codebook.value - CODEBOOK).max() > 0.3


def test_rows_without_weight_do_not_move_the_codebook(make_context):
    weights = [1.0, 0.0]
    for restart in (0.0, 1.0):  # with 1, whatever is used less than its share starts again
        latent = by_means(restart=restart)
        _, one = latent(jnp.asarray(H), make_context(2, weights=weights), 1)
        far = jnp.asarray(H).at[1].set(1e3)
        _, other = latent(far, make_context(2, weights=weights), 1)
        np.testing.assert_array_equal(one.codebook.value, other.codebook.value)
        np.testing.assert_array_equal(one.counts.value, other.counts.value)
        assert (one.codebook.value != latent.codebook.value).any()


def test_a_code_that_nothing_is_near_stays_finite_or_starts_again(make_context):
    lonely = np.array([[0.0], [1.0], [1e4]], np.float32)
    h = jnp.asarray([[0.1], [0.9], [0.2], [1.1]])

    def run(restart):
        latent = by_means(lonely, parts=1, decay=0.5, restart=restart)

        def step(i, latent):
            _, moved = latent(h, make_context(4, seed=1), 1)
            return moved

        return jax.jit(lambda latent: jax.lax.fori_loop(0, 300, step, latent))(latent)

    alone = run(0.0)
    assert float(alone.codebook.value[2, 0]) == 1e4
    assert float(alone.counts.value[2]) == 0.0
    again = run(0.01)
    assert 0 < float(again.codebook.value[2, 0]) < 1.2
    assert np.isfinite(again.counts.value).all()


def test_after_training_the_means_stand_still(make_context):
    latent = by_means()
    _, same = latent(jnp.asarray(H), make_context(2, training=False), 1)
    assert same is latent


def test_no_gradient_moves_running_means_but_the_step_does(make_model, make_context, normals):
    rng = np.random.default_rng(0)
    model = make_model(latent=VectorQuantisedEMA(size=4).create(2, rng))
    parameters, _ = partition(model)
    assert not jax.tree.leaves(parameters.latent)
    _, (_, moved) = objective(model, normals(4, 6), None, make_context(4))
    assert (moved.latent.codebook.value != model.latent.codebook.value).any()
    parameters, _ = partition(make_model(latent=VectorQuantised(size=4).create(2, rng)))
    assert [leaf.shape for leaf in jax.tree.leaves(parameters.latent)] == [(4, 2)]


@pytest.mark.parametrize("levels", [2, 3, 4, 5, 8])
def test_scalars_take_all_their_levels_and_no_other(levels):
    h = jnp.linspace(-20, 20, 4001)[:, None]
    found = np.unique(np.asarray(FiniteScalar(levels).code(h)))
    np.testing.assert_allclose(found, np.linspace(-1, 1, levels), atol=1e-6)
    grid = np.unique(np.asarray(FiniteScalar(levels).sample_prior(jax.random.key(0), 500, 1)))
    np.testing.assert_allclose(grid, np.linspace(-1, 1, levels), atol=1e-6)


def test_odd_levels_round_as_the_paper_says():
    h = jnp.linspace(-3, 3, 999)[:, None]
    expected = np.round(2 * np.tanh(np.asarray(h, float))) / 2
    np.testing.assert_allclose(FiniteScalar(5).code(h), expected, atol=1e-6)


def test_scalars_have_the_gradient_of_the_hyperbolic_tangent(make_context):
    h = jnp.asarray([[0.3, -1.2], [2.0, 0.0]])
    latent = FiniteScalar((5, 4))

    def loss(h):
        return latent(h, make_context(2), 1)[0].z.sum()

    np.testing.assert_allclose(jax.grad(loss)(h), 1 - jnp.tanh(h) ** 2, rtol=1e-5)


def test_scalars_cost_the_logarithm_of_the_number_of_codes(make_context):
    draw, _ = FiniteScalar((5, 4))(jnp.zeros((3, 2)), make_context(3), 2)
    np.testing.assert_allclose(draw.kl, np.log(20), rtol=1e-6)
    np.testing.assert_allclose(draw.log_ratio, np.log(20), rtol=1e-6)
    assert not draw.cost.any()
