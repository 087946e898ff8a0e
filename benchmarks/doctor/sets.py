"""Clean data: small, real where there is some, and generated."""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
from sklearn import datasets

from isthmus.data import open_source
from isthmus.doctor import Data


@cache
def digits() -> np.ndarray:
    """Return 1,797 digits (n, 64), 0 to 16."""
    return datasets.load_digits().data


@cache
def wine() -> tuple[np.ndarray, np.ndarray]:
    """Return 178 wines (n, 13) and their kinds."""
    return datasets.load_wine(return_X_y=True)


@cache
def breast_cancer() -> np.ndarray:
    """Return 569 tumours (n, 30)."""
    return datasets.load_breast_cancer().data


@cache
def diabetes() -> np.ndarray:
    """Return 442 patients (n, 10)."""
    return datasets.load_diabetes().data


@cache
def mnist(n: int = 2_000) -> np.ndarray:
    """Return MNIST digits (n, 784), 0 to 255."""
    return np.asarray(open_source("mnist").examples[:n]).reshape(n, -1)


@cache
def counts() -> np.ndarray:
    """Return 500 overdispersed counts (n, 20) of three kinds of rows."""
    rng = np.random.default_rng(10)
    means = rng.gamma(1.0, 20.0, size=(3, 20))[rng.integers(0, 3, 500)]
    return rng.negative_binomial(2, 2 / (2 + means)).astype(float)


@cache
def bits() -> np.ndarray:
    """Return 500 rows (n, 30) of bits from four prototypes, a tenth of them flipped."""
    rng = np.random.default_rng(11)
    prototypes = rng.random((4, 30)) < 0.5
    return (prototypes[rng.integers(0, 4, 500)] ^ (rng.random((500, 30)) < 0.1)).astype(float)


@cache
def factors() -> np.ndarray:
    """Return 600 rows (n, 20) of three factors and noise."""
    rng = np.random.default_rng(12)
    return rng.normal(size=(600, 3)) @ rng.normal(size=(3, 20)) + 0.3 * rng.normal(size=(600, 20))


@cache
def iris() -> np.ndarray:
    """Return 150 flowers (n, 4)."""
    return datasets.load_iris().data


@cache
def blobs() -> np.ndarray:
    """Return 500 rows (n, 6) about four centres."""
    return datasets.make_blobs(500, 6, centers=4, random_state=0)[0]


@cache
def roll() -> np.ndarray:
    """Return 800 points (n, 3) of a rolled sheet."""
    return datasets.make_swiss_roll(800, noise=0.1, random_state=0)[0]


def shuffled(x: np.ndarray) -> np.ndarray:
    """Return rows in random order."""
    return x[np.random.default_rng(13).permutation(len(x))]


def _benchmark(name: str) -> Data:
    """Return a table of ADBench with its labels."""
    with np.load(Path(os.environ["ISTHMUS_DATA"], "adbench", f"{name}.npz")) as arrays:
        return Data(arrays["X"], arrays["y"])


def pima() -> Data:
    """Return a table whose blood pressures of 0 were not taken: a mistake that nobody planted."""
    return _benchmark("29_Pima")


def clean() -> Iterator[tuple[str, Data]]:
    """Yield twenty data sets without a planted mistake, as a user would hand them over."""
    for name in ("iris", "wine", "breast_cancer", "diabetes"):
        bunch = getattr(datasets, f"load_{name}")()
        yield name, Data(bunch.data, bunch.target, list(bunch.feature_names))
    labels = datasets.load_digits().target
    yield "digits", Data(digits(), labels, image_shape=(8, 8, 1))
    yield "digits without labels", Data(digits(), image_shape=(8, 8, 1))
    yield "MNIST, 2,000", Data(mnist(), image_shape=(28, 28, 1))
    letters = open_source("letters-5x7")
    yield "letters-5x7", Data(letters.examples, letters.labels, image_shape=letters.image_shape)
    yield "iris without labels", Data(iris())
    for name in ("14_glass", "18_Ionosphere", "42_WBC", "4_breastw", "28_pendigits", "6_cardio"):
        yield name, _benchmark(name)
    yield "blobs", Data(*datasets.make_blobs(500, 6, centers=4, random_state=0))
    yield "Swiss roll", Data(roll())
    yield "factors", Data(factors())
    yield "counts", Data(counts())
    yield "bits", Data(bits())
