"""Structural similarity: one with itself, symmetric, bounded, and as defined at a pixel."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import isthmus
from isthmus.errors import SettingError
from isthmus.penalties import StructuralSimilarity, multiscale_similarity, structural_similarity


@pytest.fixture(scope="module")
def images():
    """Return two sets of eight images that have something in common, (8, 30, 25, 2)."""
    rng = np.random.default_rng(0)
    base, noise = rng.random((2, 8, 30, 25, 2))
    return jnp.asarray(base, jnp.float32), jnp.asarray((base + noise) / 2, jnp.float32)


@pytest.mark.parametrize("of", [structural_similarity, multiscale_similarity])
def test_it_is_one_with_itself_symmetric_and_bounded(of, images):
    x, y = images
    np.testing.assert_allclose(of(x, x), 1, atol=1e-5)
    np.testing.assert_allclose(of(x, y), of(y, x), rtol=1e-5)
    for other in (y, 1 - x, jnp.zeros_like(x)):
        assert (np.abs(of(x, other)) <= 1).all()
    assert (np.asarray(of(x, y)) < 0.9).all()
    assert float(of(x, 1 - x).max()) < 0.05


def test_inverted_images_are_unlike(images):
    assert float(structural_similarity(images[0], 1 - images[0]).max()) < -0.5


def test_at_one_place_it_is_the_formula():
    rng = np.random.default_rng(1)
    x, y = rng.random((2, 11, 11))
    window = np.exp(-((np.arange(11) - 5) ** 2) / (2 * 1.5**2))
    w = np.outer(window, window) / window.sum() ** 2
    mean_x, mean_y = (w * x).sum(), (w * y).sum()
    variances = (w * (x - mean_x) ** 2).sum(), (w * (y - mean_y) ** 2).sum()
    covariance = (w * (x - mean_x) * (y - mean_y)).sum()
    luminance = (2 * mean_x * mean_y + 1e-4) / (mean_x**2 + mean_y**2 + 1e-4)
    expected = luminance * (2 * covariance + 9e-4) / (sum(variances) + 9e-4)
    found = structural_similarity(*(jnp.asarray(one[..., None], jnp.float32) for one in (x, y)))
    assert float(found) == pytest.approx(expected, rel=1e-4)


def test_scales_that_do_not_fit_are_left_out(images):
    x, y = (image[:, :20, :20] for image in images)
    np.testing.assert_allclose(
        multiscale_similarity(x, y, scales=5), multiscale_similarity(x, y, scales=1)
    )
    x, y = images[0][:, :24, :24], images[1][:, :24, :24]
    two = multiscale_similarity(x, y, scales=2)
    np.testing.assert_allclose(multiscale_similarity(x, y, scales=5), two)
    assert not np.allclose(two, multiscale_similarity(x, y, scales=1))


def test_slopes_are_finite_where_nothing_is_alike():
    x, y = jnp.zeros((12, 12, 1)), jnp.ones((12, 12, 1))
    for pair in ((x, y), (y, 1 - y), (x, x)):
        slopes = jax.grad(lambda a, b=pair[1]: multiscale_similarity(a, b))(pair[0])
        assert np.isfinite(slopes).all()


def test_training_makes_reconstructions_more_alike_and_flat_examples_are_refused():
    rng = np.random.default_rng(0)
    X = (rng.random((60, 12, 12)) ** 3).astype(np.float32)
    settings = {"hidden": (16,), "epochs": 60, "random_state": 0, "start": "random"}
    plain, looked = (
        isthmus.Autoencoder(4, penalties=penalties, **settings).fit(X)
        for penalties in ((), StructuralSimilarity(500.0))
    )
    alike = [
        float(
            multiscale_similarity(
                *(jnp.asarray(i[..., None]) for i in (X, e.reconstruct(X)))
            ).mean()
        )
        for e in (plain, looked)
    ]
    assert alike[1] > alike[0] + 0.02
    with pytest.raises(SettingError, match="the examples are flat"):
        isthmus.Autoencoder(4, penalties="structural_similarity", **settings).fit(X.reshape(60, -1))
    with pytest.raises(SettingError, match="needs a decoder"):
        isthmus.AutoencoderClassifier(
            4, decoder=None, penalties="structural_similarity", **settings
        ).fit(X, np.arange(60) % 2)


def test_an_odd_side_is_halved_with_its_last_pixel_twice():
    """As TensorFlow's ssim_multiscale pads."""
    from isthmus.penalties.similarity import _halved

    image = jnp.arange(15.0).reshape(3, 5, 1)
    rows = np.arange(15.0).reshape(3, 5)
    padded = np.pad(rows, ((0, 1), (0, 1)), mode="symmetric")
    expected = padded.reshape(2, 2, 3, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(_halved(image)[..., 0], expected, rtol=1e-6)
