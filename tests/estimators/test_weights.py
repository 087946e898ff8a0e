"""Weights of examples: what a weight does is what repeating an example does."""

import jax
import numpy as np
import pytest
import sklearn
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_digits
from sklearn.ensemble import AdaBoostClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from isthmus import Autoencoder, AutoencoderClassifier, AutoencoderRegressor
from isthmus.errors import DataError, SettingError

WHOLE = {
    "hidden": (8,), "epochs": 20, "batch_size": 4096, "validation_fraction": 0, "patience": 0,
    "penalties": (), "scaling": "none", "start": "random", "random_state": 0,
    "learning_rate": 0.01, "likelihood": "gaussian",
}  # fmt: skip
SMALL = {"hidden": (8,), "epochs": 2, "random_state": 0}


@pytest.fixture(scope="module")
def digits():
    x, y = load_digits(return_X_y=True)
    return x[:120] / 16, y[:120]


def weights_of(fitted):
    return [np.asarray(leaf) for leaf in jax.tree.leaves(fitted.model_)]


def test_a_weight_of_two_is_the_example_twice(digits) -> None:
    x, _ = digits
    counts = np.arange(len(x)) % 3
    repeated = Autoencoder(2, **WHOLE).fit(np.repeat(x, counts, axis=0))
    weighted = Autoencoder(2, **WHOLE).fit(x, sample_weight=counts)
    alike = Autoencoder(2, **WHOLE).fit(x)
    mine, theirs = weighted.reconstruct(x), repeated.reconstruct(x)
    assert np.abs(mine - theirs).max() < 1e-3
    assert np.abs(mine - alike.reconstruct(x)).max() > 1e-2


@pytest.mark.parametrize("weight", [None, 1.0, 3.5, np.full(120, 0.25)], ids=str)
def test_equal_weights_change_no_bit(digits, weight) -> None:
    x, _ = digits
    plain, weighted = (
        Autoencoder(2, **SMALL).fit(x),
        Autoencoder(2, **SMALL).fit(x, sample_weight=weight),
    )
    for a, b in zip(weights_of(plain), weights_of(weighted), strict=True):
        assert np.array_equal(a, b)


@pytest.mark.parametrize(
    ("weight", "words"),
    [
        (np.ones(3), "shape"),
        (-np.ones(120), "at least zero"),
        (np.zeros(120), "not zero for every"),
        (np.full(120, np.nan), "finite"),
        (["a"] * 120, "no number"),
    ],
)
def test_weights_that_cannot_be(digits, weight, words) -> None:
    with pytest.raises(DataError, match=words):
        Autoencoder(2, **SMALL).fit(digits[0], sample_weight=weight)


def test_every_kind_of_fit_takes_them(digits) -> None:
    x, y = digits
    weight = 1.0 + (y == 3)
    for estimator in (
        AutoencoderClassifier(2, **SMALL),
        AutoencoderRegressor(2, **SMALL),
        Autoencoder(2, condition=True, latent="gaussian", **SMALL),
    ):
        assert estimator.fit(x, y, sample_weight=weight).n_epochs_ == 2
        assert estimator.partial_fit(x, y, sample_weight=weight).n_epochs_ == 3


def test_class_weights_are_weights_of_examples(digits) -> None:
    x, y = digits
    by_class = AutoencoderClassifier(2, class_weight={0: 5.0}, **SMALL).fit(x, y)
    weight = np.where(y == 0, 5.0, 1.0)
    by_example = AutoencoderClassifier(2, **SMALL).fit(x, y, sample_weight=weight)
    for a, b in zip(weights_of(by_class), weights_of(by_example), strict=True):
        assert np.array_equal(a, b)
    AutoencoderClassifier(2, class_weight="balanced", **SMALL).fit(x, y)
    with pytest.raises(SettingError, match="class_weight"):
        AutoencoderClassifier(2, class_weight="fair", **SMALL).fit(x, y)


def test_scikit_learns_own_uses(digits) -> None:
    x, y = digits
    learned = SMALL | {"epochs": 20}  # AdaBoost refuses one that is no better than chance
    classifier = AutoencoderClassifier(2, decoder=None, **learned)
    assert AdaBoostClassifier(classifier, n_estimators=2).fit(x, y).predict(x).shape == y.shape
    calibrated = CalibratedClassifierCV(classifier, cv=2).fit(x, y, sample_weight=np.ones(len(y)))
    assert np.allclose(calibrated.predict_proba(x).sum(axis=1), 1)


def test_weights_are_routed(digits) -> None:
    x, y = digits
    weight = 1.0 + (y == 3)
    with sklearn.config_context(enable_metadata_routing=True):
        estimator = AutoencoderClassifier(2, **SMALL).set_fit_request(sample_weight=True)
        estimator.set_score_request(sample_weight=True)
        search = GridSearchCV(make_pipeline(estimator), {}, cv=2)
        assert search.fit(x, y, sample_weight=weight).predict(x).shape == y.shape
