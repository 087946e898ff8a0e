"""Small estimators of every recipe, without training: an export computes what they compute."""

import functools
import json
import shutil
import subprocess

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
X = DIGITS.images[:40].astype(np.float32)
Y = DIGITS.target[:40]


def untrained(name, **settings):
    """Return an estimator as after a fit, whose weights were not learned but moved at random."""
    shape = {"latent_dim": 4} | OWN.get(name, {"hidden": (12,)})
    estimator = RECIPES[name].make(**(shape | {"random_state": 0} | settings))
    if isinstance(estimator, ConditionalAutoencoder):
        estimator = estimator.as_autoencoder()
    estimator.model_ = moved(fitting.prepare(estimator, X, Y).lane.model)
    return estimator


def moved(model):
    """Return a model whose trainable arrays are moved at random, so that none is zero."""
    rng = np.random.default_rng(0)

    def move(leaf):
        return leaf + 0.1 * rng.standard_normal(leaf.shape).astype(np.float32)

    parameters, rest = partition(model)
    return eqx.combine(jax.tree.map(move, parameters), rest)


@pytest.fixture(scope="session")
def estimators():
    """Return a function from a recipe's name to its estimator, made once."""
    return functools.cache(untrained)


@pytest.fixture(scope="session")
def batch():
    """Return examples and their labels."""
    return X.reshape(len(X), -1), Y


@pytest.fixture(scope="session")
def run_javascript():
    """Return a function that runs exported JavaScript in node on rows of inputs, dicts each."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed, so the exported JavaScript cannot be run")

    def run(source, rows):
        script = (
            f"{source}\nconst rows = JSON.parse(require('fs').readFileSync(0));"
            "const plain = model.runAll(rows).map((row) => Object.fromEntries("
            "Object.entries(row).map(([name, data]) => [name, Array.from(data)])));"
            "process.stdout.write(JSON.stringify(plain));"
        )
        given = subprocess.run(
            [node, "-e", script], input=json.dumps(rows), capture_output=True, text=True, check=True
        )
        return json.loads(given.stdout)

    return run
