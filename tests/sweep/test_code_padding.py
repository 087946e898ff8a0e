"""A wider code with weights of zero is the smaller model exactly."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isthmus import Autoencoder, networks
from isthmus.engine import train
from isthmus.estimators import fitting
from isthmus.estimators.code_padding import can_pad, resize

RNG = np.random.default_rng(0)
X = (RNG.normal(size=(64, 3)) @ RNG.normal(size=(3, 6))).astype(np.float32)


def replica(**settings):
    common = {"hidden": (5,), "epochs": 4, "batch_size": 16, "validation_fraction": 0}
    return fitting.prepare(
        Autoencoder(2, random_state=0, **common | settings), X, None, None
    ).replica


def trained(replica, model):
    done = train(model, replica.optimiser, replica.feed, epochs=4, seed=replica.seed)
    return done.model, [record.train_loss for record in done.records]


@pytest.mark.parametrize(
    "settings",
    [
        {"start": "pca", "penalties": ()},
        {"start": "random", "penalties": "weight_decay"},
        {"start": "random", "penalties": "l2", "corruption": "gaussian"},
        {"start": "pca", "optimizer": "sgd", "activation": "sigmoid"},
    ],
)
def test_the_zeros_stay_and_the_rest_learns_as_if_they_were_not_there(settings):
    one = replica(**settings)
    assert can_pad(one.model)
    wide = resize(one.model, 5)
    assert wide.latent_dim == 5
    small, losses = trained(one, one.model)
    large, wide_losses = trained(one, wide)
    np.testing.assert_allclose(wide_losses, losses, rtol=1e-4)
    assert not np.asarray(large.code(jnp.asarray(X)))[:, 2:].any()
    back = resize(large, 2)
    assert jax.tree.structure(back) == jax.tree.structure(small)
    for a, b in zip(jax.tree.leaves(back), jax.tree.leaves(small), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-2, atol=1e-3)


def test_there_and_back_changes_nothing():
    one = replica().model
    back = resize(resize(one, 9), 2)
    for a, b in zip(jax.tree.leaves(back), jax.tree.leaves(one), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    "settings",
    [
        {"latent": "gaussian"},
        {"decoder": "tied"},
        {"penalties": "mmd"},
        {"penalties": "l1"},
        {"penalties": "contraction"},
        {
            "hidden": "auto",
            "encoder": networks.Dense((4,), finish_output=True),
            "decoder": networks.Dense((4,)),
        },
    ],
)
def test_where_a_zero_would_not_be_nothing_it_is_refused(settings):
    assert not can_pad(replica(start="random", **settings).model)
