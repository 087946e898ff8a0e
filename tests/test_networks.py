"""Networks: counts, shapes, transposes, ties, normalisation, dropout, the path from PCA."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isthmus.activations import ACTIVATIONS, ALIASES, activation
from isthmus.errors import SettingError
from isthmus.heads import Classifier
from isthmus.model import count_parameters
from isthmus.networks import Chain, Convolutional, Dense, LinearPath, PerExample, mirror, tie
from isthmus.networks.convolution import convolve, convolve_transposed, convolved_shape
from isthmus.networks.layers import BatchNorm, Convolution, Finish, Linear, TransposedConvolution

images = st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 3))


def rng(seed=0):
    return np.random.default_rng(seed)


# Exact counts of the reference study of joint classifiers.


def test_the_classifier_of_experiments_1_to_5(make_model):
    network = Dense((512, 170, 56), "relu", batch_norm=True, dropout=0.2, finish_output=True)
    head = Classifier.create(rng(), 18, 11)
    model = make_model(784, 18, network=network, decoder=None, heads=(head,))
    assert count_parameters(model) == (502_965, 501_453)


def test_the_autoencoder_with_a_classifier_of_experiments_6_to_10(make_model):
    head = Classifier.create(rng(), 64, 11)
    model = make_model(784, 64, network=Dense((512, 256, 128), "relu"), heads=(head,))
    assert count_parameters(model) == (1_150_235, 1_150_235)


def test_the_tied_autoencoder_of_experiment_11(make_model):
    encoder = Dense((256, 128, 64), "relu").build(784, 32, rng=rng())
    model = make_model(784, 32, encoder=encoder, decoder=tie(encoder))
    assert count_parameters(model) == (245_424, 245_424)
    assert sum(leaf.size for leaf in jax.tree.leaves(encoder)) == 244_192


# Shapes.


@settings(max_examples=40)
@given(
    image=images,
    channels=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    kernel=st.integers(1, 5),
    stride=st.integers(1, 4),
    hidden=st.sampled_from([(), (5,)]),
    batch_norm=st.booleans(),
    latent_dim=st.integers(1, 4),
)
def test_mirror_and_tie_give_the_images_shape_back(
    image, channels, kernel, stride, hidden, batch_norm, latent_dim
):
    features = int(np.prod(image))
    spec = Convolutional(
        tuple(channels), kernel, stride, hidden, batch_norm=batch_norm, dropout=0.1
    )
    encoder = spec.build(features, latent_dim, rng=rng(), image_shape=image)
    decoder = mirror(encoder, latent_dim, rng())
    assert decoder.affines[-1].out_shape == image

    def there_and_back(x):
        z = encoder(x, None)[0]
        return z, decoder(z, None)[0], tie(encoder).run(encoder, z, None)[0]

    z, mirrored, tied = jax.eval_shape(
        there_and_back, jax.ShapeDtypeStruct((2, features), "float32")
    )
    assert z.shape == (2, latent_dim)
    assert mirrored.shape == tied.shape == (2, features)


@given(
    sizes=st.lists(st.integers(1, 9), min_size=2, max_size=5),
    batch_norm=st.booleans(),
    narrower=st.booleans(),
)
def test_a_dense_mirror_has_the_widths_in_inverse_order(sizes, batch_norm, narrower):
    features, *hidden, width = sizes
    latent_dim = max(1, width // 2) if narrower else width
    encoder = Dense(tuple(hidden), "selu", batch_norm).build(features, width, rng=rng())
    decoder = mirror(encoder, latent_dim, rng())
    widths = [latent_dim, *(affine.out_shape[0] for affine in decoder.affines)]
    assert widths == [latent_dim, *reversed(hidden), features]
    assert [f.activation for f in decoder.finishes] == ["selu"] * len(hidden) + ["identity"]
    assert [f.norm is not None for f in decoder.finishes] == [batch_norm] * len(hidden) + [False]
    z = jax.ShapeDtypeStruct((3, latent_dim), "float32")
    assert jax.eval_shape(lambda z: tie(encoder).run(encoder, z, None)[0], z).shape == (3, features)


def test_strides_may_differ_from_layer_to_layer():
    spec = Convolutional((2, 3), stride=(1, 3), hidden=())
    encoder = spec.build(7 * 5, 2, rng=rng(), image_shape=(7, 5, 1))
    assert [a.out_shape for a in encoder.affines] == [(7, 5, 2), (3, 2, 3), (2,)]


# The convolution and its transpose.


@settings(max_examples=12)
@given(image=images, channels=st.integers(1, 3), kernel=st.integers(1, 4), stride=st.integers(1, 4))
def test_convolution_by_patches_is_the_native_one_with_same_padding(
    image, channels, kernel, stride
):
    x = jnp.asarray(rng(1).standard_normal((2, *image)), jnp.float32)
    weight = jnp.asarray(rng(2).standard_normal((kernel, kernel, image[2], channels)), jnp.float32)
    native = jax.lax.conv_general_dilated(
        x, weight, (stride, stride), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )
    found = jax.jit(convolve, static_argnums=2)(x, weight, stride)
    assert found.shape == (2, *convolved_shape(image, channels, stride))
    np.testing.assert_allclose(found, native, rtol=1e-4, atol=1e-4)


AFFINES = {
    "linear": Linear.create(rng(), (6,), (4,), "relu"),
    "linear from an image": Linear.create(rng(), (3, 5, 2), (4,), "tanh"),
    "linear to an image": Linear.create(rng(), (4,), (2, 3, 2), "tanh"),
    "convolution": Convolution.create(rng(), (7, 5, 2), 3, 3, 2, "relu"),
    "convolution, even window": Convolution.create(rng(), (4, 7, 1), 2, 4, 3, "relu"),
    "convolution, stride beyond its window": Convolution.create(rng(), (8, 5, 1), 2, 1, 3, "relu"),
    "transposed convolution": Convolution.create(rng(), (7, 5, 2), 3, 3, 2, "relu").mirror(
        rng(), "relu"
    ),
}


@pytest.mark.parametrize("affine", AFFINES.values(), ids=AFFINES)
def test_inner_products_agree_with_the_transpose(affine, normals):
    x, y = normals(2, *affine.in_shape), normals(2, *affine.out_shape)
    image, back = jax.jit(lambda x, y: (affine(x), affine.transpose(y)))(x, y)
    assert (image.shape, back.shape) == (y.shape, x.shape)
    assert float((image * y).sum()) == pytest.approx(float((x * back).sum()), rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("affine", AFFINES.values(), ids=AFFINES)
def test_a_mirrored_map_goes_the_other_way_with_weights_of_its_own(affine):
    there = affine.mirror(rng(3), "relu")
    assert (there.in_shape, there.out_shape) == (affine.out_shape, affine.in_shape)
    back = there.mirror(rng(4), "relu")
    assert type(back) is type(affine)
    assert (back.in_shape, back.out_shape) == (affine.in_shape, affine.out_shape)


def test_a_narrower_code_meets_the_first_columns_of_a_linear_map(normals):
    affine, y = AFFINES["linear"], normals(2, 3)
    padded = jnp.concatenate([y, jnp.zeros((2, 1))], axis=1)
    np.testing.assert_allclose(affine.transpose(y), affine.transpose(padded), rtol=1e-6)


def test_the_transposed_convolution_is_the_gradient_of_the_convolution(normals):
    x, y, kernel = normals(2, 5, 4, 2), normals(2, 3, 2, 3), normals(3, 3, 2, 3)
    gradient = jax.grad(lambda x: (convolve(x, kernel, 2) * y).sum())(x)
    np.testing.assert_allclose(convolve_transposed(y, kernel, 2, (5, 4, 2)), gradient, rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "gain"), [("relu", 2**0.5), ("gelu", 2**0.5), ("tanh", 1), ("logistic", 4)]
)
def test_initial_weights_have_the_variance_that_suits_the_activation(name, gain):
    weight = np.asarray(Linear.create(rng(), (300,), (500,), name).weight)
    variance = gain**2 / 300 if gain == 2**0.5 else 2 * gain**2 / 800
    assert weight.var() == pytest.approx(variance, rel=0.02)


# Ties.


@pytest.mark.parametrize(
    "spec", [Dense((4,), "tanh"), Convolutional((2,), hidden=(), activation="tanh")], ids=repr
)
def test_the_gradient_of_a_tied_weight_is_the_sum_of_both_uses(spec, normals):
    encoder = spec.build(15, 3, rng=rng(), image_shape=(5, 3, 1))
    decoder, x = tie(encoder), normals(4, 15)

    def loss(coding, decoding):
        z = coding(x, None)[0]
        return ((decoder.run(decoding, z, None)[0] - x) ** 2).sum()

    once = jax.jit(jax.grad(lambda e: loss(e, e)))(encoder)
    uses = jax.jit(jax.grad(loss, argnums=(0, 1)))(encoder, encoder)
    for total, first, second in zip(*map(jax.tree.leaves, (once, *uses)), strict=True):
        np.testing.assert_allclose(total, first + second, rtol=1e-4, atol=1e-5)
    weights = [jax.tree.leaves(use)[0] for use in uses]
    assert all(jnp.abs(weight).max() > 1e-3 for weight in weights)  # either use matters


def test_a_tied_decoder_is_the_transposed_encoder_with_its_own_biases(normals):
    encoder = Dense((4,), "tanh").build(6, 2, rng=rng())
    decoder = eqx.tree_at(lambda t: t.biases, tie(encoder), (normals(4), normals(6)))
    z = normals(3, 2)
    hidden = jnp.tanh(z @ encoder.affines[1].weight.T + decoder.biases[0])
    expected = hidden @ encoder.affines[0].weight.T + decoder.biases[1]
    np.testing.assert_allclose(decoder.run(encoder, z, None)[0], expected, rtol=1e-5, atol=1e-6)


def test_a_tied_decoder_does_not_run_alone():
    with pytest.raises(SettingError, match="no weights of its own"):
        tie(Dense(()).build(4, 2, rng=rng()))(jnp.zeros((1, 2)), None)


# Normalisation and dropout.


def test_batch_normalisation_normalises_each_channel(normals, make_context):
    x = 3 + 2 * normals(8, 5, 4, 3)
    y = BatchNorm.create(3)(x, make_context(8))[0]
    np.testing.assert_allclose(y.mean((0, 1, 2)), 0, atol=1e-5)
    np.testing.assert_allclose(y.var((0, 1, 2)), 1, rtol=1e-4)


@pytest.mark.parametrize("shape", [(4,), (3, 2, 4)], ids=["flat", "images"])
def test_batch_normalisation_ignores_rows_of_weight_zero(shape, normals, make_context):
    x = normals(6, *shape)
    padded = jnp.concatenate([x, 100 + normals(2, *shape)])
    layer = BatchNorm.create(4)
    alone, alone_moved = layer(x, make_context(6))
    filled, filled_moved = layer(padded, make_context(8, weights=[1] * 6 + [0] * 2))
    np.testing.assert_allclose(filled[:6], alone, rtol=1e-5, atol=1e-6)
    for one, other in zip(*map(jax.tree.leaves, (alone_moved, filled_moved)), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_running_statistics_follow_their_recurrence_and_rule_after_training(normals, make_context):
    layer, mean, variance = BatchNorm.create(3), np.zeros(3), np.ones(3)
    for step in range(3):
        x = 2 + 3 * normals(5, 3, seed=step)
        layer = layer(x, make_context(5))[1]
        mean = 0.9 * mean + 0.1 * np.asarray(x).mean(axis=0)
        variance = 0.9 * variance + 0.1 * np.asarray(x).var(axis=0)
    np.testing.assert_allclose(layer.mean.value, mean, rtol=1e-5)
    np.testing.assert_allclose(layer.variance.value, variance, rtol=1e-5)
    expected = (np.asarray(x) - mean) / np.sqrt(variance + 1e-5)
    for context in (None, make_context(5, training=False)):
        y, unmoved = layer(x, context)
        np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-6)
        assert unmoved is layer


def test_a_chain_moves_the_statistics_of_all_its_layers(normals, make_context):
    network = Dense((4, 3), "relu", batch_norm=True).build(5, 2, rng=rng())
    moved = network(normals(6, 5), make_context(6))[1]
    for before, after in zip(network.finishes[:-1], moved.finishes[:-1], strict=True):
        assert (before.norm.mean.value != after.norm.mean.value).all()
    assert jax.tree.structure(moved) == jax.tree.structure(network)


def test_dropout_drops_its_share_and_keeps_the_mean(make_context):
    finish, x = Finish(None, "identity", 0.3), jnp.ones((200, 200))
    y = np.asarray(finish(x, make_context(200))[0])
    assert set(np.unique(y)) == {0.0, np.float32(1 / 0.7)}
    assert (y == 0).mean() == pytest.approx(0.3, abs=0.01)
    assert y.mean() == pytest.approx(1, abs=0.015)


def test_dropout_rests_after_training_and_differs_between_layers(make_context):
    network = Dense((50, 50), "identity", dropout=0.5).build(50, 50, rng=rng())
    eye = [Linear(jnp.eye(50), jnp.zeros(50), (50,), (50,))] * 3
    network = Chain(tuple(eye), network.finishes)
    x = jnp.ones((40, 50))
    for context in (None, make_context(40, training=False)):
        np.testing.assert_array_equal(network(x, context)[0], x)
    kept = float((network(x, make_context(40))[0] > 0).mean())
    assert kept == pytest.approx(0.25, abs=0.05)  # 0.5 if both layers dropped the same


# Modules of the user's own.


class Keyless(eqx.Module):
    weight: jax.Array

    def __call__(self, x):
        return self.weight @ x


def test_a_users_module_runs_on_each_example(normals, make_context):
    network, x = PerExample(Keyless(normals(2, 6))), normals(4, 6)
    for context in (None, make_context(4)):
        y, same = network(x, context)
        np.testing.assert_allclose(y, x @ network.module.weight.T, rtol=1e-5, atol=1e-6)
        assert same is network


def test_outputs_of_any_shape_are_flattened(normals):
    assert PerExample(lambda x: x.reshape(2, 3))(normals(4, 6), None)[0].shape == (4, 6)


def test_a_module_with_a_key_gets_one_an_example_in_training_only(make_context):
    network, x = PerExample(eqx.nn.Dropout(0.5), keyed=True), jnp.ones((64, 32))
    np.testing.assert_array_equal(network(x, None)[0], x)
    np.testing.assert_array_equal(network(x, make_context(64, training=False))[0], x)
    y = np.asarray(network(x, make_context(64))[0])
    assert (y == 0).mean() == pytest.approx(0.5, abs=0.05)
    assert len(np.unique(y == 0, axis=0)) == 64
    assert not np.array_equal(y, network(x, make_context(64, seed=1))[0])


# The linear path.


def test_training_starts_exactly_at_pca():
    from sklearn.datasets import load_digits
    from sklearn.decomposition import PCA

    from isthmus import Autoencoder

    X = load_digits().data[:200] / 16
    settings = {"hidden": (8,), "epochs": 0, "validation_fraction": 0, "random_state": 0}
    autoencoder = Autoencoder(5, scaling="none", start="pca", **settings).fit(X)
    assert isinstance(autoencoder.model_.encoder, LinearPath)
    pca = PCA(5, svd_solver="full").fit(X)
    codes = pca.transform(X)
    np.testing.assert_allclose(np.abs(autoencoder.transform(X)), np.abs(codes), atol=2e-5)
    np.testing.assert_allclose(autoencoder.reconstruct(X), pca.inverse_transform(codes), atol=2e-5)


def test_the_path_adds_to_the_network_through_its_link(normals):
    line, network = (Linear.create(rng(s), (4,), (2,), "tanh") for s in (0, 1))
    chain, x = Chain((network,), (Finish(None, "identity", None),)), normals(3, 4)
    y = LinearPath(line, chain, "tanh")(x, None)[0]
    np.testing.assert_allclose(y, jnp.tanh(line(x)) + network(x), rtol=1e-5, atol=1e-6)


# Names and settings.


@pytest.mark.parametrize("name", [*ACTIVATIONS, *ALIASES])
def test_every_activation_is_finite_and_keeps_the_shape(name):
    y = activation(name)(jnp.linspace(-3, 3, 7))
    assert y.shape == (7,)
    assert np.isfinite(y).all()


@pytest.mark.parametrize("name", ["rellu", ""])
def test_unknown_activations_are_named(name):
    with pytest.raises(SettingError, match=f"no activation {name!r}"):
        activation(name)


def test_aliases_and_the_nearest_name():
    assert activation("logistic") is activation("sigmoid")
    with pytest.raises(SettingError, match="did you mean 'relu'"):
        activation("rellu")


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Dense((0,)), r"Dense: hidden is \(0,\)"),
        (lambda: Dense((True,)), r"Dense: hidden is \(True,\)"),
        (lambda: Dense("wide"), "Dense: hidden is 'wide'"),
        (lambda: Dense(dropout=1.0), "Dense: dropout is 1.0"),
        (lambda: Dense(activation="rellu"), "no activation 'rellu'"),
        (lambda: Convolutional(()), "Convolutional: channels is"),
        (lambda: Convolutional((4, 0)), r"Convolutional: channels is \(4, 0\)"),
        (lambda: Convolutional(kernel_size=0), "Convolutional: kernel_size is 0"),
        (lambda: Convolutional(stride=0), "Convolutional: stride is 0"),
        (lambda: Convolutional(stride=(2, 2, 2)), r"Convolutional: stride is \(2, 2, 2\)"),
        (lambda: Convolutional(activation="rellu"), "no activation 'rellu'"),
        (lambda: Convolutional().build(10, 2, rng=rng()), "needs images, and these .*10 features"),
    ],
)
def test_impossible_settings_are_refused_in_a_sentence(make, sentence):
    with pytest.raises(SettingError, match=sentence) as caught:
        make()
    assert str(caught.value).endswith(".")


def test_transposed_convolutions_know_their_input(normals):
    layer = AFFINES["transposed convolution"]
    assert isinstance(layer, TransposedConvolution)
    flat = normals(2, int(np.prod(layer.in_shape)))
    assert layer(flat).shape == (2, *layer.out_shape)
