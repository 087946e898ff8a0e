import contextlib

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pyarrow import parquet

from isthmus.data import open_source
from isthmus.errors import DataError

columns = st.sampled_from(["u1", "i2", "i8", "f4", "f8"]).flatmap(
    lambda kind: hnp.arrays(kind, (3, 4))
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("parquet")


def write(path, **columns):
    parquet.write_table(pa.table(columns), path)


@settings(max_examples=30, deadline=None)
@given(array=columns)
def test_a_written_table_is_read_in_its_type(folder, array):
    write(folder / "a.parquet", **{f"c{i}": column for i, column in enumerate(array.T)})
    source = open_source(folder / "a.parquet")
    np.testing.assert_array_equal(source.examples, array)
    assert source.examples.dtype == array.dtype
    assert source.feature_names == ("c0", "c1", "c2", "c3")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damaged_files_are_read_or_refused(folder, data):
    path = folder / "fuzz.parquet"
    write(path, a=np.arange(4), b=np.ones(4))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    with contextlib.suppress(DataError):
        open_source(path)


def test_a_folder_is_read_in_the_order_of_names(tmp_path):
    write(tmp_path / "2.parquet", a=[3.5], kind=["z"])
    write(tmp_path / "1.parquet", a=[1, 2], kind=["x", "y"])
    source = open_source(tmp_path, label="kind")
    assert source.name == tmp_path.name
    np.testing.assert_array_equal(source.examples, [[1], [2], [3.5]])
    assert source.labels.tolist() == ["x", "y", "z"]


def test_many_files_keep_their_order(tmp_path):
    for i in (5, 2, 7, 0, 3, 6, 1, 4):
        write(tmp_path / f"{i}.parquet", a=[i])
    assert open_source(tmp_path).examples.ravel().tolist() == list(range(8))


def test_files_with_other_columns_are_named(tmp_path):
    write(tmp_path / "1.parquet", a=[1])
    write(tmp_path / "2.parquet", b=[1])
    with pytest.raises(DataError, match=r"2\.parquet and 1\.parquet .* different columns"):
        open_source(tmp_path)


def test_files_with_clashing_types_are_refused(tmp_path):
    write(tmp_path / "1.parquet", a=[1])
    write(tmp_path / "2.parquet", a=["x"])
    with pytest.raises(DataError, match="types that do not fit together"):
        open_source(tmp_path)


def test_columns_of_text_are_rows_of_a_table(tmp_path):
    write(tmp_path / "a.parquet", s=["x"], t=["y"])
    rows = open_source(tmp_path / "a.parquet").examples
    assert rows[:].to_pydict() == {"s": ["x"], "t": ["y"]}


def test_what_is_no_parquet_is_refused(tmp_path):
    (tmp_path / "a.parquet").write_bytes(b"not parquet")
    with pytest.raises(DataError, match=r"a\.parquet cannot be read as Parquet"):
        open_source(tmp_path / "a.parquet")
