"""What theory says about whole models: the linear autoencoder and PCA."""

import numpy as np
import pytest
from scipy.linalg import subspace_angles
from sklearn.decomposition import PCA

from isthmus import Autoencoder


@pytest.fixture(scope="module")
def data():
    """Return 60 examples of 8 features, variances falling by half, about a mean of its own."""
    random = np.random.default_rng(0)
    axes = np.linalg.qr(random.standard_normal((8, 8)))[0]
    return random.standard_normal((60, 8)) * 2.0 ** -np.arange(8) @ axes + random.random(8)


@pytest.fixture(scope="module")
def linear(data):
    """Return a linear autoencoder, trained from random weights until it settles."""
    return Autoencoder(
        2,
        hidden=(),
        start="random",
        scaling="none",
        penalties=(),
        epochs=4000,
        batch_size=60,
        learning_rate=1e-2,
        schedule="cosine",
        validation_fraction=0,
        random_state=0,
    ).fit(data)


def test_a_linear_autoencoder_spans_the_subspace_of_pca(linear, data):
    pca = PCA(2).fit(data)
    origin = linear.inverse_transform(np.zeros((1, 2)))
    spanned = linear.inverse_transform(np.eye(2)) - origin
    assert subspace_angles(spanned.T, pca.components_.T).max() < 0.01


def test_a_linear_autoencoder_reaches_the_error_of_pca(linear, data):
    pca = PCA(2).fit(data)
    error = ((pca.inverse_transform(pca.transform(data)) - data) ** 2).mean()
    assert linear.measure(data)["mse"] == pytest.approx(error, rel=1e-3)
    assert linear.measure(data)["mse"] >= error * (1 - 1e-5)  # none can do better


def test_encoder_and_decoder_project(linear, data):
    once = linear.reconstruct(data)
    np.testing.assert_allclose(linear.reconstruct(once), once, atol=2e-2)
