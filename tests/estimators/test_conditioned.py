"""An autoencoder that is conditioned on labels by a setting; the layer has test_conditional.py."""

import pickle

import jax
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score

import isthmus
from isthmus import Autoencoder, AutoencoderClassifier, ConditionalAutoencoder
from isthmus.errors import DataError, SettingError

SMALL = {"hidden": (8,), "epochs": 4, "batch_size": 32, "random_state": 0}
SMALL |= {"latent": "gaussian", "likelihood": "gaussian", "scaling": "standard"}
LABELS = np.array(["ant", "bee", "cat"])
METHODS = ("transform", "reconstruct", "score_samples")


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    y = LABELS[np.arange(90) % 3]
    X = rng.standard_normal((90, 5)) + 4 * (np.arange(90) % 3)[:, None]
    return X, y


@pytest.fixture(scope="module")
def fitted(data):
    return Autoencoder(2, condition=True, **SMALL).fit(*data)


def leaves(model):
    return [np.asarray(leaf) for leaf in jax.tree.leaves(model)]


def test_the_earlier_name_fits_and_answers_the_same_to_the_bit(fitted, data):
    X, y = data
    earlier = ConditionalAutoencoder(Autoencoder(2, **SMALL)).fit(X, y)
    for a, b in zip(leaves(earlier.model_), leaves(fitted.model_), strict=True):
        np.testing.assert_array_equal(a, b)
    for method in METHODS:
        now = getattr(fitted, method)(X, labels=y)
        np.testing.assert_array_equal(getattr(earlier, method)(X, y), now)
        np.testing.assert_array_equal(getattr(earlier, method)(X, y=y), now)
        np.testing.assert_array_equal(getattr(earlier, method)(X, labels=y), now)
    assert earlier.measure(X, y)["mse"] == fitted.measure(X, labels=y)["mse"]
    assert earlier.score(X, y) == fitted.score(X, y) == fitted.score(X, labels=y)
    codes = fitted.transform(X, labels=y)
    back = fitted.inverse_transform(codes, labels=y)
    np.testing.assert_array_equal(earlier.inverse_transform(codes, y), back)
    samples = fitted.sample(labels=y, random_state=1)
    np.testing.assert_array_equal(earlier.sample(y, random_state=1), samples)
    draws = {"n_samples": 4, "random_state": 0}
    np.testing.assert_array_equal(
        earlier.log_likelihood(X, y, **draws), fitted.log_likelihood(X, labels=y, **draws)
    )


@pytest.mark.parametrize("kind", ["setting", "earlier name"])
def test_the_contract_of_a_transformer_holds_with_labels(kind, data):
    X, y = data
    made = Autoencoder(2, **SMALL)
    made = made.set_params(condition=True) if kind == "setting" else ConditionalAutoencoder(made)
    codes = made.fit_transform(X, y)
    np.testing.assert_array_equal(codes, made.transform(X, labels=y))
    assert made.n_features_in_ == 5
    names = [f"{type(made).__name__.lower()}{i}" for i in range(2)]
    assert list(made.get_feature_names_out()) == names
    frame = made.set_output(transform="pandas").transform(X, labels=y)
    assert list(frame.columns) == names
    made.set_output(transform="default")
    order = np.random.default_rng(0).permutation(90)[:40]
    np.testing.assert_array_equal(made.transform(X[order], labels=y[order]), codes[order])
    assert made.transform(X.astype(np.float32), labels=y).dtype == np.float32
    again = pickle.loads(pickle.dumps(made))
    np.testing.assert_array_equal(again.transform(X, labels=y), codes)
    np.testing.assert_array_equal(clone(made).fit(X, y).transform(X, labels=y), codes)


def test_names_of_columns_are_kept(data):
    X, y = data
    frame = pd.DataFrame(X, columns=list("abcde"))
    made = ConditionalAutoencoder(Autoencoder(2, **SMALL)).fit(frame, y)
    assert list(made.feature_names_in_) == list("abcde")
    with pytest.raises(ValueError, match="feature names should match"):
        made.transform(frame[list("edcba")], y)


