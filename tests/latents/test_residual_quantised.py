"""Residual quantisation: one stage is the plain one, each refines the former's result."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isthmus.errors import SettingError
from isthmus.latents import (
    FiniteScalar,
    ResidualVectorQuantised,
    VectorQuantised,
    VectorQuantisedEMA,
)
from isthmus.specifications import Fixed

BOOKS = np.array(  # three stages of four vectors of two
    [
        [[0.0, 0.0], [1.0, 1.0], [-1.0, 2.0], [0.5, -1.0]],
        [[0.0, 0.0], [0.3, 0.1], [-0.2, 0.3], [0.1, -0.4]],
        [[0.0, 0.0], [0.1, 0.05], [-0.1, 0.1], [0.0, -0.1]],
    ],
    np.float32,
)


def by_gradient(books=BOOKS, **settings):
    each = [VectorQuantised(len(b), codebook=jnp.asarray(b), **settings) for b in books]
    return ResidualVectorQuantised(len(books), VectorQuantised(4, **settings), tuple(each))


def by_hand(h, books=BOOKS):
    """Return residuals (S + 1, B, d), and what is chosen from each book (S, B)."""
    residuals, chosen = [np.asarray(h, float)], []
    for book in books:
        squares = ((residuals[-1][:, None] - book) ** 2).sum(-1)
        chosen.append(squares.argmin(1))
        residuals.append(residuals[-1] - book[chosen[-1]])
    return np.stack(residuals), np.stack(chosen)


@pytest.mark.parametrize(
    "plain", [VectorQuantised(5, parts=2), VectorQuantisedEMA(5, parts=2, restart=0.0, decay=0.5)]
)
def test_one_stage_is_the_plain_quantiser(plain, make_context, normals):
    plain = plain.create(4, np.random.default_rng(0))
    one = ResidualVectorQuantised(1, plain, (plain,))
    h, context = normals(6, 4), make_context(6)

    def loss(h, latent):
        draw, moved = latent(h, context, 2)
        return (draw.z[0] * jnp.arange(4.0)).sum() + draw.cost.sum(), (draw, moved)

    (_, (expected, plain_moved)), slope = jax.value_and_grad(loss, has_aux=True)(h, plain)
    (_, (found, moved)), residual_slope = jax.value_and_grad(loss, has_aux=True)(h, one)
    for name in ("z", "log_ratio", "kl", "cost"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
    np.testing.assert_array_equal(found.statistics["index"][:, 0], expected.statistics["index"])
    np.testing.assert_allclose(residual_slope, slope, rtol=1e-6)
    np.testing.assert_array_equal(one.code(h), plain.code(h))
    for ours, theirs in zip(*map(jax.tree.leaves, (moved.members, plain_moved)), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_each_stage_quantises_what_the_former_left(make_context, normals):
    h, latent = normals(20, 2), by_gradient(commitment=0.3)
    draw, _ = latent(h, make_context(20), 3)
    residuals, chosen = by_hand(h)
    np.testing.assert_array_equal(draw.statistics["index"][:, :, 0], chosen.T)
    total = np.asarray(h) - residuals[-1]
    np.testing.assert_allclose(draw.z, np.broadcast_to(total, (3, 20, 2)), atol=1e-6)
    np.testing.assert_allclose(latent.code(h), total, atol=1e-6)
    np.testing.assert_allclose(draw.kl, 3 * np.log(4), rtol=1e-6)  # what sending it costs
    np.testing.assert_allclose(draw.log_ratio, 3 * np.log(4), rtol=1e-6)
    squares = (residuals[1:] ** 2).sum((0, 2))
    np.testing.assert_allclose(draw.cost, 1.3 * squares, rtol=1e-4)


def test_gradients_by_hand(make_context, normals):
    """Every partial sum is committed to h; each book is drawn to its own residuals alone."""
    h = normals(20, 2)
    towards = normals(20, 2, seed=1)

    def loss(latent, h):
        draw, _ = latent(h, make_context(20), 1)
        return (towards * draw.z[0]).sum() + draw.cost.sum()

    latent = by_gradient(commitment=0.3)
    residuals, chosen = by_hand(h)
    found = jax.grad(loss, argnums=1)(latent, h)
    expected = np.asarray(towards) + 2 * 0.3 * residuals[1:].sum(0)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    found = eqx.filter_grad(loss)(latent, h)
    for stage in range(3):
        expected = np.zeros((4, 2))
        np.add.at(expected, chosen[stage], -2 * residuals[stage + 1])
        np.testing.assert_allclose(found.members[stage].codebook, expected, atol=1e-4)
    slope = jax.grad(lambda h: (towards * latent.code(h)).sum())(h)
    np.testing.assert_array_equal(slope, towards)


def test_with_zero_in_every_book_no_example_s_error_grows_with_the_stages(make_context):
    rng = np.random.default_rng(1)
    books = 0.5 * rng.standard_normal((6, 8, 3)).astype(np.float32)
    books[:, 0] = 0
    h = jnp.asarray(rng.standard_normal((50, 3)), jnp.float32)
    errors = [((by_gradient(books[:s]).code(h) - h) ** 2).sum(1) for s in range(1, 7)]
    assert (np.diff(errors, axis=0) <= 1e-6).all()
    assert np.mean(errors[-1]) < 0.5 * np.mean(errors[0])


def test_once_books_are_the_means_of_their_cells_the_mean_error_falls(make_context, normals):
    """With decay 0 a step is one of Lloyd's, stage by stage."""
    h, context = normals(100, 3), make_context(100)
    latent = ResidualVectorQuantised(4, VectorQuantisedEMA(6, decay=0.0, restart=0.0))
    latent = latent.create(3, np.random.default_rng(0))
    step = jax.jit(lambda latent: latent(h, context, 1)[1])
    for _ in range(60):
        latent = step(latent)
    again = step(latent)
    for one, other in zip(*map(jax.tree.leaves, (latent, again)), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)  # nothing moves any more
    residuals, _ = by_hand(h, [member.codebook.value for member in latent.members])
    errors = (residuals**2).sum(-1).mean(-1)
    assert (np.diff(errors) < -0.01 * errors[0]).all()


