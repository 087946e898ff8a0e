"""Small estimators of every recipe, without training: an export computes what they compute."""

import functools

import equinox as eqx
import jax
import numpy as np
import pytest
from sklearn.datasets import load_digits

from isthmus import ConditionalAutoencoder
from isthmus.estimators import fitting
from isthmus.model import partition
from isthmus.networks import Convolutional
from isthmus.recipes import RECIPES

OWN = {
    "convolutional": {"encoder": Convolutional((4,), kernel_size=3, hidden=())},
    "sparse": {"latent_dim": 8, "hidden": (12,)},
    "top_k": {"latent_dim": 8, "k": 4, "hidden": (12,)},
    "batch_top_k": {"latent_dim": 8, "k": 4, "hidden": (12,)},
    "categorical_vae": {"latent_dim": 40, "hidden": (12,)},
    "vamp_vae": {"latent_dim": 4, "components": 3, "hidden": (12,)},
}
DIGITS = load_digits()
X = DIGITS.images[:60].astype(np.float32)
Y = DIGITS.target[:60]


def ready(estimator):
    """Give an estimator the attributes of a fit, and weights that are not learned but drawn."""
    prepared = fitting.prepare(estimator, X, Y)
    estimator.model_ = moved(prepared.replica.model)
    estimator.code_mean_ = np.zeros(estimator.latent_dim)
    estimator.code_covariance_ = np.eye(estimator.latent_dim)
    return estimator


def moved(model):
    """Return a model whose trainable arrays are moved at random, so that none is zero."""
    rng = np.random.default_rng(0)

    def move(leaf):
        return leaf + 0.1 * rng.standard_normal(leaf.shape).astype(np.float32)

    parameters, rest = partition(model)
    return eqx.combine(jax.tree.map(move, parameters), rest)


def of_recipe(name):
    shape = {"latent_dim": 4} | OWN.get(name, {"hidden": (12,)})
    estimator = RECIPES[name].make(**shape, random_state=0)
    if isinstance(estimator, ConditionalAutoencoder):
        estimator = estimator.as_autoencoder()
    return ready(estimator)


@pytest.fixture(scope="session")
def estimators():
    """Return a function from a recipe's name to its estimator, made once."""
    return functools.cache(of_recipe)


@pytest.fixture(scope="session")
def make_ready():
    """Return a function that gives an unfitted estimator the attributes of a fit."""
    return ready


@pytest.fixture(scope="session")
def batch():
    """Return images (n, 8, 8) and their labels."""
    return X, Y
