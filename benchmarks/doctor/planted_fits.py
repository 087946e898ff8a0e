"""Mistakes in fits: every one is a name, the check that must name it, a model and its data."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from benchmarks.doctor import sets

from isthmus import Autoencoder, AutoencoderClassifier, recipes
from isthmus.corruption import Gaussian, Masking
from isthmus.latents import Deterministic, VectorQuantised
from isthmus.penalties import L1, WeightDecay

Case = tuple[str, str, Callable[[], Any], Callable[[], np.ndarray], np.ndarray | None]

SEED = {"random_state": 0}


def planted() -> Iterator[Case]:
    """Yield what was done, the check that must name it, a model, its data and labels."""
    digits, wine, tumours = sets.digits, _wine, sets.breast_cancer
    for what, check, make, data in (
        ("posterior collapse", "collapsed-posterior", _vae(8, beta=100, epochs=30), digits),
        ("collapse on a table", "collapsed-posterior", _vae(4, beta=50, epochs=40), wine),
        ("a dead ReLU code", "dead-dimensions", _dead, digits),
        ("rate of 1", "learning-rate", _plain(8, learning_rate=1.0, start="random"), digits),
        ("rate of 0.3, drawn code", "learning-rate", _vae(4, learning_rate=0.3), digits),
        ("five epochs", "unconverged", _plain(8, epochs=5, start="random"), digits),
        ("five epochs, drawn code", "unconverged", _vae(8, epochs=5), digits),
        ("rate of 1e-6", "unconverged", _plain(8, learning_rate=1e-6, epochs=20), digits),
        ("60 examples, wide layers", "overfitting", _memory(8, 512), lambda: digits()[:60]),
        ("178 examples, no decay", "overfitting", _memory(4, 256), wine),
        ("15 dimensions for 3 factors", "code-too-large", _plain(15, epochs=60), sets.factors),
        ("1 dimension for digits", "code-too-small", _plain(1, epochs=60), digits),
        ("4 dimensions for 12 factors", "code-too-small", _plain(4, epochs=60), _twelve),
        ("worse than PCA: a layer of 4", "worse-than-pca", _narrow, digits),
        ("noise of 5 ranges", "noise-too-strong", _noisy(Gaussian(5.0)), digits),
        ("97% masked", "noise-too-strong", _noisy(Masking(0.97)), digits),
        ("codebook of 512 for 40 kinds", "codebook-use", _codebook, _kinds),
        ("beta of 0.001", "prior-mismatch", _vae(4, beta=0.001, epochs=60), digits),
        ("beta of 0.0001 on a table", "prior-mismatch", _vae(2, beta=1e-4, epochs=60), tumours),
        ("samples out of range", "output-range", _plain(8, epochs=40), digits),
        ("weight decay of 10", "heavy-penalty", _decayed, digits),
    ):
        yield what, check, make, data, None
    yield "shuffled labels", "head-at-chance", _classifier, digits, _shuffled_labels()


def clean() -> Iterator[tuple[str, Callable[[], Any], Callable[[], np.ndarray]]]:
    """Yield twenty models with their defaults, and data that suits them."""
    yield "iris", _default(2), lambda: sets.iris()
    yield "wine", _default(4), _wine
    yield "tumours", _default(6), sets.breast_cancer
    yield "diabetes", _default(4), sets.diabetes
    yield "digits, 8", _default(8), sets.digits
    yield "digits, 16", _default(16), sets.digits
    yield "digits, a map", _default(2), sets.digits
    yield "factors", _default(3), sets.factors
    yield "blobs", _default(3), sets.blobs
    yield "Swiss roll", _default(2), sets.roll
    yield "bits", _default(4), sets.bits
    yield "MNIST", _default(16), sets.mnist
    yield "digits, drawn", lambda: recipes.vae(8, **SEED), sets.digits
    yield "digits, a drawn map", lambda: recipes.vae(2, **SEED), sets.digits
    yield "wine, drawn", lambda: recipes.vae(2, **SEED), _wine
    yield "tumours, drawn", lambda: recipes.vae(4, **SEED), sets.breast_cancer
    yield "bits, drawn", lambda: recipes.vae(3, **SEED), sets.bits
    yield "digits, denoising", lambda: recipes.denoising(8, **SEED), sets.digits
    yield "digits, sparse", lambda: recipes.sparse(16, **SEED), sets.digits
    yield "digits, codebook", lambda: recipes.vq_vae(16, size=32, **SEED), sets.digits


def _default(d: int) -> Callable[[], Any]:
    return lambda: Autoencoder(d, **SEED)


def _plain(d: int, **settings: Any) -> Callable[[], Any]:
    return lambda: Autoencoder(d, **SEED | {"epochs": 30} | settings)


def _vae(d: int, **settings: Any) -> Callable[[], Any]:
    return lambda: recipes.vae(d, **SEED | {"epochs": 30} | settings)


def _noisy(corruption: Any) -> Callable[[], Any]:
    return lambda: recipes.denoising(8, corruption=corruption, epochs=40, **SEED)


def _memory(d: int, width: int) -> Callable[[], Any]:
    settings = {"hidden": (width, width), "epochs": 400, "penalties": (), "patience": 0}
    return lambda: Autoencoder(d, **settings, **SEED)


def _dead() -> Any:
    latent = Deterministic(activation="relu")
    return Autoencoder(16, latent=latent, penalties=(L1(5.0),), epochs=30, **SEED)


def _narrow() -> Any:
    return Autoencoder(8, hidden=(4,), start="random", epochs=40, **SEED)


def _decayed() -> Any:
    return Autoencoder(8, penalties=(WeightDecay(10.0),), epochs=40, **SEED)


def _codebook() -> Any:
    latent = VectorQuantised(size=512, parts=1)
    return recipes.vq_vae(8, latent=latent, epochs=40, **SEED)


def _classifier() -> Any:
    return AutoencoderClassifier(4, epochs=3, **SEED)


def _wine() -> np.ndarray:
    return sets.wine()[0]


def _twelve() -> np.ndarray:
    rng = np.random.default_rng(20)
    return rng.normal(size=(600, 12)) @ rng.normal(size=(12, 40))


def _kinds() -> np.ndarray:
    rng = np.random.default_rng(21)
    return rng.normal(size=(40, 20))[rng.integers(0, 40, 3000)] + 0.05 * rng.normal(size=(3000, 20))


def _shuffled_labels() -> np.ndarray:
    return np.random.default_rng(22).integers(0, 10, len(sets.digits()))
