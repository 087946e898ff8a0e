"""Penalties on the decoder: its Jacobian by autodiff, its weights by hand."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isthmus import likelihoods
from isthmus.bounds import ELBO
from isthmus.errors import SettingError
from isthmus.latents import Gaussian
from isthmus.networks import Dense, LinearPath, start_at_zero, tie
from isthmus.networks.layers import Linear
from isthmus.penalties import DecoderIsometry, DecoderSmoothness, DecoderWeightDecay


def jacobians(p):
    """Return the Jacobian of every mean reconstruction by its code, (K, B, D, d)."""

    def decode(z):
        return p.model.likelihood.mean(p.model.decode(z[None]))[0]

    return jax.vmap(jax.vmap(jax.jacfwd(decode)))(p.draw.z)


def over_keys(penalty, p, n):
    """Return the penalty under n keys, (n, B)."""
    keys = jax.random.split(jax.random.key(3), n)
    return jax.jit(jax.vmap(lambda k: penalty(eqx.tree_at(lambda p: p.context.key, p, k))))(keys)


def linear(make_model, matrix):
    """Return a model whose decoder is the matrix (d, D)."""
    d, features = matrix.shape
    model = make_model(features, d, network=Dense((), "tanh"))
    return eqx.tree_at(
        lambda m: m.decoder.affines[0].weight, model, jnp.asarray(matrix, jnp.float32)
    )


@pytest.fixture(scope="module")
def passed(make_model, make_context, normals, forward):
    model = make_model(
        network=Dense((5,), "gelu", True, 0.3),
        latent=Gaussian(),
        likelihood=likelihoods.Gaussian(output="sigmoid"),
        bound=ELBO(draws=2),
    )
    return forward(model, normals(3, 6), None, make_context(3))[0]


def test_exact_smoothness_is_the_squared_norm_of_the_jacobian(passed):
    by_hand = 0.7 * (jacobians(passed) ** 2).sum((2, 3)).mean(0)
    np.testing.assert_allclose(DecoderSmoothness(0.7, probes=0)(passed), by_hand, rtol=1e-4)


@pytest.mark.parametrize("probes", [1, 3])
def test_random_directions_estimate_it_without_bias(probes, passed):
    found = over_keys(DecoderSmoothness(1.0, probes=probes), passed, 4000)
    exact = DecoderSmoothness(1.0, probes=0)(passed)
    assert (jnp.abs(found.mean(0) - exact) < 4 * found.std(0) / 4000**0.5).all()
    assert (found.std(0) > 0).all()


def test_smoothness_of_a_linear_decoder_is_the_norm_of_its_matrix(
    make_model, make_context, normals, forward
):
    matrix = np.asarray(normals(2, 6))
    p, _ = forward(linear(make_model, matrix), normals(3, 6), None, make_context(3))
    np.testing.assert_allclose(DecoderSmoothness(1.0, 0)(p), (matrix**2).sum(), rtol=1e-5)


@pytest.mark.parametrize("scale", [1.0, 3.0, 0.25])
def test_isometry_of_a_scaled_orthogonal_decoder(scale, make_model, make_context, normals, forward):
    orthogonal = np.linalg.qr(np.asarray(normals(6, 3), float))[0].T
    p, _ = forward(linear(make_model, scale * orthogonal), normals(4, 6), None, make_context(4))
    found = DecoderIsometry(0.5)(p)
    np.testing.assert_allclose(found, 0.5 * (scale - 1) ** 2, atol=1e-6, rtol=1e-5)


def test_isometry_is_the_mean_over_the_circle_of_directions(passed):
    angles = np.arange(400) * 2 * np.pi / 400
    circle = np.stack([np.cos(angles), np.sin(angles)])  # (d = 2, angles)
    lengths = np.linalg.norm(np.asarray(jacobians(passed), float) @ circle, axis=2)
    exact = ((lengths - 1) ** 2).mean(axis=(0, 2))
    found = over_keys(DecoderIsometry(1.0), passed, 4000)
    assert (np.abs(found.mean(0) - exact) < 4 * found.std(0) / 4000**0.5).all()


@pytest.mark.parametrize(
    "penalty", [DecoderSmoothness(), DecoderSmoothness(probes=0), DecoderIsometry()]
)
def test_gradients_of_a_dead_decoder_are_finite(
    penalty, make_model, make_context, normals, forward
):
    model = make_model()
    model = eqx.tree_at(lambda m: m.decoder, model, start_at_zero(model.decoder))

    @eqx.filter_jit
    @eqx.filter_grad
    def gradient(model):
        return penalty(model.forward(normals(3, 6), None, make_context(3))[0]).sum()

    found = gradient(model)
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(found))


@pytest.mark.parametrize("penalty", [DecoderSmoothness(2.0, 0), DecoderIsometry(2.0)])
def test_gradients_reach_decoder_and_encoder(penalty, make_model, make_context, normals):
    model, x, context = make_model(), normals(3, 6), make_context(3)

    @eqx.filter_jit
    def cost(model):
        return penalty(model.forward(x, None, context)[0]).sum()

    found = eqx.filter_grad(cost)(model)
    for at in (lambda m: m.decoder.affines[0].weight, lambda m: m.encoder.affines[0].bias):
        step = 1e-2 * at(found) / jnp.linalg.norm(at(found))
        up, down = (cost(eqx.tree_at(at, model, at(model) + s * step)) for s in (1, -1))
        slope = float(jnp.linalg.norm(at(found)))
        assert float(up - down) / 2e-2 == pytest.approx(slope, rel=1e-2)


def test_decoder_weight_decay_by_hand(make_model, make_context, normals, forward):
    there = make_model(network=Dense((5,), "tanh", batch_norm=True))
    path = LinearPath(Linear(jnp.ones((2, 6)), jnp.ones(6), (2,), (6,)), there.decoder)
    squares = sum(float((affine.weight**2).sum()) for affine in there.decoder.affines)
    p, _ = forward(make_model(decoder=path), normals(3, 6), None, make_context(3))
    np.testing.assert_allclose(DecoderWeightDecay(0.1)(p), np.full(3, 0.1 * squares), rtol=1e-5)
    p, _ = forward(make_model(decoder=path), normals(3, 6), None, make_context(3, training=False))
    assert not DecoderWeightDecay(0.1)(p).any()


def test_a_tied_decoder_has_no_weights_to_decay(make_model, make_context, normals, forward):
    encoder = make_model().encoder
    model = make_model(encoder=encoder, decoder=tie(encoder))
    p, _ = forward(model, normals(3, 6), None, make_context(3))
    assert not DecoderWeightDecay(1.0)(p).any()
    np.testing.assert_allclose(  # but it has a Jacobian, the encoder's weights transposed
        DecoderSmoothness(1.0, 0)(p), (jacobians(p) ** 2).sum((0, 2, 3)), rtol=1e-4
    )


@pytest.mark.parametrize("penalty", [DecoderSmoothness(), DecoderIsometry()])
def test_a_model_without_a_decoder_is_refused(penalty, make_model, make_context, normals, forward):
    p, _ = forward(make_model(decoder=None), normals(3, 6), None, make_context(3))
    with pytest.raises(SettingError, match="needs a decoder, and decoder is None"):
        penalty(p)
