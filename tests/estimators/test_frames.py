"""Data frames in, data frames out."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse

import isthmus
from isthmus import Autoencoder, ConditionalAutoencoder
from isthmus.errors import DataError

NAMES = [f"pixel {i}" for i in range(64)]


@pytest.fixture(scope="module", params=[pd.DataFrame, pl.DataFrame], ids=["pandas", "polars"])
def frame(request, digits):
    if request.param is pd.DataFrame:
        return pd.DataFrame(digits.copy(), columns=NAMES)
    return pl.DataFrame(digits, schema=NAMES)


def test_a_frame_is_learned_from_as_the_array_is(make, frame, digits, fitted) -> None:
    estimator = make().fit(frame)
    assert estimator.feature_names_in_.tolist() == NAMES
    assert np.array_equal(estimator.transform(frame), fitted.transform(digits))


def test_columns_in_another_order_are_refused(make, frame) -> None:
    estimator = make().fit(frame)
    with pytest.raises(ValueError, match="feature names should match"):
        estimator.transform(frame[NAMES[::-1]])


def test_names_do_not_outlive_a_fit_without_them(make, frame, digits, tmp_path) -> None:
    estimator = make().fit(frame)
    np.save(tmp_path / "x.npy", digits)
    estimator.fit(np.load(tmp_path / "x.npy", mmap_mode="r"))
    assert not hasattr(estimator, "feature_names_in_")


@pytest.mark.parametrize(("kind", "cls"), [("pandas", pd.DataFrame), ("polars", pl.DataFrame)])
def test_codes_come_as_the_frame_asked_for(make, frame, kind, cls) -> None:
    estimator = make().set_output(transform=kind).fit(frame)
    codes = estimator.transform(frame)
    assert isinstance(codes, cls)
    assert list(codes.columns) == ["autoencoder0", "autoencoder1"]
    assert list(codes.columns) == estimator.get_feature_names_out().tolist()


def test_the_index_is_kept(make, digits) -> None:
    frame = pd.DataFrame(digits.copy(), columns=NAMES, index=[f"row {i}" for i in range(200)])
    codes = make().set_output(transform="pandas").fit_transform(frame)
    assert codes.index.equals(frame.index)


def test_missing_values_are_counted_and_placed_by_column(make, digits) -> None:
    frame = pd.DataFrame(digits.copy(), columns=NAMES)
    frame.loc[4, "pixel 7"] = np.nan
    frame.loc[9, "pixel 8"] = np.nan
    with pytest.raises(ValueError, match=r'2 missing.*first at example 4, column "pixel 7"'):
        make(likelihood="gaussian").fit(frame)


def test_columns_far_from_zero_keep_their_digits(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(400, 3)), columns=["a", "b", "c"])
    plain = Autoencoder(2, epochs=3, hidden=(4,), random_state=0).fit(frame)
    moved = frame.assign(b=frame["b"] + 1.7e9)
    shifted = Autoencoder(2, epochs=3, hidden=(4,), random_state=0).fit(moved)
    error = np.abs(shifted.reconstruct(moved) - plain.reconstruct(frame) - [0, 1.7e9, 0])
    assert error.max() < 0.01
    again = isthmus.load(shifted.save(tmp_path / "m.safetensors"))
    np.testing.assert_array_equal(again.reconstruct(moved), shifted.reconstruct(moved))
    assert plain.offset_ is None


def test_conditional_measures_of_frames_are_those_of_their_arrays():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=40), "b": rng.normal(size=40) > 0})
    labels = np.arange(40) % 2
    inner = Autoencoder(1, latent="gaussian", epochs=1, hidden=(4,), random_state=0)
    fitted = ConditionalAutoencoder(inner).fit(frame, labels)
    of_floats = fitted.measure(frame.astype(float), labels)
    assert fitted.measure(frame, labels)["mse"] == of_floats["mse"]


@pytest.mark.parametrize(
    ("X", "sentence"),
    [
        ({"a": [1.0, 2.0]}, "made of dictionaries: give a data frame"),
        ([{"a": 1.0}, {"a": 2.0}], "made of dictionaries: give a data frame"),
        (np.zeros(9, [("a", "f8"), ("b", "i4")]), "a structured array: give a data frame"),
        (pl.DataFrame({"a": [1.0, 2.0]}).lazy(), r"a lazy frame: give X.collect\(\)"),
        (pd.Series([1.0, 2.0]), r"one column: give a table, such as X.to_frame\(\)"),
        (pd.DataFrame(), "a table of 0 rows and 0 columns"),
    ],
)
def test_what_cannot_be_read_as_rows_is_named(X, sentence):
    with pytest.raises(DataError, match=sentence):
        Autoencoder(1, epochs=1).fit(X)


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (pd.period_range("2020-01", periods=60, freq="M"), "date"),
        (pd.cut(np.arange(60.0), 4), "ordered"),
        (pd.arrays.IntervalArray(pd.cut(np.arange(60.0), 4)), "category"),
        ([1, "two", None] * 20, "binary"),
    ],
)
def test_columns_that_pandas_alone_knows_are_learned(column, kind):
    frame = pd.DataFrame({"a": np.random.default_rng(0).normal(size=60), "b": column})
    fitted = Autoencoder(1, hidden=(4,), epochs=1, random_state=0).fit(frame)
    assert fitted.schema_.column("b").kind.name == kind
    assert len(fitted.reconstruct(frame)) == 60


def test_a_sparse_frame_is_learned_as_a_sparse_matrix():
    frame = pd.DataFrame.sparse.from_spmatrix(scipy.sparse.random(40, 5, 0.4, random_state=0))
    assert Autoencoder(1, hidden=(4,), epochs=1).fit(frame).transform(frame).shape == (40, 1)


def test_a_column_may_be_called_self():
    frame = pd.DataFrame({"self": np.arange(30.0), "word": ["u", "v", "w"] * 10})
    assert Autoencoder(1, hidden=(4,), epochs=1).fit(frame).transform(frame).shape == (30, 1)
