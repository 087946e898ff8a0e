import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from isthmus.data import Source, open_source
from isthmus.errors import DataError


def test_importing_the_room_imports_no_heavy_package():
    heavy = ("jax", "sklearn", "pandas", "polars", "pyarrow", "PIL", "pooch", "requests", "rich")
    code = f"import isthmus.data, sys; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("shape", [(3, 4), (3, 4, 5), (3, 4, 5, 2)])
def test_arrays_are_taken_as_they_are(shape):
    array = np.zeros(shape, np.float32)
    source = open_source(array)
    assert source.examples is array
    assert len(source) == 3
    assert source.image_shape == (None if len(shape) == 2 else (*shape[1:], 1)[:3])


def test_a_source_is_returned_as_it_is():
    source = open_source(np.eye(3))
    assert open_source(source) is source
    assert open_source(source, label=[1, 2, 3]).labels.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("array", "dtype"),
    [
        (np.array([[True, False]]), np.uint8),
        (np.zeros((1, 2), ">f4"), np.float32),
        (np.zeros((1, 2), np.longdouble), np.float64),
    ],
)
def test_types_become_plain(array, dtype):
    examples = open_source(array).examples
    assert examples.dtype == dtype
    assert examples.dtype.isnative
    np.testing.assert_array_equal(examples, array)


def test_masked_entries_become_missing():
    array = np.ma.masked_equal([[1, 2], [3, 4]], 2)
    np.testing.assert_array_equal(open_source(array).examples, [[1, np.nan], [3, 4]])


def test_whatever_says_it_is_an_array_is_one():
    class Tensor:
        def __array__(self, dtype=None, copy=None):
            return np.eye(2)

    np.testing.assert_array_equal(open_source(Tensor()).examples, np.eye(2))


@pytest.mark.parametrize(
    ("array", "sentence"),
    [
        (np.zeros(3), r"shape \(3,\)"),
        (np.zeros((2,) * 5), "2, 2, 2, 2, 2"),
        (np.zeros((0, 3)), "is empty"),
        (np.zeros((3, 0)), "is empty"),
        (np.array([["a"]]), "<U1"),
        (np.array([[1j]]), "complex128"),
        (np.array([[None]]), "Python objects"),
        (np.array([["2020-01-01"]], "datetime64[D]"), "datetime64"),
        (np.array([(1, 2.0)], [("a", int), ("b", float)]), "real numbers"),
    ],
)
def test_what_is_no_array_of_examples_is_refused(array, sentence):
    with pytest.raises(DataError, match=sentence):
        open_source(array)


@pytest.mark.parametrize("spec", [[1, 2], None, 3, {"a": [1]}])
def test_other_objects_are_refused(spec):
    with pytest.raises(DataError, match=f"A {type(spec).__name__} is no source"):
        open_source(spec)


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        ([1, 2], "has 3 examples but 2 labels"),
        (np.eye(3), r"labels of the array have shape \(3, 3\)"),
        (np.array([1, "a", 2], object), "type object"),
        (np.ones(3, complex), "type complex128"),
    ],
)
def test_bad_labels_are_refused(labels, sentence):
    with pytest.raises(DataError, match=sentence):
        open_source(np.eye(3), label=labels)


@pytest.mark.parametrize("labels", [np.arange(3)[:, None], pd.Series([0, 1, 2]), range(3)])
def test_labels_in_any_shape_of_one_an_example(labels):
    assert open_source(np.eye(3), label=labels).labels.tolist() == [0, 1, 2]


def test_strings_of_pandas_are_labels():
    assert open_source(np.eye(2), label=pd.Series(["u", "v"])).labels.dtype.kind == "U"


@pytest.mark.parametrize(
    ("array", "column", "sentence"),
    [
        (np.eye(3), 3, "no label column 3"),
        (np.eye(3), -4, "no label column -4"),
        (np.ones((2, 1)), 0, "no label column 0 and"),
        (np.ones((2, 2, 2)), 0, "holds images"),
    ],
)
def test_a_label_column_that_is_not_there_is_refused(array, column, sentence):
    with pytest.raises(DataError, match=sentence):
        open_source(array, label=column)


def test_labels_that_are_no_whole_numbers_stay_real():
    assert open_source(np.array([[1.0, 0.5]]), label=1).labels.tolist() == [0.5]


@pytest.mark.parametrize("image_shape", [(2, 6), (2, 6, 1), [2, 3, 2]])
def test_flat_images_get_their_shape(image_shape):
    source = open_source(np.zeros((3, 12)), image_shape=image_shape)
    assert source.image_shape == (*image_shape, 1)[:3]
    assert source.examples.shape == (3, 12)


def test_the_test_split_gets_the_image_shape_too():
    flat = open_source(np.zeros((2, 6)))
    source = Source("both", np.zeros((3, 6)), test=flat)
    assert open_source(source, image_shape=(2, 3)).test.image_shape == (2, 3, 1)


@pytest.mark.parametrize(
    ("shape", "image_shape", "sentence"),
    [
        ((3, 12), (3, 3), r"has 12 values .* needs 9"),
        ((3, 12), (12,), "is not one"),
        ((3, 12), (-3, -4), "is not one"),
        ((3, 4, 3), (3, 4), r"have shape \(4, 3\), not \(3, 4, 1\)"),
    ],
)
def test_an_image_shape_that_does_not_fit_is_refused(shape, image_shape, sentence):
    with pytest.raises(DataError, match=sentence):
        open_source(np.zeros(shape), image_shape=image_shape)


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("mnits", 'did you mean "mnist"'),
        ("nothing-like-it-at-all", r"called nothing-like-it-at-all\.$"),
        ("no/such/folder.npy", "There is no file"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(spec, sentence):
    with pytest.raises(DataError, match=sentence):
        open_source(spec)


def test_a_mistyped_path_is_answered_with_its_neighbour(tmp_path):
    np.save(tmp_path / "measurements.npy", np.eye(2))
    with pytest.raises(DataError, match=r'did you mean "measurements\.npy"'):
        open_source(tmp_path / "mesurements.npy")


def test_a_path_object_never_means_the_catalogue(tmp_path, monkeypatch):
    from pathlib import Path

    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="There is no file"):
        open_source(Path("digits"))


@pytest.mark.parametrize("name", ["a.pkl", "a.pt", "a", "a.png", "a.npy.gz"])
def test_an_unknown_kind_of_file_is_refused(tmp_path, name):
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(DataError, match="of a kind that isthmus does not know"):
        open_source(tmp_path / name)


def test_array_is_only_for_archives():
    with pytest.raises(DataError, match=r"array of a file that holds several"):
        open_source(np.eye(2), array="x")


def test_every_message_is_one_line(tmp_path):
    (tmp_path / "a.parquet").write_bytes(b"x" * 100)
    with pytest.raises(DataError) as caught:
        open_source(tmp_path / "a.parquet")
    assert "\n" not in str(caught.value)


def test_a_source_can_be_printed():
    assert repr(open_source(np.eye(3))) == "<Source the array: 3 of 3 float64>"
