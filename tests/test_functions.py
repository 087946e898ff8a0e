"""The pure functions of a model are the estimator's methods, and can be differentiated."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.datasets import load_digits

from isthmus import Autoencoder
from isthmus.functions import decode, encode, reconstruct

SMALL = {"hidden": (8,), "epochs": 2, "random_state": 0}


@pytest.fixture(scope="module")
def digits():
    return load_digits().data[:60].astype(np.float32)


@pytest.mark.parametrize("latent", ["deterministic", "gaussian"])
def test_they_are_the_methods(digits, latent) -> None:
    fitted = Autoencoder(3, latent=latent, scaling="standard", **SMALL).fit(digits)
    model, x = fitted.model_, jnp.asarray(digits)
    codes = jax.jit(encode)(model, x)
    assert np.allclose(codes, fitted.transform(digits), atol=1e-5)
    assert np.allclose(decode(model, codes), fitted.inverse_transform(codes), atol=1e-4)
    assert np.allclose(reconstruct(model, x), fitted.reconstruct(digits), atol=1e-4)
    assert np.allclose(jax.vmap(lambda row: encode(model, row))(x), codes, atol=1e-5)
    assert np.allclose(encode(model, x.reshape(6, 10, -1)).reshape(codes.shape), codes, atol=1e-5)


def test_the_gradient_is_the_difference_quotient(digits) -> None:
    model = Autoencoder(2, scaling="standard", **SMALL).fit(digits).model_
    x, step = jnp.asarray(digits[0]), jnp.zeros(64).at[20].set(0.5)

    def error(x):
        return ((reconstruct(model, x) - x) ** 2).sum()

    slope = (error(x + step) - error(x - step)) / 1.0
    assert np.isclose(jax.grad(error)(x)[20], slope, rtol=0.05, atol=1e-2)


def test_under_labels(digits) -> None:
    labels = np.arange(60) % 3
    fitted = Autoencoder(2, condition=True, latent="gaussian", **SMALL).fit(digits, labels)
    model = fitted.model_.given(jnp.asarray(labels))
    found = encode(model, jnp.asarray(digits))
    assert np.allclose(found, fitted.transform(digits, labels=labels), atol=1e-5)
