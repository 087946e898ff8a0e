"""What every latent owes: it trains, repeats itself, and comes back from a file."""

import jax
import numpy as np
import pytest
from sklearn.datasets import load_digits

import isthmus
from isthmus.errors import SettingError
from isthmus.latents import (
    MEMBERS,
    BatchTopK,
    Categorical,
    FiniteScalar,
    FullGaussian,
    NestedDropout,
    PoincareBall,
    PowerSpherical,
    ResidualVectorQuantised,
    TopK,
    VectorQuantised,
    VectorQuantisedEMA,
    VonMisesFisher,
)
from isthmus.treecodec import decode_tree, encode_tree

X = load_digits().data[:100]
FAMILY = [
    Categorical(classes=2),
    Categorical(classes=3, straight_through=False),
    FiniteScalar(4),
    FullGaussian(),
    BatchTopK(2),
    NestedDropout(),
    PoincareBall(0.5),
    PowerSpherical(),
    ResidualVectorQuantised(2, VectorQuantisedEMA(size=8)),
    TopK(2),
    VectorQuantised(size=8, parts=2),
    VectorQuantisedEMA(size=8, parts=3),
    VonMisesFisher(),
]


PLAIN = ("deterministic", "top_k", "batch_top_k", "nested_dropout")
"""Those without a prior."""


@pytest.mark.parametrize("latent", FAMILY, ids=repr)
def test_a_latent_trains_repeats_itself_and_comes_back_to_the_last_bit(latent, tmp_path):
    autoencoder = isthmus.Autoencoder(
        6, latent=latent, hidden=(16,), epochs=30, batch_size=40, learning_rate=3e-3,
        validation_fraction=0.0, random_state=0,
    ).fit(X)  # fmt: skip
    losses = autoencoder.history_["train_loss"]  # of batches of 40, 40 and 20
    assert np.mean(losses[-3:]) < 0.97 * np.mean(losses[:3])
    codes = autoencoder.transform(X)
    assert codes.shape == (100, 6)
    np.testing.assert_array_equal(codes, autoencoder.transform(X))
    assert autoencoder.sample(5, random_state=0).shape == (5, 64)
    assert np.isfinite(autoencoder.score_samples(X)).all()
    back = isthmus.load(autoencoder.save(tmp_path / "model.safetensors"))
    for method in ("transform", "score_samples"):
        np.testing.assert_array_equal(getattr(autoencoder, method)(X), getattr(back, method)(X))
    np.testing.assert_array_equal(autoencoder.sample(5, 0), back.sample(5, 0))
    pairs = [jax.tree.leaves(estimator.model_.latent) for estimator in (autoencoder, back)]
    for one, other in zip(*pairs, strict=True):
        np.testing.assert_array_equal(one, other)
    assert back.latent == latent


@pytest.mark.parametrize("name", MEMBERS)
def test_every_latent_is_known_to_model_files(name):
    latent = MEMBERS[name]()
    value = encode_tree(latent, {})
    assert value["class"] == f"latents.{MEMBERS[name].__name__}"  # wherever its file is
    assert decode_tree(value, {}) == latent


@pytest.mark.parametrize("name", MEMBERS)
def test_what_has_a_prior_samples_codes_of_the_size_that_it_makes(name, make_context):
    latent = MEMBERS[name]()
    d = 20
    rng = np.random.default_rng(0)
    h = rng.standard_normal((3, latent.width(d))).astype(np.float32)
    latent = latent.create(d, rng)
    draw, _ = latent(jax.numpy.asarray(h), make_context(3), 4)
    assert draw.z.shape == (4, 3, d)
    assert draw.log_ratio.shape == (4, 3)
    assert draw.kl.shape == draw.cost.shape == (3,)
    assert latent.code(jax.numpy.asarray(h)).shape == (3, d)
    codes = latent.sample_prior(jax.random.key(0), 5, d)
    assert codes is None or codes.shape == (5, d)
    assert (codes is None) == (name in PLAIN)


@pytest.mark.parametrize(
    ("latent", "sentence"),
    [
        (Categorical(), "10 classes a variable, and latent_dim is 6"),
        (FiniteScalar((3, 3)), "levels for 2 dimensions, and latent_dim is 6"),
        (VectorQuantised(parts=4), "4 equal parts, and latent_dim is 6"),
        (VectorQuantisedEMA(parts=4), "4 equal parts, and latent_dim is 6"),
    ],
)
def test_a_code_of_an_impossible_size_is_refused(latent, sentence):
    with pytest.raises(SettingError, match=sentence) as caught:
        isthmus.Autoencoder(6, latent=latent).fit(X)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "settings", "sentence"),
    [
        (Categorical, {"classes": 1}, "classes is 1"),
        (Categorical, {"temperature": 0}, "temperature is 0"),
        (FiniteScalar, {"levels": (3, 1)}, r"levels is \(3, 1\)"),
        (FiniteScalar, {"levels": 1}, "levels is 1"),
        (VectorQuantised, {"size": 1}, "size is 1"),
        (VectorQuantised, {"commitment": -1}, "commitment is -1"),
        (VectorQuantisedEMA, {"decay": 1.5}, "decay is 1.5"),
        (VectorQuantisedEMA, {"restart": -0.1}, "restart is -0.1"),
    ],
)
def test_impossible_settings_are_refused(kind, settings, sentence):
    with pytest.raises(SettingError, match=sentence):
        kind(**settings)


def test_a_sphere_needs_two_dimensions():
    with pytest.raises(SettingError, match="latent_dim is 1"):
        PowerSpherical().width(1)
