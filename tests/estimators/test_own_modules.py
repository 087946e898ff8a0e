"""The user's own Equinox modules as encoder and decoder."""

import equinox as eqx
import jax
import numpy as np
import pytest

from isthmus import Autoencoder, networks
from isthmus.errors import SettingError


class Own(eqx.Module):
    """A linear map that counts as the user's."""

    weight: jax.Array

    def __call__(self, x):
        return self.weight @ x


def own(rows: int, columns: int) -> Own:
    return Own(0.1 * jax.random.normal(jax.random.key(rows), (rows, columns)))


class Noisy(eqx.Module):
    """A map with dropout, which wants a key while training and none after it."""

    linear: Own
    dropout: eqx.nn.Dropout

    def __call__(self, x, *, key=None):
        return self.linear(self.dropout(x, key=key))


def test_own_modules_learn(make, digits) -> None:
    modules = {"encoder": own(2, 64), "decoder": own(64, 2), "hidden": "auto"}
    estimator = make(**modules, epochs=15, learning_rate=0.02).fit(digits)
    losses = estimator.history_["train_loss"]
    assert losses[-1] < losses[0]
    moved = np.asarray(estimator.model_.encoder.module.weight)
    expected = estimator.scale(digits) @ moved.T
    np.testing.assert_allclose(estimator.transform(digits), expected, rtol=1e-4, atol=1e-5)
    assert np.array_equal(modules["encoder"].weight, own(2, 64).weight), "the user's is untouched"


def test_an_own_encoder_with_a_decoder_of_ours(make, digits) -> None:
    estimator = make(encoder=own(3, 64), decoder=networks.Dense(hidden=(8,)), hidden="auto")
    estimator.set_params(latent_dim=3).fit(digits)
    assert estimator.reconstruct(digits).shape == digits.shape


def test_dropout_acts_in_training_only(make, digits) -> None:
    encoder = Noisy(own(2, 64), eqx.nn.Dropout(0.5))
    estimator = make(encoder=encoder, decoder=own(64, 2), hidden="auto").fit(digits)
    assert np.array_equal(estimator.transform(digits), estimator.transform(digits))


def test_a_decoder_that_mirrors_an_unknown_encoder_is_refused(digits) -> None:
    with pytest.raises(SettingError, match="encoder of your own has no known inverse"):
        Autoencoder(encoder=own(2, 64)).fit(digits)


def test_widths_beside_a_whole_encoder_are_refused(digits) -> None:
    with pytest.raises(SettingError, match=r"hidden is .* encoder is given whole"):
        Autoencoder(encoder=own(2, 64), decoder=own(64, 2), hidden=(8,)).fit(digits)


def test_what_is_no_network_is_refused(digits) -> None:
    with pytest.raises(SettingError, match="encoder or decoder is 7; it must be a name"):
        Autoencoder(encoder=7, decoder=own(64, 2)).fit(digits)


def test_an_encoder_of_the_wrong_width_is_refused(digits) -> None:
    with pytest.raises(SettingError, match="Own turns 64 values into 3, and 2 are needed"):
        Autoencoder(encoder=own(3, 64), decoder=own(64, 2)).fit(digits)


def test_a_decoder_of_the_wrong_width_is_refused(digits) -> None:
    with pytest.raises(SettingError, match="Own turns 2 values into 63, and 64 are needed"):
        Autoencoder(encoder=own(2, 64), decoder=own(63, 2)).fit(digits)


def test_an_encoder_for_other_examples_is_refused(digits) -> None:
    with pytest.raises(
        SettingError, match="Own cannot take 64 values, as it must here: "
    ) as caught:
        Autoencoder(encoder=own(2, 63), decoder=own(64, 2)).fit(digits)
    assert "\n" not in str(caught.value)
