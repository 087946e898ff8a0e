"""A small data set, and an autoencoder that is fitted in an instant."""

import numpy as np
import pytest
from sklearn.datasets import load_digits


@pytest.fixture(scope="session")
def digits() -> tuple[np.ndarray, np.ndarray]:
    x, y = load_digits(return_X_y=True)
    x.setflags(write=False)  # all tests share it
    return x[:150], y[:150]


@pytest.fixture
def small() -> dict:
    return {"hidden": (8,), "epochs": 2, "random_state": 0}


@pytest.fixture(autouse=True)
def _calm(recwarn):
    """Leave other libraries' own warnings alone."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
