import mmap
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.data import array_file
from isthmus.data.array_file import ArrayFile
from isthmus.errors import DataError

VIEWS = [
    lambda a: a,
    lambda a: a[3:],
    lambda a: a[::2],
    lambda a: a[:, 1:],
    lambda a: a[5:].reshape(-1, 2, 3),
    lambda a: a.T,
]
INDICES = [slice(2, 4), slice(None, None, 3), np.array([1, 0, 1]), 1, np.array([[0], [1]])]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("array") / "x.npy"
    np.save(path, np.arange(120, dtype=np.float32).reshape(20, 6))
    return path


@pytest.mark.parametrize("view", VIEWS)
def test_it_gives_what_the_memory_map_gives(path, view):
    mapped = view(np.load(path, mmap_mode="r"))
    array = ArrayFile.of(mapped)
    assert (array.shape, array.dtype, len(array)) == (mapped.shape, mapped.dtype, len(mapped))
    for index in INDICES:
        np.testing.assert_array_equal(array[index], mapped[index])
    np.testing.assert_array_equal(np.asarray(array), mapped)


def test_fortran_order_and_an_offset_beyond_a_page(tmp_path):
    whole = np.asfortranarray(np.arange(6000.0).reshape(3000, 2))
    np.save(tmp_path / "f.npy", whole)
    np.testing.assert_array_equal(ArrayFile.of(np.load(tmp_path / "f.npy", mmap_mode="r")), whole)
    late = np.memmap(tmp_path / "f.npy", "f8", "r", offset=40_128, shape=(5, 2))
    np.testing.assert_array_equal(ArrayFile.of(late), late)


@given(rows=st.lists(st.integers(0, 19), min_size=1))
def test_rows_that_are_announced_are_the_same(path, rows):
    array, rows = ArrayFile.of(np.load(path, mmap_mode="r")), np.array(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(array_file, "_page_cache", lambda: 0)
        np.testing.assert_array_equal(array[rows], np.load(path)[rows])


def test_what_is_not_in_the_file_stays_an_array(path):
    changed = np.load(path, mmap_mode="c")
    changed[0] = -1
    assert ArrayFile.of(changed) is changed
    plain = np.zeros((2, 2))
    assert ArrayFile.of(plain) is plain
    converted = np.load(path, mmap_mode="r").astype(np.float64)
    assert ArrayFile.of(converted) is converted


def test_it_is_sent_as_a_path(path):
    array = ArrayFile.of(np.load(path, mmap_mode="r"))
    sent = pickle.dumps(array)
    assert len(sent) < 1000
    np.testing.assert_array_equal(pickle.loads(sent), np.load(path))


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="measured as Linux tells it")
def test_what_was_read_does_not_stay_in_memory(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((64, 2**20), np.uint8))
    array = ArrayFile.of(np.load(tmp_path / "x.npy", mmap_mode="r"))
    before = resident()
    for row in range(64):
        assert not array[row : row + 1].any()
    assert resident() - before < 2**24


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * mmap.PAGESIZE


def test_a_file_that_was_taken_away_is_told(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((4, 2)))
    array = ArrayFile.of(np.load(tmp_path / "x.npy", mmap_mode="r"))
    os.truncate(tmp_path / "x.npy", 150)
    with pytest.raises(DataError, match=r"x\.npy can no longer be read"):
        array[:2]
    (tmp_path / "x.npy").unlink()
    with pytest.raises(DataError, match="leave a file where it is"):
        array[:2]
