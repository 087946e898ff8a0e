"""Small fits that share one compiled program wherever their shapes agree."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from isthmus import Autoencoder

SIZES = {"hidden": (8,), "epochs": 2, "batch_size": 32, "patience": 10}
SMALL = SIZES | {"penalties": (), "random_state": 0}


@pytest.fixture(scope="session")
def digits() -> np.ndarray:
    examples = load_digits().data[:200]
    examples.setflags(write=False)  # all tests share it
    return examples


@pytest.fixture(scope="session")
def labels() -> np.ndarray:
    return load_digits().target[:200]


@pytest.fixture(scope="session")
def table() -> np.ndarray:
    """Return real columns of different scales, the last one constant."""
    rng = np.random.default_rng(0)
    factors = rng.normal(size=(200, 2)) @ rng.normal(size=(2, 4))
    noise = 0.1 * rng.normal(size=(200, 4))
    columns = (factors + noise) * [1, 10, 100, 1e-3] + [0, 5, -300, 0]
    return np.column_stack([columns, np.full(200, 3.7)])


@pytest.fixture(scope="session")
def make():
    """Return a function that makes a small estimator of a class."""

    def make_small(kind=Autoencoder, /, **settings):
        return kind(**SMALL | settings)

    return make_small


@pytest.fixture(scope="session")
def fitted(make, digits):
    """Return an autoencoder fitted to the digits; leave it as it is."""
    return make().fit(digits)
