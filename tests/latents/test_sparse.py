"""Top-k codes: how many entries are on, the running threshold, dead units and their revival."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isthmus.errors import SettingError
from isthmus.latents import BatchTopK, Deterministic, TopK
from isthmus.likelihoods import Gaussian
from isthmus.model import objective, partition
from isthmus.networks import Dense
from isthmus.penalties import AuxK
from isthmus.specifications import Fixed


def made(latent, d=6, **fixed):
    latent = latent.create(d, np.random.default_rng(0))
    for name, value in fixed.items():
        new = Fixed(jnp.asarray(value, jnp.float32))
        latent = eqx.tree_at(lambda tree, name=name: getattr(tree, name), latent, new)
    return latent


@pytest.mark.parametrize("k", [1, 3, 6])
def test_exactly_the_k_greatest_of_every_example_are_on(k, make_context, normals):
    h = normals(9, 6)
    draw, _ = made(TopK(k))(h, make_context(9), 2)
    least = np.sort(h, axis=1)[:, 6 - k, None]
    expected = np.where(np.asarray(h) >= least, h, 0)
    np.testing.assert_array_equal(draw.z, np.broadcast_to(expected, (2, 9, 6)))
    assert ((draw.z != 0).sum(-1) == k).all()
    for charge in (draw.cost, draw.kl, draw.log_ratio):
        assert not charge.any()


def test_where_entries_tie_no_more_than_k_are_on(make_context):
    h = jnp.ones((4, 6))
    assert (TopK(2).code(h) != 0).sum(-1).tolist() == [2, 2, 2, 2]
    draw, _ = made(BatchTopK(2))(h, make_context(4), 1)
    assert (draw.z != 0).sum() == 8


@pytest.mark.parametrize("latent", [TopK(6), BatchTopK(6)])
def test_with_k_of_d_the_code_is_plain(latent, make_context, normals):
    h, context = normals(5, 6), make_context(5)
    np.testing.assert_array_equal(
        made(latent)(h, context, 2)[0].z, Deterministic()(h, context, 2)[0].z
    )


@pytest.mark.parametrize("latent", [TopK(2), BatchTopK(2)])
def test_the_gradient_is_that_of_the_entries_that_are_on(latent, make_context, normals):
    h, towards, latent = normals(5, 6), normals(5, 6, seed=1), made(latent)
    z = latent(h, make_context(5), 1)[0].z[0]
    slope = jax.grad(lambda h: (towards * latent(h, make_context(5), 1)[0].z).sum())(h)
    np.testing.assert_array_equal(slope, np.where(z != 0, towards, 0))


def test_a_batch_has_k_an_example_and_rows_without_weight_count_as_none(make_context, normals):
    h = normals(8, 6) + jnp.arange(8.0)[:, None]  # later rows are greater
    weights = np.array([1, 1, 1, 1, 1, 1, 0, 0.0])
    draw, moved = made(BatchTopK(2))(h, make_context(8, weights=weights), 1)
    on = np.asarray(draw.z[0] != 0)
    assert on.sum() == 12  # of six examples
    assert not on[6:].any()
    assert on[5].sum() > 2 > on[0].sum()
    kept, left = np.asarray(h)[:6][on[:6]], np.asarray(h)[:6][~on[:6]]
    assert kept.min() > left.max()
    far = h.at[6:].set(1e6)
    other, moved_too = made(BatchTopK(2))(far, make_context(8, weights=weights), 1)
    np.testing.assert_array_equal(other.z[0], draw.z[0])
    for one, two in zip(*map(jax.tree.leaves, (moved, moved_too)), strict=True):
        np.testing.assert_array_equal(one, two)
    np.testing.assert_allclose(moved.threshold.value, kept.min(), rtol=1e-6)  # the first batch's


def test_the_threshold_is_a_running_mean_without_a_start(make_context):
    latent, found = made(BatchTopK(2, decay=0.8)), []
    rng = np.random.default_rng(0)
    for _ in range(12):
        h = rng.standard_normal((5, 6)).astype(np.float32)
        found.append(np.sort(h, axis=None)[-10])
        _, latent = latent(jnp.asarray(h), make_context(5), 1)
        shares = 0.8 ** np.arange(len(found))[::-1]
        expected = shares @ found / shares.sum()
        assert float(latent.threshold.value) == pytest.approx(expected, rel=1e-4)


def test_after_training_about_k_are_on_and_no_example_knows_another(make_context, normals):
    latent = made(BatchTopK(5, decay=0.95), d=40)
    step = jax.jit(lambda latent, h: latent(h, make_context(32), 1)[1])
    for seed in range(60):
        latent = step(latent, normals(32, 40, seed=seed))
    h = normals(2000, 40, seed=99)
    draw, same = latent(h, make_context(2000, training=False), 1)
    assert same is latent
    np.testing.assert_array_equal(draw.z[0], latent.code(h))
    assert (draw.z != 0).sum(-1).mean() == pytest.approx(5, rel=0.1)
    np.testing.assert_array_equal(latent.code(h[7:9]), latent.code(h)[7:9])


@pytest.mark.parametrize("latent", [TopK(2), BatchTopK(2)])
def test_units_remember_when_they_were_last_on(latent, make_context):
    h = np.zeros((3, 4), np.float32)
    h[:, 0], h[0, 1], h[1:, 2] = 2.0, 1.0, 1.0
    latent = made(latent, d=4)
    assert not latent.last_on.value.any()
    _, latent = latent(jnp.asarray(h), make_context(3, epoch=1.5, weights=[1, 0, 0]), 1)
    np.testing.assert_array_equal(latent.last_on.value, [1.5, 1.5, 0, 0])
    _, latent = latent(jnp.asarray(h), make_context(3, epoch=2.0), 1)
    np.testing.assert_array_equal(latent.last_on.value, [2, 2, 2, 0])
    _, still = latent(jnp.asarray(h), make_context(3, epoch=9.0, training=False), 1)
    assert still is latent
    _, anew = latent(jnp.zeros((3, 4)), make_context(3, epoch=0.25), 1)
    assert (anew.last_on.value <= 0.25).all()  # where training begins anew, so do the epochs


def linear_model(make_model, last_on, **settings):
    """Return a linear model of six features and five units, in which some are dead."""
    return make_model(
        latent_dim=5, latent=made(TopK(2), d=5, last_on=last_on), network=Dense(hidden=()),
        penalties=(AuxK(**settings),),
    )  # fmt: skip


def test_revival_is_the_residual_s_squared_error_from_dead_units(
    make_model, make_context, normals, forward
):
    """Gao et al.: half of w |e - W z'|^2, and its gradients with e held fixed, by hand."""
    x = normals(4, 6)
    model = linear_model(make_model, [9, 9, 0, 0, 0], weight=0.5, k=2)
    context = make_context(4, epoch=9.0)
    weight, bias = model.decoder.affines[0].weight, model.decoder.affines[0].bias
    p, _ = forward(model, x, None, context)
    h, z = np.asarray(p.h, float), np.asarray(p.draw.z[0], float)
    dead = np.array([False, False, True, True, True])
    greatest = np.argsort(np.where(dead, h, -np.inf), axis=1)[:, -2:]
    revived = np.zeros_like(h)
    np.put_along_axis(revived, greatest, np.take_along_axis(h, greatest, 1), 1)
    residual = np.asarray(x) - z @ weight - bias
    gap = residual - revived @ weight
    np.testing.assert_allclose(model.penalties[0](p), 0.25 * (gap**2).sum(1), rtol=1e-4)

    @eqx.filter_grad
    def slopes(arrays):
        model = eqx.combine(arrays, rest)
        return model.penalties[0](model.forward(x, None, context)[0]).sum()

    arrays, rest = partition(model)
    found = slopes(arrays)
    np.testing.assert_allclose(
        found.decoder.affines[0].weight, -0.5 * revived.T @ gap, rtol=1e-3, atol=1e-5
    )
    np.testing.assert_allclose(found.decoder.affines[0].bias, 0, atol=1e-5)
    expected = -0.5 * np.asarray(x).T @ np.where(revived != 0, gap @ np.asarray(weight).T, 0)
    np.testing.assert_allclose(found.encoder.affines[0].weight, expected, rtol=1e-3, atol=1e-5)


