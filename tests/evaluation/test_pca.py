import gzip
import os
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from isthmus.errors import SettingError
from isthmus.evaluation import pca

MNIST_TEST_MSE = {2: 0.05567, 10: 0.03407, 32: 0.01683, 64: 0.00905, 128: 0.00421, 256: 0.00138}


@pytest.fixture(scope="module")
def digits():
    return (load_digits().data / 16).astype(np.float32)


def reference_mse(train, X, k):
    fitted = PCA(k, svd_solver="full").fit(train.astype(np.float64))
    back = fitted.inverse_transform(fitted.transform(X.astype(np.float64)))
    return float(np.square(X - back).mean())


@pytest.mark.parametrize("k", [1, 2, 10, 40])
def test_covariance_route_is_scikit_learns_exact_pca(digits, k):
    train, test = digits[:1200], digits[1200:]
    anchor = pca.fit_pca(train)
    assert anchor.mse(test, k) == pytest.approx(reference_mse(train, test, k), rel=1e-4)


@pytest.mark.parametrize("k", [1, 5, 20])
def test_gram_route_is_scikit_learns_exact_pca(digits, k):
    train, test = digits[:50], digits[1200:]
    anchor = pca.fit_pca(train)
    assert anchor.components.shape == (50, 64)
    assert anchor.mse(test, k) == pytest.approx(reference_mse(train, test, k), rel=1e-4)


def test_gram_route_stays_orthonormal_beyond_the_rank(digits):
    components = pca.fit_pca(digits[:20]).components
    np.testing.assert_allclose(components @ components.T, np.eye(20), atol=1e-10)


def test_randomised_route_comes_close(digits, monkeypatch):
    monkeypatch.setattr(pca, "EXACT_LIMIT", 10)
    anchor = pca.fit_pca(digits, k_max=8)
    assert anchor.components.shape == (8, 64)
    assert anchor.mse(digits, 8) == pytest.approx(reference_mse(digits, digits, 8), rel=1e-3)


def test_one_fit_serves_every_k_and_blocks_change_nothing(digits, monkeypatch):
    whole = [pca.fit_pca(digits, k_max=k).mse(digits, k) for k in (1, 7)]
    monkeypatch.setattr("isthmus.evaluation.reconstruction.blocks.__defaults__", (100,))
    anchor = pca.fit_pca(digits, k_max=9)
    np.testing.assert_allclose([anchor.mse(digits, k) for k in (1, 7)], whole, rtol=1e-6)


def test_reconstruct_is_transform_and_back_and_agrees_with_mse(digits):
    anchor = pca.fit_pca(digits)
    back = anchor.transform(digits, 6) @ anchor.components[:6] + anchor.mean
    np.testing.assert_allclose(anchor.reconstruct(digits, 6), back, atol=1e-5)
    assert np.square(digits - back).mean() == pytest.approx(anchor.mse(digits, 6), rel=1e-5)
    np.testing.assert_allclose(anchor.variances[:6], anchor.transform(digits, 6).var(0), rtol=1e-4)


def test_no_components_means_the_variance_about_the_training_mean(digits):
    anchor = pca.fit_pca(digits[:1200])
    spread = np.square(digits - digits[:1200].mean(0)).mean()
    assert anchor.mse(digits, 0) == pytest.approx(spread, rel=1e-5)


@pytest.mark.parametrize("rows", [30, 500])
def test_rows_that_are_read_when_asked_give_the_same_anchor(digits, rows):
    class Lazy:
        shape = (rows, 64)

        def __len__(self):
            return rows

        def __getitem__(self, chosen):
            assert isinstance(chosen, slice)
            return digits[:rows][chosen]

    lazy, whole = pca.fit_pca(Lazy(), 5), pca.fit_pca(digits[:rows], 5)
    np.testing.assert_allclose(lazy.components, whole.components, atol=1e-9)


def test_constant_data_has_no_error():
    X = np.full((10, 3), 2.5, np.float32)
    anchor = pca.fit_pca(X)
    assert anchor.mse(X, 1) == 0
    assert np.isfinite(anchor.components).all()


def test_asking_for_more_than_was_fitted_is_a_sentence(digits):
    with pytest.raises(SettingError, match="5 components, but 3 were fitted"):
        pca.fit_pca(digits, k_max=3).mse(digits, 5)


def mnist(part):
    folder = os.environ.get("ISTHMUS_DATA")
    path = Path(folder or ".") / "mnist" / f"{part}-images-idx3-ubyte.gz"
    if folder is None or not path.exists():
        pytest.skip("needs MNIST in ISTHMUS_DATA")
    pixels = np.frombuffer(gzip.decompress(path.read_bytes()), np.uint8, offset=16)
    return pixels.reshape(-1, 784).astype(np.float32) / 255


def test_mnist_gives_the_reference_errors():
    train, test = mnist("train"), mnist("t10k")
    anchor = pca.fit_pca(train, k_max=256)
    for k, expected in MNIST_TEST_MSE.items():
        assert anchor.mse(test, k) == pytest.approx(expected, abs=5.1e-6), k
