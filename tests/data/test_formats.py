"""A file of every format, and arrays of every library."""

import datetime as dt
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import scipy.io
import scipy.sparse
from pyarrow import feather, ipc

from isthmus.data import describe, open_source
from isthmus.data.formats import FORMATS, format_of
from isthmus.errors import DataError

TABLE = pa.table({"size": [1.5, 2.5, None], "kind": ["u", "v", "u"]})
MATRIX = np.arange(12.0).reshape(4, 3)


def test_every_reader_is_there():
    from importlib import import_module

    for one in FORMATS:
        module, function = one.reader.split(":")
        assert callable(getattr(import_module(f"isthmus.data.{module}"), function))
        assert all(format_of(pd.io.common.Path(f"a{suffix}")) is one for suffix in one.suffixes)


@pytest.mark.parametrize("name", ["t.feather", "t.arrow"])
def test_arrow_files(tmp_path, name):
    feather.write_feather(TABLE, str(tmp_path / name))
    assert open_source(tmp_path / name).examples[:].equals(TABLE)


def test_arrow_streams(tmp_path):
    with (
        pa.OSFile(str(tmp_path / "t.arrow"), "wb") as file,
        ipc.new_stream(file, TABLE.schema) as out,
    ):
        out.write_table(TABLE)
    assert open_source(tmp_path / "t.arrow").examples[:].equals(TABLE)


@pytest.mark.parametrize("name", ["t.jsonl", "t.json"])
def test_records(tmp_path, name):
    rows = TABLE.to_pylist()
    text = json.dumps(rows) if name == "t.json" else "\n".join(map(json.dumps, rows))
    (tmp_path / name).write_text(text)
    assert open_source(tmp_path / name).examples[:].to_pylist() == rows


def test_workbooks(tmp_path):
    pytest.importorskip("openpyxl")
    frame = pd.DataFrame(
        {"size": [1.5, None, 3], "kind": list("uvu"), "day": [dt.datetime(2020, 1, 2)] * 3}
    )
    with pd.ExcelWriter(tmp_path / "t.xlsx") as book:
        frame.to_excel(book, sheet_name="first", index=False)
        frame[["size"]].to_excel(book, sheet_name="second", index=False)
    source = open_source(tmp_path / "t.xlsx", label="kind")
    assert source.feature_names == ("size", "day")
    assert source.labels.tolist() == ["u", "v", "u"]
    assert 'sheet "first" of 2' in source.notes[0]
    second = open_source(tmp_path / "t.xlsx", sheet="second")
    np.testing.assert_array_equal(second.examples, frame[["size"]])
    with pytest.raises(DataError, match=r'no sheet "secnd".*did you mean "second"'):
        open_source(tmp_path / "t.xlsx", sheet="secnd")


def test_arff(tmp_path):
    text = "@relation r\n@attribute a numeric\n@attribute k {u,v}\n@data\n1,u\n?,v\n"
    (tmp_path / "t.arff").write_text(text)
    rows = open_source(tmp_path / "t.arff").examples[:]
    assert rows["k"].to_pylist() == ["u", "v"]
    assert rows["a"].to_pylist() == [1.0, None]


def test_time_series(tmp_path):
    (tmp_path / "t.ts").write_text("@classLabel true a b\n@data\n1,2:3,?:a\n5,6:7,8:b\n")
    source = open_source(tmp_path / "t.ts")
    np.testing.assert_array_equal(source.examples, [[1, 2, 3, np.nan], [5, 6, 7, 8]])
    assert source.labels.tolist() == ["a", "b"]
    (tmp_path / "t.ts").write_text("@classLabel false\n@data\n1,2\n5\n")
    with pytest.raises(DataError, match="series of 1 to 2 values"):
        open_source(tmp_path / "t.ts")


