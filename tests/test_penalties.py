"""Penalties against what can be computed by hand or an example at a time."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isthmus.bounds import ELBO
from isthmus.errors import SettingError
from isthmus.latents import Deterministic, Gaussian
from isthmus.networks import Convolutional, Dense, LinearPath, tie
from isthmus.networks.layers import Linear
from isthmus.penalties import L1, L2, MEMBERS, Contraction, WeightDecay


@pytest.fixture(scope="module")
def drawn(make_model, make_context, normals, forward):
    model = make_model(latent=Gaussian(), bound=ELBO(draws=2))
    p, _ = forward(model, normals(2, 6), None, make_context(2))
    z = jnp.asarray([[[1.0, -2.0], [0.0, 0.5]], [[3.0, 0.0], [-1.0, -1.5]]])  # (K, B, d)
    return eqx.tree_at(lambda p: p.draw.z, p, z)


def test_l1_by_hand(drawn):
    np.testing.assert_allclose(
        L1(0.1)(drawn), [0.1 * (3 + 3) / 2, 0.1 * (0.5 + 2.5) / 2], rtol=1e-6
    )


def test_l2_by_hand(drawn):
    np.testing.assert_allclose(
        L2(0.1)(drawn), [0.1 * (5 + 9) / 2, 0.1 * (0.25 + 3.25) / 2], rtol=1e-6
    )


def test_weight_decay_by_hand(make_model, make_context, normals, forward):
    there, back = make_model(network=Dense((5,), "tanh", batch_norm=True)), make_model(seed=1)
    path = LinearPath(Linear(jnp.ones((6, 2)), jnp.ones(2), (6,), (2,)), there.encoder)
    model = make_model(encoder=path, decoder=back.decoder)
    affines = (*there.encoder.affines, *back.decoder.affines)
    squares = sum(float((affine.weight**2).sum()) for affine in affines)  # no path, no biases
    p, _ = forward(model, normals(3, 6), None, make_context(3))
    np.testing.assert_allclose(WeightDecay(0.1)(p), np.full(3, 0.1 * squares), rtol=1e-5)
    p, _ = forward(model, normals(3, 6), None, make_context(3, training=False))
    assert not WeightDecay(0.1)(p).any()


def test_a_tied_weight_decays_once(make_model, make_context, normals, forward):
    encoder = make_model().encoder
    p, _ = forward(
        make_model(encoder=encoder, decoder=tie(encoder)), normals(3, 6), None, make_context(3)
    )
    squares = sum(float((affine.weight**2).sum()) for affine in encoder.affines)
    np.testing.assert_allclose(WeightDecay(1.0)(p), np.full(3, squares), rtol=1e-5)


NETWORKS = [
    ("dense", Dense((5,), "tanh"), 2, Deterministic("sigmoid")),
    ("normalised, dropped out", Dense((5,), "gelu", True, 0.3), 2, Deterministic()),
    ("posterior mean", Dense((5,), "tanh"), 3, Gaussian()),
    ("more directions than run at once", Dense((), "tanh"), 19, Deterministic("tanh")),
    ("convolutional", Convolutional((2,), hidden=(), activation="tanh"), 2, Deterministic()),
]


@pytest.mark.parametrize(
    ("network", "latent_dim", "latent"), [row[1:] for row in NETWORKS], ids=[r[0] for r in NETWORKS]
)
def test_contraction_is_the_squared_norm_of_each_examples_jacobian(
    network, latent_dim, latent, make_model, make_context, normals, forward
):
    model = make_model(6, latent_dim, network=network, latent=latent, image_shape=(3, 2, 1))
    x = normals(3, 6)

    @jax.jit
    def by_hand(x):
        jacobians = jax.vmap(jax.jacfwd(lambda row: model.code(row[None])[0]))(x)
        return 0.7 * (jacobians**2).sum((1, 2))

    @jax.jit
    def penalty(x):
        return Contraction(0.7)(forward(model, x, None, make_context(3))[0])

    np.testing.assert_allclose(penalty(x), by_hand(x), rtol=1e-4)


def test_contraction_looks_at_the_clean_example(make_model, make_context, normals, forward):
    from isthmus.corruption import Masking

    x = normals(3, 6)
    noisy, clean = make_model(corruption=Masking(1.0)), make_model()
    penalties = [Contraction(1.0)(forward(m, x, None, make_context(3))[0]) for m in (noisy, clean)]
    np.testing.assert_allclose(*penalties, rtol=1e-6)


def test_contraction_of_a_linear_code_is_the_norm_of_its_matrix(
    make_model, make_context, normals, forward
):
    model = make_model(network=Dense((), "tanh"))
    penalty = Contraction(1.0)(forward(model, normals(3, 6), None, make_context(3))[0])
    np.testing.assert_allclose(penalty, (model.encoder.affines[0].weight ** 2).sum(), rtol=1e-5)


def test_the_gradient_of_the_contraction_reaches_the_encoder(
    make_model, make_context, normals, forward
):
    model, context = make_model(network=Dense((), "tanh")), make_context(3)
    x = normals(3, 6)

    @eqx.filter_grad
    def gradient(encoder):
        contracted = eqx.tree_at(lambda m: m.encoder, model, encoder)
        return Contraction(0.5)(forward(contracted, x, None, context)[0]).mean()

    weight = model.encoder.affines[0].weight
    found = gradient(model.encoder).affines[0]
    np.testing.assert_allclose(found.weight, weight, rtol=1e-5)  # of w/2 |W|^2
    assert not found.bias.any()


@pytest.mark.parametrize("name", MEMBERS)
def test_a_negative_weight_is_refused(name):
    with pytest.raises(SettingError, match=f"penalty {MEMBERS[name].__name__}: weight is -1.0"):
        MEMBERS[name](-1.0)
