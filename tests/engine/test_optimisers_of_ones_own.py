"""Optax's optimisers beyond the names: they work, or a sentence says what does."""

import equinox as eqx
import jax
import numpy as np
import optax
import pytest

from isthmus import Autoencoder
from isthmus.errors import SettingError

SMALL = {"hidden": (4,), "epochs": 1, "random_state": 0}


@pytest.mark.parametrize(
    ("optimizer", "words"),
    [
        (optax.lbfgs(), "asks for more than gradients"),
        (optax.adam, r"give what it makes, adam\(1e-3\)"),
        (optax.MultiSteps(optax.adam(1e-3), 2), r"give its gradient_transformation\(\)"),
    ],
    ids=["lbfgs", "factory", "MultiSteps"],
)
def test_those_that_cannot_be_are_refused_in_a_sentence(optimizer, words, digits) -> None:
    with pytest.raises(SettingError, match=words):
        Autoencoder(optimizer=optimizer, **SMALL).fit(digits)


def test_steps_that_are_gathered_work(digits) -> None:
    optimizer = optax.MultiSteps(optax.adam(1e-3), 2).gradient_transformation()
    fitted = Autoencoder(optimizer=optimizer, **SMALL).fit(digits)
    assert np.isfinite(fitted.transform(digits)).all()


def test_a_module_with_a_state_is_refused_in_a_sentence(digits) -> None:
    class Normalised(eqx.Module):
        layer: eqx.nn.Linear
        norm: eqx.nn.BatchNorm

        def __call__(self, x, state):
            x, state = self.norm(self.layer(x), state)
            return x, state

    key = jax.random.key(0)
    norm = eqx.nn.BatchNorm(2, axis_name="batch", mode="batch")
    own = Normalised(eqx.nn.Linear(64, 2, key=key), norm)
    with pytest.raises(SettingError, match="Normalised holds a state"):
        Autoencoder(encoder=own, decoder=None, epochs=1).fit(digits)
