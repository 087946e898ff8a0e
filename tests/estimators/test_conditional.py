"""An autoencoder conditioned on labels: the layer against its input joined with the label."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import isthmus
from isthmus import Autoencoder, ConditionalAutoencoder
from isthmus.bounds import ELBO
from isthmus.errors import DataError, SettingError
from isthmus.networks import Conditional, Dense, conditioned, given, tie
from isthmus.networks.layers import Convolution, Linear
from isthmus.recipes import conditional_vae, vamp_vae

LABELS = np.array(["ant", "bee", "cat"])


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def told(layer, labels):
    return given(layer, jnp.asarray(labels))


def test_a_bias_of_its_own_is_the_label_joined_the_input(rng, normals):
    layer = Conditional.create(Linear.create(rng, (4,), (5,), "tanh"), 3, "tanh", rng)
    x, labels = normals(6, 4), np.array([0, 2, 1, 1, 0, 2])
    joined = jnp.concatenate([x, jax.nn.one_hot(labels, 3)], axis=1)
    whole = jnp.concatenate([layer.affine.weight, layer.weight])
    expected = joined @ whole + layer.affine.bias
    np.testing.assert_allclose(told(layer, labels)(x), expected, rtol=1e-4, atol=1e-5)


def test_under_a_convolution_the_label_is_planes_joined_the_image(rng, normals):
    layer = Conditional.create(Convolution.create(rng, (5, 4, 2), 3, 3, 2, "relu"), 2, "relu", rng)
    x, labels = normals(3, 5, 4, 2), np.array([1, 0, 1])
    planes = jnp.broadcast_to(jax.nn.one_hot(labels, 2)[:, None, None], (3, 5, 4, 2))
    corner = jnp.zeros((3, 3, 2, 3)).at[0, 0].set(layer.weight)  # within the image at stride 2
    kernel = jnp.concatenate([layer.affine.kernel, jnp.roll(corner, (1, 1), (0, 1))], axis=2)
    convolution = Convolution(kernel, layer.affine.bias, (5, 4, 4), layer.out_shape, 2)
    expected = convolution(jnp.concatenate([x, planes], axis=-1))
    np.testing.assert_allclose(told(layer, labels)(x), expected, rtol=1e-4, atol=1e-5)


def test_several_draws_share_the_labels_and_strangers_are_refused(rng, normals):
    layer = Conditional.create(Linear.create(rng, (4,), (5,), "tanh"), 3, "tanh", rng)
    draws, labels = normals(2, 3, 4), [2, 0, 1]
    each = jnp.stack([told(layer, labels)(draw) for draw in draws])
    np.testing.assert_array_equal(told(layer, labels)(draws.reshape(6, 4)).reshape(2, 3, 5), each)
    with pytest.raises(SettingError, match="3 labels for 4 rows"):
        told(layer, labels)(normals(4, 4))
    with pytest.raises(SettingError, match="got none"):
        layer(normals(4, 4))


def test_a_tied_decoder_cannot_be_told(rng):
    encoder = Dense((3,)).build(4, 2, rng=rng)
    with pytest.raises(SettingError, match="not tied"):
        conditioned(tie(encoder), 3, rng)


@pytest.fixture(scope="module")
def groups():
    """Return three kinds of examples, (90, 4), and their labels."""
    rng = np.random.default_rng(0)
    kinds = np.arange(90) % 3
    means = 4 * rng.standard_normal((3, 4))
    return means[kinds] + rng.standard_normal((90, 4)), LABELS[kinds]


@pytest.fixture(scope="module")
def fit(groups):
    """Return a function that fits to the groups, by one program for every weight."""

    def make(beta):
        settings = {"hidden": (8,), "epochs": 150, "learning_rate": 1e-2, "penalties": ()}
        settings |= {"likelihood": "gaussian", "random_state": 0}
        return conditional_vae(2, beta=beta, **settings).fit(*groups)

    return make


@pytest.fixture(scope="module")
def fitted(fit):
    return fit(0.01)


def test_where_the_code_says_nothing_the_decoder_gives_the_mean_of_the_label(fit, groups):
    X, y = groups
    silent = fit(1000.0)
    for label in LABELS:
        mean = X[y == label].mean(axis=0)
        found = silent.given(label).reconstruct(X[:5])  # of whatever example
        np.testing.assert_allclose(found, np.tile(mean, (5, 1)), atol=0.5)
    samples = silent.sample(["cat", "ant"], random_state=0)
    np.testing.assert_allclose(samples[0], X[y == "cat"].mean(axis=0), atol=0.5)


def test_encoder_and_decoder_are_both_told(fitted, groups):
    X, _ = groups
    codes = [fitted.transform(X[:4], [label] * 4) for label in LABELS[:2]]
    assert np.abs(codes[0] - codes[1]).min() > 1e-3
    back = [fitted.inverse_transform(codes[0], [label] * 4) for label in LABELS[:2]]
    assert np.abs(back[0] - back[1]).max() > 0.1


def test_rows_come_back_in_their_order(fitted, groups):
    X, y = groups
    codes = fitted.transform(X[:7], y[:7])
    alone = [fitted.given(y[i]).transform(X[i : i + 1])[0] for i in range(7)]
    np.testing.assert_array_equal(codes, alone)
    assert fitted.score(X, y) > fitted.score(X, np.roll(y, 1))
    settings = {"n_samples": 20, "random_state": 0}
    found = fitted.log_likelihood(X[:7], y[:7], **settings)
    alone = [fitted.given(y[i]).log_likelihood(X[i : i + 1], **settings)[0] for i in range(7)]
    np.testing.assert_array_equal(found, alone)


def test_measures_are_means_over_the_examples_of_all_labels(fitted, groups):
    X, y = groups
    X, y = X[:50], y[:50]  # not equally many of each
    measured = fitted.measure(X, y)
    errors = fitted.reconstruct(X, y) - X
    np.testing.assert_allclose(measured["column_mse_input"], (errors**2).mean(axis=0), rtol=1e-4)
    assert measured["mse_input"] == pytest.approx((errors**2).mean(), rel=1e-4)
    assert measured["mse"] == pytest.approx(measured["errors"].mean(), rel=1e-4)
    assert measured["nats"] + measured["kl"] == pytest.approx(-fitted.score(X, y), rel=1e-4)
    own = fitted.given(y[7]).measure(X[7:8])["errors"]
    np.testing.assert_allclose(measured["errors"][7], own[0], rtol=1e-5)


def test_who_listens_to_a_fit_is_called_and_not_copied(groups):
    heard = []
    inner = Autoencoder(2, hidden=(8,), epochs=2, callbacks=(heard.append,), random_state=0)
    ConditionalAutoencoder(inner).fit(*groups)
    assert [record.epoch for record in heard] == [1, 2]


def test_it_comes_back_from_its_file(fitted, groups, tmp_path):
    X, y = groups
    back = isthmus.load(fitted.save(tmp_path / "model.safetensors"))
    assert isinstance(back, ConditionalAutoencoder)
    np.testing.assert_array_equal(back.classes_, LABELS)
    np.testing.assert_array_equal(back.reconstruct(X, y), fitted.reconstruct(X, y))
    assert back.autoencoder.get_params(False) == fitted.autoencoder.get_params(False)


def test_mistakes_end_in_a_sentence(fitted, groups):
    X, y = groups
    with pytest.raises(DataError, match="'dog' is no label"):
        fitted.given("dog")
    with pytest.raises(DataError, match="requires y"):
        fitted.transform(X, None)
    with pytest.raises(ValueError, match="inconsistent"):
        fitted.transform(X, y[:5])
    with pytest.raises(SettingError, match="another prior"):
        ConditionalAutoencoder(vamp_vae(2, hidden=(8,), components=5)).fit(X, y)
    with pytest.raises(SettingError, match="not tied"):
        ConditionalAutoencoder(Autoencoder(2, decoder="tied", hidden=(8,))).fit(X, y)


def test_nested_settings_are_the_autoencoders():
    conditional = conditional_vae(4).set_params(autoencoder__bound=ELBO(2.0))
    assert conditional.autoencoder.bound.beta == 2.0