def test_matlab(tmp_path):
    scipy.io.savemat(tmp_path / "t.mat", {"X": MATRIX, "y": np.arange(4), "name": "me"})
    source = open_source(tmp_path / "t.mat", label="y")
    np.testing.assert_array_equal(source.examples, MATRIX)
    assert source.labels.tolist() == [0, 1, 2, 3]
    with pytest.raises(DataError, match=r"holds 2 arrays \(X, y\)"):
        open_source(tmp_path / "t.mat")


def test_hdf5(tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "t.h5", "w") as file:
        file["a/whole"] = MATRIX
        file.create_dataset("packed", data=MATRIX, chunks=(2, 3), compression="gzip")
    for key in ("a/whole", "packed"):
        source = open_source(tmp_path / "t.h5", array=key)
        np.testing.assert_array_equal(source.examples[:], MATRIX)
    assert describe(open_source(tmp_path / "t.h5", array="a/whole"))["storage"] == "file"
    with pytest.raises(DataError, match=r'no array "whole".*did you mean "a/whole"'):
        open_source(tmp_path / "t.h5", array="whole")


def test_zarr(tmp_path):
    zarr = pytest.importorskip("zarr")
    group = zarr.open_group(str(tmp_path / "t.zarr"), mode="w")
    group.create_array("x", data=MATRIX)
    np.testing.assert_array_equal(open_source(tmp_path / "t.zarr").examples[:], MATRIX)


def test_cells_by_genes(tmp_path):
    anndata = pytest.importorskip("anndata")
    counts = scipy.sparse.csr_matrix(np.array([[0, 2, 0], [1, 0, 0]], np.float32))
    cells = anndata.AnnData(counts)
    cells.obs_names, cells.var_names = ["c", "d"], ["g", "h", "i"]
    cells.obs["type"] = ["t", "b"]
    cells.write_h5ad(tmp_path / "t.h5ad")
    source = open_source(tmp_path / "t.h5ad", label="type")
    np.testing.assert_array_equal(source.examples[:], counts.toarray())
    assert source.feature_names == ("g", "h", "i")
    assert source.labels.tolist() == ["t", "b"]


@pytest.mark.parametrize("kind", ["csr", "csc", "coo"])
def test_sparse_matrices_stay_sparse(tmp_path, kind):
    matrix = scipy.sparse.random(50, 30, 0.1, kind, random_state=0)
    scipy.sparse.save_npz(tmp_path / "t.npz", matrix)
    for source in (open_source(matrix), open_source(tmp_path / "t.npz")):
        assert scipy.sparse.issparse(source.examples.matrix)
        np.testing.assert_array_equal(source.examples[[3, 1]], matrix.toarray()[[3, 1]])
        assert describe(source)["max"] == matrix.max()


def _torch():
    return pytest.importorskip("torch").tensor(MATRIX, requires_grad=True)


def _xarray():
    return pytest.importorskip("xarray").DataArray(MATRIX)


def _dask():
    return pytest.importorskip("dask.array").from_array(MATRIX, chunks=2)


def _jax():
    import jax.numpy as jnp

    return jnp.asarray(MATRIX)


@pytest.mark.parametrize("make", [_torch, _xarray, _dask, _jax, lambda: list(MATRIX)])
def test_arrays_of_other_libraries(make):
    np.testing.assert_array_equal(open_source(make()).examples[:], MATRIX)


def test_lists_of_images():
    images = [np.zeros((4, 3)), np.ones((4, 3))]
    assert open_source(images).image_shape == (4, 3, 1)
    with pytest.raises(DataError, match=r"Example 1 has shape \(3, 3\), but example 0 \(4, 3\)"):
        open_source([np.zeros((4, 3)), np.ones((3, 3))])


def test_channels_that_come_first_are_moved():
    images = np.arange(2 * 3 * 8 * 5).reshape(2, 3, 8, 5)
    source = open_source(images)
    assert source.image_shape == (8, 5, 3)
    np.testing.assert_array_equal(source.examples[:], np.moveaxis(images, 1, -1))
    assert "channels come first" in source.notes[0]