def test_revival_costs_nothing_while_no_unit_is_dead(make_model, make_context, normals, forward):
    model = linear_model(make_model, [9, 9, 8.5, 8.2, 9])
    p, _ = forward(model, normals(4, 6), None, make_context(4, epoch=9.0))
    assert not model.penalties[0](p).any()
    late, _ = forward(model, normals(4, 6), None, make_context(4, epoch=9.6))
    assert (model.penalties[0](late) > 0).all()
    patient = AuxK(patience=5.0)
    assert not patient(late).any()


def test_fewer_dead_units_than_k_are_all_switched_on(make_context):
    h = jnp.asarray([[1.0, -2.0, 3.0]])
    dead = jnp.asarray([False, True, False])
    np.testing.assert_array_equal(AuxK(k=2).revived(h, dead), [[0, -2, 0]])
    np.testing.assert_array_equal(AuxK(k=32).revived(h, ~dead), [[1, 0, 3]])


def test_a_dead_unit_comes_back(make_model, make_context, normals):
    """Without revival it never does: its gradient is zero."""
    x = normals(32, 6)

    def on_at_the_end(weight):
        model = linear_model(make_model, [0.0] * 5, weight=weight)
        last = model.encoder.affines[-1]
        model = eqx.tree_at(lambda m: m.encoder.affines[-1].bias, model, last.bias.at[3].set(-2.0))
        parameters, rest = partition(model)

        def step(i, state):
            parameters, rest = state
            context = make_context(32, epoch=i / 10)

            def loss(parameters):
                return objective(eqx.combine(parameters, rest), x, None, context)

            slope, (_, moved) = jax.grad(loss, has_aux=True)(parameters)
            parameters = jax.tree.map(lambda w, g: w - 0.02 * g, parameters, slope)
            memory = partition(moved)[1].latent.last_on
            return parameters, eqx.tree_at(lambda m: m.latent.last_on, rest, memory)

        run = jax.jit(lambda state: jax.lax.fori_loop(0, 100, step, state))
        _, rest = run((parameters, rest))
        return rest.latent.last_on.value[3]

    assert on_at_the_end(0.0) == 0
    assert on_at_the_end(1.0) > 9


def test_what_cannot_be_is_refused(make_model, make_context, normals, forward):
    for kind in (TopK, BatchTopK):
        with pytest.raises(SettingError, match="k is 0"):
            kind(k=0)
        with pytest.raises(SettingError, match="keeps 8 entries, and latent_dim is 6"):
            kind(8).width(6)
    with pytest.raises(SettingError, match="decay is 1"):
        BatchTopK(decay=1.0)
    with pytest.raises(SettingError, match="patience is -1"):
        AuxK(patience=-1)
    p, _ = forward(make_model(likelihood=Gaussian()), normals(3, 6), None, make_context(3))
    with pytest.raises(SettingError, match=r"latent is Deterministic.*'batch_top_k'"):
        AuxK()(p)
