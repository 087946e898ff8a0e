"""A small table with a relation, and a detector of its outliers."""

import numpy as np
import pytest

from isthmus import Autoencoder, OutlierDetector


@pytest.fixture(scope="session")
def small():
    """Return an unfitted autoencoder that is quick to fit."""
    return Autoencoder(2, hidden=(8,), epochs=3, patience=0, validation_fraction=0.0)


@pytest.fixture(scope="session")
def draw():
    """Return a function that draws usual examples: five columns by two causes, and noise."""

    def make(n, seed=0):
        rng = np.random.default_rng(seed)
        causes = rng.normal(size=(n, 2))
        mixing = np.array([[1.0, 0.5, 0.0, -1.0, 0.7], [0.0, 0.8, 1.0, 0.4, -0.9]])
        noise = 0.1 * rng.normal(size=(n, 5))
        return (causes @ mixing + noise) * [1, 10, 1, 2, 5]

    return make


@pytest.fixture(scope="session")
def detector(small, draw):
    """Return a detector that is fitted to usual examples."""
    return OutlierDetector(small, random_state=0).fit(draw(600))
