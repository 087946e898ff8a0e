import contextlib
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from isthmus.data import open_source
from isthmus.data.array_file import ArrayFile
from isthmus.errors import DataError

matrices = st.sampled_from(["u1", "i4", "f4", "f8", "?"]).flatmap(
    lambda kind: hnp.arrays(kind, hnp.array_shapes(min_dims=2, max_dims=4, max_side=4))
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("numpy")


@settings(max_examples=40, deadline=None)
@given(array=matrices)
def test_npy_and_npz_give_back_what_was_saved(folder, array):
    np.save(folder / "a.npy", array)
    np.savez(folder / "a.npz", only=array)
    for name in ("a.npy", "a.npz"):
        np.testing.assert_array_equal(open_source(folder / name).examples, array)


@settings(max_examples=80, deadline=None)
@given(data=st.data(), suffix=st.sampled_from([".npy", ".npz"]))
def test_damaged_files_are_read_or_refused(folder, data, suffix):
    path = folder / f"fuzz{suffix}"
    (np.save if suffix == ".npy" else np.savez)(path, np.arange(12.0).reshape(4, 3))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, min(len(content), 400) - 1))] = data.draw(
            st.integers(0, 255)
        )
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    with contextlib.suppress(DataError):
        open_source(path)


@settings(max_examples=40, deadline=None)
@given(content=st.binary(max_size=100), suffix=st.sampled_from([".npy", ".npz"]))
def test_random_bytes_are_refused(folder, content, suffix):
    path = folder / f"random{suffix}"
    path.write_bytes(content)
    with pytest.raises(DataError, match="random"):
        open_source(path)


def test_npy_stays_in_its_file(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((4, 2), bool))
    examples = open_source(tmp_path / "a.npy").examples
    assert isinstance(examples, ArrayFile)
    assert examples.dtype == np.uint8


def test_a_column_of_npy_can_hold_the_labels(tmp_path):
    np.save(tmp_path / "a.npy", np.array([[0.5, 3.0], [1.5, 4.0]]))
    source = open_source(tmp_path / "a.npy", label="-1")
    np.testing.assert_array_equal(source.examples, [[0.5], [1.5]])
    np.testing.assert_array_equal(source.labels, [3, 4])
    assert source.labels.dtype == np.int64


def test_labels_may_be_in_a_file_of_their_own(tmp_path):
    np.save(tmp_path / "a.npy", np.eye(3))
    np.save(tmp_path / "y.npy", np.array([1, 2, 3]))
    source = open_source(tmp_path / "a.npy", label=str(tmp_path / "y.npy"))
    np.testing.assert_array_equal(source.labels, [1, 2, 3])
    with pytest.raises(DataError, match=r'no file of labels "z\.npy"'):
        open_source(tmp_path / "a.npy", label="z.npy")


class Bomb:
    """Says so when it is unpickled."""

    def __reduce__(self):
        return pytest.fail, ("a file was unpickled",)


@pytest.mark.parametrize("name", ["a.npy", "a.npz", "pickle.npy", "pickle.npz"])
def test_objects_are_never_unpickled(tmp_path, name):
    path = tmp_path / name
    objects = np.array([[Bomb()]], dtype=object)
    if name.startswith("pickle"):
        objects.dump(path)
    else:
        (np.save if name.endswith(".npy") else np.savez)(path, objects)
    with pytest.raises(DataError, match="never unpickles"):
        open_source(path)


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "several.npz"
    np.savez(path, X=np.eye(3), y=np.array(["a", "b", "c"]), short=np.arange(2))
    return path


def test_the_array_and_its_labels_are_named(archive):
    source = open_source(archive, array="X", label="y")
    np.testing.assert_array_equal(source.examples, np.eye(3))
    assert source.labels.tolist() == ["a", "b", "c"]
    assert source.name == "X of several.npz"


def test_beside_the_labels_the_only_array_needs_no_name(tmp_path):
    np.savez(tmp_path / "a.npz", X=np.eye(3), y=np.arange(3))
    source = open_source(tmp_path / "a.npz", label="y")
    np.testing.assert_array_equal(source.examples, np.eye(3))


def test_a_column_of_an_archived_array_can_hold_the_labels(archive):
    source = open_source(archive, array="X", label=0)
    np.testing.assert_array_equal(source.labels, [1, 0, 0])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, r"holds 3 arrays \(X, y, short\)"),
        ({"array": "Z"}, 'holds no array "Z"'),
        ({"array": "shor"}, 'did you mean "short"'),
        ({"array": "X", "label": "shore"}, 'did you mean "short"'),
        ({"array": "X", "label": "short"}, "has 3 examples but 2 labels"),
        ({"array": "y"}, "<U1"),
    ],
)
def test_an_unclear_archive_is_refused(archive, options, sentence):
    with pytest.raises(DataError, match=sentence):
        open_source(archive, **options)


def test_an_archive_without_arrays_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "none.npz", "w") as file:
        file.writestr("readme", "no array")
    with pytest.raises(DataError, match="not an array"):
        open_source(tmp_path / "none.npz")
    np.savez(tmp_path / "none.npz")
    with pytest.raises(DataError, match="holds no array"):
        open_source(tmp_path / "none.npz")


def test_a_single_array_called_npz_is_refused(tmp_path):
    np.save(tmp_path / "a.npy", np.eye(2))
    (tmp_path / "a.npy").rename(tmp_path / "a.npz")
    with pytest.raises(DataError, match=r"call it a\.npy"):
        open_source(tmp_path / "a.npz")


def test_records_are_a_table(tmp_path):
    h5py = pytest.importorskip("h5py")
    kinds = [("size", "f8"), ("kind", "S3"), ("at", "f4", (2,))]
    records = np.array([(i / 2, b"uv"[i % 2 : i % 2 + 1], (i, -i)) for i in range(9)], kinds)
    np.save(tmp_path / "a.npy", records)
    np.savez(tmp_path / "b.npz", records=records, other=np.ones((9, 2)))
    with h5py.File(tmp_path / "c.h5", "w") as file:
        file["records"] = records
    for name, array in (("a.npy", None), ("b.npz", "records"), ("c.h5", None)):
        source = open_source(tmp_path / name, array=array, label="kind")
        assert source.feature_names == ("size", "at.0", "at.1")
        np.testing.assert_array_equal(source.examples[2], [1.0, 2.0, -2.0])
        assert source.labels.tolist()[:2] == ["u", "v"]
        unlabelled = open_source(tmp_path / name, array=array)
        assert unlabelled.examples[[1]]["kind"].to_pylist() == ["v"]
    with pytest.raises(DataError, match='no column "knd"'):
        open_source(tmp_path / "c.h5", label="knd")
