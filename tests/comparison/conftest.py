"""Fits of two kinds and two seeds on a few digits, and runs of the command line."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

import isthmus
from isthmus.comparison import compare

DIGITS = load_digits()
X, Y = DIGITS.images.astype(np.float32), DIGITS.target
DATA = {"train": (X[:300], Y[:300]), "test": (X[300:400], Y[300:400])}
QUICK = {"hidden": (12,), "epochs": 2, "image_shape": (8, 8)}


def fit(seed=0, **settings):
    return isthmus.Autoencoder(2, **QUICK | settings, random_state=seed).fit(DATA["train"][0])


@pytest.fixture(scope="session")
def fits():
    """Two seeds each of two settings; the second setting learns a little more."""
    return {
        "short-seed-0": fit(0, epochs=1, start="random"),
        "short-seed-1": fit(1, epochs=1, start="random"),
        "vae-seed-0": fit(0, latent="gaussian", likelihood="gaussian"),
        "vae-seed-1": fit(1, latent="gaussian", likelihood="gaussian"),
        "long": fit(0),
    }


@pytest.fixture(scope="session")
def compared(fits):
    return compare(fits, DATA)


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    """The folders of three runs on the digits, two of which differ in the seed alone."""
    from isthmus.cli import main

    folder = tmp_path_factory.mktemp("runs")
    quick = ["--limit", "200", "--epochs", "1", "--quiet", "--json"]
    for name, own in {
        "narrow-0": ["--hidden", "4"],
        "narrow-1": ["--hidden", "4", "--seed", "1"],
        "wide": ["--hidden", "12"],
    }.items():
        assert main(["fit", "digits", "--out", str(folder / name), *own, *quick]) == 0
    return [folder / name for name in ("narrow-0", "narrow-1", "wide")]