def test_the_prior_sums_one_vector_of_every_book():
    books = np.array([[[0.0], [8.0]], [[0.0], [4.0]], [[0.0], [2.0]]], np.float32)
    codes = np.asarray(by_gradient(books).sample_prior(jax.random.key(0), 4000, 1))
    values, counts = np.unique(codes, return_counts=True)
    np.testing.assert_array_equal(values, np.arange(0, 16, 2))
    assert (np.abs(counts - 500) < 100).all()


def test_after_training_the_stages_stand_still(make_context, normals):
    latent = ResidualVectorQuantised(2, VectorQuantisedEMA(4, decay=0.5))
    latent = latent.create(2, np.random.default_rng(0))
    h = normals(5, 2)
    _, same = latent(h, make_context(5, training=False), 1)
    _, moved = latent(h, make_context(5), 1)
    for old, kept, new in zip(latent.members, same.members, moved.members, strict=True):
        np.testing.assert_array_equal(kept.codebook.value, old.codebook.value)
        assert (new.codebook.value != old.codebook.value).any()
        assert isinstance(new.codebook, Fixed)


def test_stages_must_have_codebooks():
    with pytest.raises(SettingError, match=r"quantiser is FiniteScalar.*VectorQuantised"):
        ResidualVectorQuantised(quantiser=FiniteScalar())
    with pytest.raises(SettingError, match="stages is 0"):
        ResidualVectorQuantised(stages=0)
    with pytest.raises(SettingError, match="4 equal parts, and latent_dim is 6"):
        ResidualVectorQuantised(quantiser=VectorQuantised(parts=4)).width(6)
