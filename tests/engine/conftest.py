"""A tiny training that compiles once for all these tests."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from isthmus import Autoencoder


@pytest.fixture(scope="session")
def digits() -> np.ndarray:
    return load_digits().data[:200].astype(np.float32)


@pytest.fixture(scope="session")
def make():
    """Return a function that makes a small estimator; other numbers share its program."""

    def make(**settings) -> Autoencoder:
        sizes = {"hidden": (8,), "epochs": 4, "batch_size": 32}
        small = sizes | {"penalties": (), "patience": 10, "random_state": 0}
        return Autoencoder(**small | settings)

    return make
