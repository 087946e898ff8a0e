"""To scikit-learn a sweep is what its estimator is."""

import numpy as np
import pytest
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.datasets import load_digits
from sklearn.model_selection import cross_val_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from isthmus import Autoencoder, AutoencoderClassifier, AutoencoderRegressor, Sweep
from isthmus.errors import DataError

QUICK = {"hidden": (8,), "epochs": 2, "batch_size": 32}
SURE = {"hidden": (16,), "epochs": 60, "learning_rate": 1e-2}
X, LABELS = load_digits(return_X_y=True)
X, LABELS = X[:240], LABELS[:240]


@parametrize_with_checks(
    [
        Sweep(Autoencoder(**QUICK), {"latent_dim": [2]}, strategy="in turn"),
        Sweep(AutoencoderClassifier(**SURE), {"classification_weight": [10.0]}),
        Sweep(AutoencoderRegressor(**SURE), {"regression_weight": [10.0]}),
    ]
)
def test_sweeps_keep_the_contract(estimator, check):
    check(estimator)


def test_a_sweep_of_classifiers_is_cross_validated_on_stratified_folds():
    order = np.argsort(LABELS, kind="stable")
    few, labels = X[order], LABELS[order]
    classifier = AutoencoderClassifier(8, **SURE, random_state=0)
    sweep = Sweep(classifier, {"classification_weight": [10.0]})
    assert is_classifier(sweep)
    assert cross_val_score(sweep, few, labels, cv=3).min() > 0.6


@pytest.fixture(scope="module")
def classifiers():
    sweep = Sweep(AutoencoderClassifier(**QUICK), {"latent_dim": [2, 8]}, strategy="together")
    return sweep.fit(X, LABELS)


def test_the_best_classifier_answers(classifiers):
    best = classifiers.best_estimator_
    np.testing.assert_array_equal(classifiers.classes_, np.arange(10))
    assert classifiers.n_features_in_ == 64
    for method in ("predict", "predict_proba", "decision_function", "score_samples", "transform"):
        np.testing.assert_array_equal(getattr(classifiers, method)(X), getattr(best, method)(X))
    assert classifiers.score(X, LABELS) == best.score(X, LABELS)


def test_points_that_share_a_program_learn_the_same_heads(classifiers):
    for point in classifiers.points_:
        alone = AutoencoderClassifier(**QUICK, **point.params, random_state=point.seed)
        (train, y), (held, y_held) = classifiers._split(X, LABELS, None)
        alone.fit(train, y, validation_data=(held, y_held))
        assert point.score == pytest.approx(alone.score(held, y_held), abs=0.05)
        assert point.mse == pytest.approx(alone.measure(held)["mse"], rel=1e-3)


def test_a_regressor_is_swept_as_one():
    y = X[:, 20:22] @ [1.0, 2.0]
    sweep = Sweep(AutoencoderRegressor(**QUICK), {"latent_dim": [2, 4]}).fit(X, y)
    assert is_regressor(sweep)
    assert not hasattr(sweep, "predict_proba")
    assert not hasattr(sweep, "classes_")
    assert sweep.predict(X).shape == (240,)
    assert sweep.score(X, y) == sweep.best_estimator_.score(X, y)


def test_a_conditioned_autoencoder_is_swept_with_its_labels():
    inner = Autoencoder(2, latent="gaussian", condition=True, **QUICK)
    sweep = Sweep(inner, {"learning_rate": [1e-3, 1e-2]}, strategy="together")
    codes = sweep.fit_transform(X, LABELS)
    np.testing.assert_array_equal(codes, sweep.best_estimator_.transform(X, labels=LABELS))
    assert len({point.mse for point in sweep.points_}) == 2
    (_, _), (held, labels) = sweep._split(X, LABELS, None)
    assert set(labels) == set(range(10))  # as many of each
    assert sweep.best_estimator_.score(held, labels) == pytest.approx(sweep.best_score_)
    with pytest.raises(DataError, match="requires y"):
        clone(sweep).fit(X)