def test_one_label_stands_for_all_rows(fitted, data):
    X, _ = data
    for method in METHODS:
        bees = getattr(fitted, method)(X, labels="bee")
        np.testing.assert_array_equal(bees, getattr(fitted, method)(X, labels=["bee"] * 90))
        np.testing.assert_array_equal(bees, getattr(fitted.given("bee"), method)(X))
    assert fitted.sample(3, labels="bee").shape == (3, 5)
    assert fitted.sample(labels="bee").shape == (1, 5)
    assert fitted.given("bee").target_kind == "none"


def test_corruption_and_imputation_take_labels(data):
    X, y = data
    holes = X.copy()
    holes[::4, 1] = np.nan
    settings = SMALL | {"likelihood": "masked", "corruption": "gaussian"}
    made = Autoencoder(2, condition=True, **settings).fit(holes, y)
    filled = made.impute(holes, labels=y)
    assert np.isfinite(filled).all()
    assert made.corrupt(X, 0, labels=y).shape == X.shape


def test_it_learns_on_and_comes_back_from_its_file(data, tmp_path):
    X, y = data
    made = Autoencoder(2, condition=True, **SMALL).partial_fit(X, y).partial_fit(X[:40], y[:40])
    assert made.n_epochs_ == 2
    back = isthmus.load(made.save(tmp_path / "model.safetensors"))
    assert type(back) is Autoencoder
    assert back.condition
    np.testing.assert_array_equal(back.transform(X, labels=y), made.transform(X, labels=y))


def test_the_validation_set_is_a_pair_and_its_labels_count(data):
    X, y = data
    made = Autoencoder(2, condition=True, **SMALL).fit(X, y, validation_data=(X[:30], y[:30]))
    assert made.history_["validation_loss"][0] is not None
    with pytest.raises(DataError, match="must be a pair"):
        made.fit(X, y, validation_data=X[:30])


def test_cross_validation_scores_with_labels(data):
    order = np.argsort(data[1], kind="stable")
    X, y = data[0][order], data[1][order]
    made = Autoencoder(2, condition=True, **SMALL)
    scores = cross_val_score(made, X, y, cv=StratifiedKFold(3))
    assert np.isfinite(scores).all()
    with pytest.raises(DataError, match=r"is no label of this model's.*StratifiedKFold"):
        cross_val_score(made, X, y, cv=KFold(3), error_score="raise")


def test_mistakes_end_in_a_sentence(fitted, data):
    X, y = data
    for method in (*METHODS, "measure", "log_likelihood"):
        with pytest.raises(DataError, match=rf"conditioned on labels, so Autoencoder\.{method}"):
            getattr(fitted, method)(X)
    with pytest.raises(DataError, match="give it as labels="):
        fitted.sample(3)
    with pytest.raises(DataError, match="'dog' is no label"):
        fitted.transform(X, labels="dog")
    with pytest.raises(ValueError, match="inconsistent"):
        fitted.transform(X, labels=y[:5])
    with pytest.raises(DataError, match="requires y"):
        Autoencoder(2, condition=True, **SMALL).fit(X)
    classifier = AutoencoderClassifier(2, hidden=(8,), epochs=0).fit(X, y)
    with pytest.raises(SettingError, match="not conditioned on labels"):
        classifier.transform(X, labels=y)
    with pytest.raises(SettingError, match="not conditioned on labels"):
        fitted.given("bee").given("cat")


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (Autoencoder(), "none"),
        (Autoencoder(condition=True), "condition"),
        (ConditionalAutoencoder(), "condition"),
        (AutoencoderClassifier(), "classes"),
        (isthmus.AutoencoderRegressor(), "quantities"),
    ],
)
def test_an_estimator_says_what_it_does_with_targets(made, kind):
    assert made.target_kind == kind
