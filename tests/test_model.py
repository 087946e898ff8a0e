"""The model and its objective: weights of examples, terms, parameters, hyperparameters."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isthmus.bounds import ELBO
from isthmus.corruption import Gaussian as Noise
from isthmus.corruption import Masking
from isthmus.heads import Classifier
from isthmus.latents import Gaussian
from isthmus.likelihoods import Bernoulli
from isthmus.model import count_parameters, objective, partition
from isthmus.networks import Dense, LinearPath, PerExample
from isthmus.networks.layers import Linear
from isthmus.penalties import L1, L2, Contraction
from isthmus.scaling import Scaling
from isthmus.specifications import Fixed


@eqx.filter_jit
def value_and_gradient(model, x, target, context):
    """Return ((loss, (terms, moved)), gradient with respect to the parameters)."""
    parameters, rest = partition(model)

    def loss(parameters):
        return objective(eqx.combine(parameters, rest), x, target, context)

    return eqx.filter_value_and_grad(loss, has_aux=True)(parameters)


@eqx.filter_jit
def run(parameters, rest, x, target, context):
    return objective(eqx.combine(parameters, rest), x, target, context)


def evaluate(model, x, target, context):
    """Return (loss, (terms, moved)), compiled once for all hyperparameters."""
    return run(*partition(model), x, target, context)


def rich_model(make_model, **slots):
    """Return a model with normalisation, a classifier and two kinds of penalties."""
    head = Classifier.create(np.random.default_rng(1), 2, 3, weight=0.7)
    network = Dense((5,), "tanh", batch_norm=True)
    penalties = (L1(0.1), L2(0.2), L2(0.3), Contraction(0.4))
    return make_model(network=network, heads=(head,), penalties=penalties, **slots)


@pytest.mark.parametrize("draws", [1, 2])
def test_rows_of_weight_zero_change_nothing(draws, make_model, make_context, normals):
    model = rich_model(make_model, bound=ELBO(draws=draws))
    x, target = normals(4, 6), jnp.asarray([0, 2, 1, 1])
    filled_x = jnp.concatenate([x, 50 + normals(3, 6)])
    filled_target = jnp.concatenate([target, jnp.zeros(3, int)])
    alone = value_and_gradient(model, x, target, make_context(4))
    weights = [1, 1, 1, 1, 0, 0, 0]
    filled = value_and_gradient(model, filled_x, filled_target, make_context(7, weights=weights))
    (loss, (_, moved)), gradient = alone
    assert float(loss) > 0
    assert max(float(jnp.abs(leaf).max()) for leaf in jax.tree.leaves(gradient)) > 1e-3
    assert (moved.encoder.finishes[0].norm.mean.value != 0).all()
    for one, other in zip(*map(jax.tree.leaves, (alone, filled)), strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-4, atol=1e-5)


def test_the_loss_is_the_weighted_mean_of_examples(make_model, make_context, normals):
    model, x = make_model(penalties=(L2(0.2),)), normals(3, 6)
    each = [float(evaluate(model, x[i : i + 1], None, make_context(1))[0]) for i in range(3)]
    loss, _ = evaluate(model, x, None, make_context(3, weights=[1, 0, 3]))
    assert float(loss) == pytest.approx((each[0] + 3 * each[2]) / 4, rel=1e-5)


@pytest.mark.parametrize("beta", [1.0, 2.5])
def test_the_terms_add_up_to_the_loss(beta, make_model, make_context, normals):
    model = rich_model(make_model, latent=Gaussian(), bound=ELBO(beta, draws=2))
    target = jnp.asarray([0, 2, 1, 1])
    loss, (terms, _) = evaluate(model, normals(4, 6), target, make_context(4))
    assert set(terms) == {
        "reconstruction", "kl", "latent_cost", "l1", "l2", "contraction", "classifier"
    }  # fmt: skip
    parts = {name: float(part) for name, part in terms.items()}
    assert float(loss) == pytest.approx(sum(parts.values()) + (beta - 1) * parts["kl"], rel=1e-5)


def test_penalties_of_one_kind_share_a_term(make_model, make_context, normals):
    x, context = normals(4, 6), make_context(4)
    one, two, both = (
        evaluate(make_model(penalties=p), x, None, context)[1][0]["l2"]
        for p in ((L2(0.2),), (L2(0.3),), (L2(0.2), L2(0.3)))
    )
    assert float(both) == pytest.approx(float(one + two), rel=1e-5)


def test_partition_and_combine_restore_the_model(make_model):
    model = rich_model(make_model, latent=Gaussian(), bound=ELBO(4.0), corruption=Noise(0.3))
    parameters, rest = partition(model)
    whole = eqx.combine(parameters, rest)
    assert jax.tree.structure(whole) == jax.tree.structure(model)
    for before, after in zip(*map(jax.tree.leaves, (model, whole)), strict=True):
        np.testing.assert_array_equal(after, np.asarray(before, np.float32))
    assert float(rest.bound.beta) == 4.0
    arrays = jax.Array | np.ndarray
    assert all(isinstance(leaf, arrays) for leaf in jax.tree.leaves(rest))  # traced, all of it


def test_fixed_arrays_are_no_parameters(make_model):
    model = rich_model(make_model)
    parameters, rest = partition(model)
    norm = parameters.encoder.finishes[0].norm
    assert norm.scale.shape == (5,)
    assert norm.mean is None
    assert isinstance(rest.encoder.finishes[0].norm.mean, Fixed)
    assert not jax.tree.leaves(parameters.scaling)


def test_numbers_within_a_users_module_stay_what_they_are(make_model):
    model = make_model(encoder=PerExample(eqx.nn.Dropout(0.5)))
    assert partition(model)[1].encoder.module.p == 0.5


def test_parameters_are_counted_by_hand(make_model):
    hidden, code = 6 * 5 + 5, 5 * 2 + 2
    there, back = hidden + code, 2 * 5 + 5 + 5 * 6 + 6
    assert count_parameters(make_model()) == (there + back, there + back)
    norms = 2 * 2 * 5  # scale and offset, on both sides; the running ones as many again
    head = 2 * 3 + 3
    trainable = there + back + norms + head
    assert count_parameters(rich_model(make_model)) == (trainable + norms, trainable)
    model = make_model()
    path = LinearPath(Linear.create(np.random.default_rng(0), (6,), (2,), "tanh"), model.encoder)
    longer = make_model(encoder=path, decoder=model.decoder)
    assert count_parameters(longer) == (there + back + 14, there + back + 14)


def test_hyperparameters_are_swept_by_vmap(make_model, make_context, normals):
    x, context = normals(4, 6), make_context(4)
    model = make_model(latent=Gaussian(), corruption=Noise(0.1), penalties=(L2(0.1),))
    parameters, rest = partition(model)

    def where(m):
        return m.bound.beta, m.corruption.scale, m.penalties[0].weight

    def loss(beta, scale, weight):
        swept = eqx.tree_at(where, rest, (beta, scale, weight))
        return objective(eqx.combine(parameters, swept), x, None, context)[0]

    grid = jnp.asarray([[1.0, 0.1, 0.0], [4.0, 0.1, 0.0], [1.0, 0.9, 0.0], [1.0, 0.1, 2.0]])
    swept = jax.jit(jax.vmap(loss))(*grid.T)
    one_by_one = [
        make_model(latent=Gaussian(), bound=ELBO(b), corruption=Noise(s), penalties=(L2(w),))
        for b, s, w in grid.tolist()
    ]
    expected = [float(evaluate(m, x, None, context)[0]) for m in one_by_one]
    np.testing.assert_allclose(swept, expected, rtol=1e-5)
    assert len(set(expected)) == 4


def test_the_encoder_sees_the_corrupted_and_the_cost_the_clean(
    make_model, make_context, normals, forward
):
    model, x = make_model(corruption=Masking(1.0)), normals(4, 6)
    p, _ = forward(model, x, None, make_context(4))
    assert not p.corrupted.any()
    np.testing.assert_array_equal(p.x, x)
    np.testing.assert_allclose(p.cost[0], model.likelihood(p.x_hat, x)[0], rtol=1e-6)
    assert len(np.unique(np.asarray(p.h), axis=0)) == 1


def test_without_noise_training_reconstructs_as_after_it(
    make_model, make_context, normals, forward
):
    model, x = make_model(likelihood=Bernoulli()), jax.nn.sigmoid(normals(4, 6))
    p, _ = forward(model, x, None, make_context(4))
    np.testing.assert_allclose(model.likelihood.mean(p.x_hat[0]), model.reconstruct(x), rtol=1e-5)
    np.testing.assert_allclose(p.draw.z[0], model.code(x), rtol=1e-5, atol=1e-6)


def test_each_draw_is_decoded_for_its_own_example(make_model, make_context, normals, forward):
    model = make_model(latent=Gaussian(), bound=ELBO(draws=3))
    p, _ = forward(model, normals(4, 6), None, make_context(4))
    assert p.x_hat.shape == (3, 4, 6)
    for k in range(3):
        np.testing.assert_allclose(p.x_hat[k], model.decode(p.draw.z[k]), rtol=1e-5, atol=1e-6)


def test_without_a_decoder_nothing_is_reconstructed(make_model, make_context, normals, forward):
    model = make_model(decoder=None, latent=Gaussian(), bound=ELBO(draws=2))
    p, moved = forward(model, normals(4, 6), None, make_context(4))
    assert p.x_hat is None
    assert not p.cost.any()
    assert moved.decoder is None


def test_examples_come_in_their_own_units_and_type(make_model, make_context, forward):
    x = jnp.asarray(np.random.default_rng(0).integers(0, 256, (4, 6)), jnp.uint8)
    model = make_model(scaling=Scaling.create(np.zeros(6), np.full(6, 255)))
    p, _ = forward(model, x, None, make_context(4))
    np.testing.assert_allclose(p.x, np.asarray(x) / 255, rtol=1e-6)


def test_randomness_is_the_contexts_alone(make_model, make_context, normals, forward):
    network = Dense((5,), "tanh", dropout=0.5)
    model = make_model(latent=Gaussian(), corruption=Noise(0.1), network=network)
    once, again, other = (
        forward(model, normals(4, 6), None, make_context(4, seed=seed))[0] for seed in (1, 1, 2)
    )
    for field in ("corrupted", "h", "x_hat"):
        np.testing.assert_array_equal(getattr(once, field), getattr(again, field))
        assert not np.array_equal(getattr(once, field), getattr(other, field))
    noise = (once.corrupted - once.x, once.draw.z[0] - once.draw.statistics["mean"])
    assert abs(np.corrcoef(noise[0][:, :2].ravel(), noise[1].ravel())[0, 1]) < 0.99
