"""Identities of training, and of the model file."""

import tempfile
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
from scipy.linalg import subspace_angles
from sklearn.decomposition import PCA

import isthmus
from isthmus import Autoencoder


def _examples() -> np.ndarray:
    """Return 60 examples of 8 columns whose variances fall by half."""
    random = np.random.default_rng(0)
    axes = np.linalg.qr(random.standard_normal((8, 8)))[0]
    return random.standard_normal((60, 8)) * 2.0 ** -np.arange(8) @ axes


def first_step_of_adam() -> float:
    """Return how far Adam's first step is from the rate times the gradient's sign, relative."""
    gradient = jnp.array([3.0, -0.2, 1e-3])
    optimiser = optax.adam(0.1)
    step, _ = optimiser.update(gradient, optimiser.init(gradient))
    return float(jnp.abs(jnp.asarray(step) / (-0.1 * jnp.sign(gradient)) - 1).max())


def linear_autoencoder() -> float:
    """Return the largest angle, in radians, between what is spanned and what PCA spans."""
    x = _examples()
    linear = Autoencoder(
        2, hidden=(), start="random", scaling="none", penalties=(), epochs=3000, batch_size=60,
        learning_rate=1e-2, schedule="cosine", validation_fraction=0, random_state=0,
    ).fit(x)  # fmt: skip
    origin = linear.inverse_transform(np.zeros((1, 2)))
    spanned = linear.inverse_transform(np.eye(2)) - origin
    axes = np.asarray(PCA(2).fit(x).components_)
    return float(subspace_angles(spanned.T, axes.T).max())


def _small() -> Autoencoder:
    return Autoencoder(2, hidden=(8,), epochs=5, random_state=0).fit(_examples())


def same_seed() -> float:
    """Return the largest difference between the weights of two fits."""
    one, other = (jax.tree.leaves(_small().model_) for _ in range(2))
    pairs = zip(one, other, strict=True)
    return max(
        float(np.abs(np.asarray(a) - np.asarray(b)).max(initial=0.0))
        for a, b in pairs
        if hasattr(a, "dtype")
    )


def saved() -> float:
    """Return the largest difference between codes before and after saving."""
    fitted = _small()
    with tempfile.TemporaryDirectory() as folder:
        again = isthmus.load(fitted.save(Path(folder) / "model.safetensors"))
    return float(np.abs(fitted.transform(_examples()) - again.transform(_examples())).max())
