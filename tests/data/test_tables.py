import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from isthmus.data import open_source
from isthmus.data.table_rows import TableRows
from isthmus.errors import DataError
from isthmus.unlabelled import known_labels

FRAMES = [pd.DataFrame, pl.DataFrame, pa.table]


@pytest.mark.parametrize("frame", FRAMES)
def test_every_kind_of_table_reads_alike(frame):
    table = frame({"a": [1, 2], "b": [True, False], "c": [0.5, None], "kind": ["x", "y"]})
    source = open_source(table, label="kind")
    np.testing.assert_array_equal(source.examples, [[1, 1, 0.5], [2, 0, np.nan]])
    assert source.feature_names == ("a", "b", "c")
    assert source.labels.tolist() == ["x", "y"]
    assert source.image_shape is None


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"a": np.array([], float)}, "no rows"),
        ({}, "0 columns"),
    ],
)
def test_a_bad_table_is_refused(frame, columns, sentence):
    with pytest.raises(DataError, match=sentence):
        open_source(frame(columns))


def test_missing_integers_of_pandas_become_nan():
    frame = pd.DataFrame({"a": pd.array([1, None], dtype="Int64")})
    np.testing.assert_array_equal(open_source(frame).examples, [[1], [np.nan]])


def test_categories_serve_as_labels_and_as_features():
    frame = pd.DataFrame({"a": [1, 2], "kind": pd.Categorical(["u", "v"])})
    assert open_source(frame, label="kind").labels.tolist() == ["u", "v"]
    rows = open_source(frame).examples
    assert rows.shape == (2, 2)
    assert rows[[1]]["kind"].to_pylist() == ["v"]


def test_decimals_are_numbers():
    table = pa.table({"a": pa.array([1, 2], pa.decimal128(5, 2)), "b": [None, 0.5]})
    np.testing.assert_array_equal(open_source(table).examples, [[1, np.nan], [2, 0.5]])


def test_columns_of_nothing_are_left_to_the_schema():
    table = pa.table({"a": [1, 2], "b": pa.array([None, None], pa.float64())})
    assert isinstance(open_source(table).examples, TableRows)


def test_mixed_objects_are_refused():
    with pytest.raises(DataError, match='Column "a" of the table mixes types'):
        open_source(pd.DataFrame({"a": [1, "x"]}))


def test_columns_may_share_a_name_and_be_numbered():
    frame = pd.DataFrame(np.arange(6).reshape(2, 3), columns=["a", "a", 7])
    source = open_source(frame, label=-1)
    np.testing.assert_array_equal(source.examples, [[0, 1], [3, 4]])
    assert source.labels.tolist() == [2, 5]


@pytest.mark.parametrize("values", [["x", None], [1, None], [True, None]])
def test_missing_labels_stay_missing(values):
    source = open_source(pl.DataFrame({"a": [1, 2], "y": values}), label="y")
    assert known_labels(source.labels).tolist() == [True, False]


def test_dates_are_no_labels():
    frame = pd.DataFrame({"a": [1], "y": pd.to_datetime(["2020-01-01"])})
    with pytest.raises(DataError, match="datetime64"):
        open_source(frame, label="y")


@pytest.mark.parametrize("frame", FRAMES)
def test_labels_of_another_length_are_refused(frame):
    with pytest.raises(DataError, match="has 2 examples but 3 labels"):
        open_source(frame({"a": [1, 2]}), label=[1, 2, 3])
