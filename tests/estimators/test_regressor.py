import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression

import isthmus
from isthmus import AutoencoderRegressor
from isthmus.errors import DataError, ModelFileError, SettingError
from isthmus.modelfile import read_model_file, write_model_file

X, Y = load_diabetes(return_X_y=True)
X, Y = X[:200], Y[:200]
TWO = np.column_stack([Y, 1e6 - 1e3 * X[:, 2]])


@pytest.fixture(scope="module")
def trained(make):
    settings = {"latent_dim": 4, "epochs": 60, "learning_rate": 0.01, "regression_weight": 10}
    return make(AutoencoderRegressor, **settings).fit(X, TWO)


def test_quantities_are_predicted_in_their_own_units(trained) -> None:
    predicted = trained.predict(X)
    assert predicted.shape == (200, 2)
    linear = LinearRegression().fit(X, TWO)
    assert trained.score(X, TWO) > 0.9 * linear.score(X, TWO)
    np.testing.assert_allclose(predicted.mean(axis=0), TWO.mean(axis=0), rtol=0.05)
    assert trained.predict(X[:3])[:, 1].std() < 1e3


def test_predictions_are_read_from_the_code(trained) -> None:
    layer = trained.model_.heads[0].layer
    read = trained.transform(X) @ np.asarray(layer.weight) + np.asarray(layer.bias)
    expected = read * TWO.std(axis=0) + TWO.mean(axis=0)
    np.testing.assert_allclose(trained.predict(X), expected, rtol=1e-4)


def test_both_losses_are_terms_of_the_history(trained) -> None:
    history = trained.history_
    parts = np.add(history["reconstruction"], history["regressor"])
    np.testing.assert_allclose(history["train_loss"], parts, rtol=1e-5)
    best = 10 * 2 * np.log(2 * np.pi) / 2  # of two quantities without error
    assert best < history["regressor"][-1] < history["regressor"][0]


def test_units_of_the_quantities_do_not_matter(make) -> None:
    one, other = (make(AutoencoderRegressor).fit(X, y) for y in (Y, 1e3 * Y - 7))
    np.testing.assert_allclose(other.predict(X), 1e3 * one.predict(X) - 7, rtol=1e-4)


def test_one_quantity_keeps_the_shape_it_was_given_in(make) -> None:
    row = make(AutoencoderRegressor, epochs=0).fit(X, Y)
    column = make(AutoencoderRegressor, epochs=0).fit(X, Y[:, None])
    assert row.predict(X).shape == (200,)
    assert column.predict(X).shape == (200, 1)
    np.testing.assert_array_equal(row.predict(X), column.predict(X)[:, 0])
    series = make(AutoencoderRegressor, epochs=0).fit(X, pd.Series(Y))
    np.testing.assert_array_equal(row.predict(X), series.predict(X))


def test_a_quantity_that_is_constant_is_predicted(make) -> None:
    y = np.column_stack([Y, np.full(200, 3.0)])
    estimator = make(AutoencoderRegressor, epochs=40, learning_rate=0.02).fit(X, y)
    assert estimator.target_scale_[1] == 1
    assert np.abs(estimator.predict(X)[:, 1] - 3).mean() < 0.3


def test_learned_noise_tells_the_quantities_apart(make) -> None:
    y = np.column_stack([X[:, 2], np.random.default_rng(0).normal(size=200)])
    settings = {"latent_dim": 4, "epochs": 100, "learning_rate": 0.02, "learned_scale": True}
    easy, hard = np.exp(make(AutoencoderRegressor, **settings).fit(X, y).model_.heads[0].log_scale)
    assert easy < 0.4 < 0.7 < hard


@pytest.mark.parametrize("y", [Y, TWO], ids=["one", "two"])
def test_it_is_saved_and_loaded_and_learns_on(make, y, tmp_path) -> None:
    fitted = make(AutoencoderRegressor, learned_scale=True).fit(X, y)
    back = isthmus.load(fitted.save(tmp_path / "model.safetensors"))
    assert isinstance(back, AutoencoderRegressor)
    np.testing.assert_array_equal(back.predict(X), fitted.predict(X))
    assert back.get_params(deep=False)["learned_scale"] is True
    np.testing.assert_array_equal(back.target_mean_, fitted.target_mean_)
    assert back.partial_fit(X, y).n_epochs_ == 3
    np.testing.assert_array_equal(back.target_mean_, fitted.target_mean_)


def test_a_file_whose_head_is_of_another_size_is_refused(make, tmp_path) -> None:
    path = make(AutoencoderRegressor, epochs=0).fit(X, TWO).save(tmp_path / "model.safetensors")
    about, tensors = read_model_file(path)
    about["arrays"]["target_mean_"]["values"].append(0.0)
    write_model_file(path, about, tensors)
    with pytest.raises(ModelFileError, match="do not fit each other"):
        isthmus.load(path)


def test_validation_data_are_a_pair(make) -> None:
    estimator = make(AutoencoderRegressor).fit(X[:150], Y[:150], validation_data=(X[150:], Y[150:]))
    assert np.isfinite(estimator.history_["validation_loss"]).all()
    with pytest.raises(ValueError, match=r"inconsistent numbers of samples: \[50, 20\]"):
        make(AutoencoderRegressor).fit(X, Y, validation_data=(X[:50], Y[:20]))
    with pytest.raises(DataError, match=r"y has shape \(50, 2\); it must be \('n',\)"):
        make(AutoencoderRegressor).fit(X, Y, validation_data=(X[:50], TWO[:50]))


def test_without_a_decoder_it_is_a_plain_regressor(make) -> None:
    settings = {"decoder": None, "latent_dim": 4, "epochs": 60, "learning_rate": 0.02}
    estimator = make(AutoencoderRegressor, **settings).fit(X, Y)
    assert estimator.score(X, Y) > 0.4
    assert set(estimator.history_["reconstruction"]) == {0.0}


def test_what_cannot_be_is_refused(make) -> None:
    with pytest.raises(ValueError, match="requires y to be passed"):
        make(AutoencoderRegressor).fit(X, None)
    with pytest.raises(ValueError, match=r"inconsistent numbers of samples: \[200, 30\]"):
        make(AutoencoderRegressor).fit(X, Y[:30])
    with pytest.raises(SettingError, match="regression_weight is -1"):
        make(AutoencoderRegressor, regression_weight=-1).fit(X, Y)
