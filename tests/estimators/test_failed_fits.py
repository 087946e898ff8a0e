"""A fit that fails leaves the estimator as it was."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

import isthmus
from isthmus import (
    Autoencoder,
    AutoencoderClassifier,
    AutoencoderRegressor,
    ConditionalAutoencoder,
    samplers,
)
from isthmus.errors import DataError, SettingError

X, y = load_digits(return_X_y=True)
X, y = X[:120], y[:120]
SETTINGS = {"hidden": (8,), "epochs": 1, "random_state": 0}


@pytest.mark.parametrize(
    ("estimator", "target", "other"),
    [
        (Autoencoder(2, **SETTINGS), None, None),
        (AutoencoderClassifier(2, **SETTINGS), y, y % 2),
        (AutoencoderRegressor(2, **SETTINGS), 1.0 * y, 1000.0 * y),
        (ConditionalAutoencoder(Autoencoder(2, latent="gaussian", **SETTINGS)), y, y % 2),
    ],
)
def test_a_model_survives_a_fit_that_is_refused(estimator, target, other):
    estimator.fit(X, target)
    before = dict(vars(estimator))
    with pytest.raises(ValueError, match="missing"):
        estimator.fit(X[:, :5] * np.nan, other)
    assert vars(estimator) == before


def test_a_step_that_is_refused_too():
    estimator = AutoencoderRegressor(2, **SETTINGS).partial_fit(X, y)
    before = dict(vars(estimator))
    with pytest.raises(ValueError, match="missing"):
        estimator.partial_fit(X * np.nan, y)
    assert vars(estimator) == before


@pytest.mark.parametrize(
    ("labels", "named"),
    [
        (np.datetime64("2020-01-01") + y, "dates"),
        (np.array([b"x", "a"] * 60, object), "bytes and str"),
    ],
)
def test_labels_that_a_file_cannot_hold_are_refused(labels, named):
    for estimator in (AutoencoderClassifier(2, **SETTINGS), ConditionalAutoencoder()):
        with pytest.raises(DataError, match=f"y holds {named}"):
            estimator.fit(X, labels)


def test_conditions_are_never_missing():
    with pytest.raises(DataError, match="y holds NoneType and str"):
        ConditionalAutoencoder().fit(X, np.array([None, "a"] * 60, object))


def test_a_held_out_part_that_is_none_is_refused():
    with pytest.raises(DataError, match="must be a pair"):
        AutoencoderClassifier(2, **SETTINGS).fit(X, y, validation_data=X)
    with pytest.raises(DataError, match="examples alone"):
        Autoencoder(2, **SETTINGS).fit(X, validation_data=(X, y))


def test_what_is_no_single_autoencoder_is_refused():
    inner = ConditionalAutoencoder(AutoencoderClassifier(2, **SETTINGS))
    with pytest.raises(SettingError, match=r"must be an isthmus\.Autoencoder"):
        inner.fit(X, y)
    conditional = ConditionalAutoencoder(Autoencoder(2, latent="gaussian", **SETTINGS)).fit(X, y)
    with pytest.raises(SettingError, match="one for each label"):
        samplers.fit("normal", conditional, X)
    with pytest.raises(DataError, match="no examples"):
        conditional.transform(X[:0], y[:0])


def test_unscaling_takes_examples_of_all_features():
    fitted = Autoencoder(2, **SETTINGS).fit(X)
    np.testing.assert_allclose(fitted.unscale(fitted.scale(X)), X, atol=1e-4)
    with pytest.raises(DataError, match="have 5 features, and this model's have 64"):
        fitted.unscale(np.zeros((3, 5)))
    with pytest.raises(SettingError, match=r"n is 2\.5"):
        fitted.sample(2.5)
    with pytest.raises(DataError, match="image_shape is 8"):
        isthmus.Autoencoder(2, image_shape=8, **SETTINGS).fit(X)


def test_a_model_is_not_saved_under_a_code_size_that_it_does_not_have(tmp_path):
    fitted = Autoencoder(2, **SETTINGS).fit(X).set_params(latent_dim=5)
    with pytest.raises(SettingError, match="set to 5 since a code of 2 was fitted"):
        fitted.save(tmp_path / "model.safetensors")
    assert not list(tmp_path.iterdir())
