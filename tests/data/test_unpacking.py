"""A table too large for memory is the same table, read from an array file."""

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from isthmus.data import open_source, unpacking
from isthmus.data.array_file import ArrayFile
from isthmus.data.table_rows import TableRows
from isthmus.errors import DataError

RNG = np.random.default_rng(0)
TABLES = {
    "floats": {"a": RNG.normal(size=50), "b": RNG.normal(size=50).astype("f4")},
    "whole": {"a": np.arange(50, dtype="i2"), "b": np.arange(50) % 2 == 0},
    "missing": {"a": np.arange(50), "b": [None, *range(49)]},
    "labelled": {"a": np.arange(50.0), "kind": ["x", "y"] * 25, "b": np.arange(50.0)},
}


@pytest.fixture(autouse=True)
def _small(monkeypatch, tmp_path):
    monkeypatch.setattr(unpacking, "LARGE", 0)
    monkeypatch.setattr(unpacking, "BATCH", 100)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def folder_of(tmp_path, columns):
    folder = tmp_path / "table"
    folder.mkdir()
    table = pa.table(columns)
    parquet.write_table(table.slice(0, 30), folder / "0.parquet", row_group_size=11)
    parquet.write_table(table.slice(30), folder / "1.parquet")
    return folder


@pytest.mark.parametrize("kind", TABLES)
def test_it_is_the_table_that_is_read_into_memory(tmp_path, monkeypatch, kind):
    folder = folder_of(tmp_path, TABLES[kind])
    label = "kind" if kind == "labelled" else None
    large = open_source(folder, label=label)
    assert isinstance(large.examples, ArrayFile)
    monkeypatch.setattr(unpacking, "LARGE", 2**28)
    small = open_source(folder, label=label)
    assert isinstance(small.examples, np.ndarray)
    assert large.examples.dtype == small.examples.dtype
    np.testing.assert_array_equal(large.examples[:], small.examples)
    assert large.feature_names == small.feature_names
    if label is not None:
        np.testing.assert_array_equal(large.labels, small.labels)


def test_it_is_unpacked_once_until_it_changes(tmp_path):
    folder, told = folder_of(tmp_path, TABLES["floats"]), []

    def progress(what, done, total):
        told.append((what, done, total))

    first = open_source(folder, progress=progress).examples
    assert told[-1] == ("unpacking table", 50, 50)
    assert len(told) > 2
    told.clear()
    assert open_source(folder, progress=progress).examples.path == first.path
    assert not told
    parquet.write_table(pa.table(TABLES["floats"]), folder / "1.parquet")
    assert len(open_source(folder, progress=progress)) == 80
    assert told[-1][1:] == (80, 80)


def test_labels_by_number_among_columns_of_one_name(tmp_path):
    columns = [np.arange(4.0), np.array([7, 8, 7, 8]), np.arange(4.0)]
    table = pa.Table.from_arrays([pa.array(c) for c in columns], names=["a", "a", "b"])
    parquet.write_table(table, tmp_path / "t.parquet")
    source = open_source(tmp_path / "t.parquet", label=1)
    np.testing.assert_array_equal(source.labels, [7, 8, 7, 8])
    assert source.feature_names == ("a", "b")


def test_text_is_read_into_memory_that_has_room(tmp_path):
    folder = folder_of(tmp_path, TABLES["labelled"])
    rows = open_source(folder).examples
    assert isinstance(rows, TableRows)
    assert rows.table.column_names == ["a", "kind", "b"]
    assert open_source(folder, drop=["kind"]).feature_names == ("a", "b")
    assert not list((tmp_path / "cache").rglob("*.*"))


def test_text_is_refused_and_nothing_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr(unpacking, "ENTRY", 2**60)
    folder = folder_of(tmp_path, TABLES["labelled"])
    with pytest.raises(DataError, match=r'"kind" of table holds string.*too large for memory'):
        open_source(folder)
    assert not list((tmp_path / "cache").rglob("*.*"))


def test_a_disk_without_room_is_told(tmp_path, monkeypatch):
    from types import SimpleNamespace

    monkeypatch.setattr(unpacking.shutil, "disk_usage", lambda _: SimpleNamespace(free=10))
    with pytest.raises(DataError, match="XDG_CACHE_HOME"):
        open_source(folder_of(tmp_path, TABLES["floats"]))
