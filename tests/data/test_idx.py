import contextlib
import gzip
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from isthmus.data import open_source
from isthmus.data.idx import read_idx, write_idx
from isthmus.errors import DataError

IDX_TYPES = ("u1", "i1", "i2", "i4", "f4", "f8")
SUFFIXES = ("", ".gz")

arrays = st.sampled_from(IDX_TYPES).flatmap(
    lambda kind: hnp.arrays(kind, hnp.array_shapes(min_dims=1, max_dims=4, max_side=4))
)


def bytes_of(*sides, kind=0x08, values=b""):
    return struct.pack(f">BBBB{len(sides)}I", 0, 0, kind, len(sides), *sides) + values


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("idx")


@settings(max_examples=60, deadline=None)
@given(array=arrays, suffix=st.sampled_from(SUFFIXES))
def test_what_is_written_is_read(folder, array, suffix):
    path = folder / f"written-idx1-ubyte{suffix}"
    write_idx(path, array)
    read = read_idx(path)
    assert read.dtype == array.dtype
    np.testing.assert_array_equal(read, array)


def test_values_are_big_endian_as_the_format_says(tmp_path):
    path = tmp_path / "x-idx2-short"
    path.write_bytes(bytes_of(1, 2, kind=0x0B, values=b"\x01\x02\xff\xff"))
    np.testing.assert_array_equal(read_idx(path), np.array([[258, -1]], np.int16))


def test_uncompressed_bytes_are_mapped(tmp_path):
    path = tmp_path / "x-idx2-ubyte"
    write_idx(path, np.eye(3, dtype=np.uint8))
    assert isinstance(read_idx(path), np.memmap)


@settings(max_examples=60, deadline=None)
@given(
    content=st.one_of(
        st.binary(max_size=64),
        st.binary(max_size=32).map(lambda tail: b"\0\0\x08\x02" + tail),
        st.binary(max_size=32).map(lambda tail: b"\x1f\x8b\x08\0" + tail),
    )
)
def test_random_bytes_are_read_or_refused(folder, content):
    path = folder / "fuzz-idx2-ubyte"
    path.write_bytes(content)
    with contextlib.suppress(DataError):
        read_idx(path)


@settings(max_examples=40, deadline=None)
@given(data=st.data(), suffix=st.sampled_from(SUFFIXES))
def test_every_truncation_is_refused(folder, data, suffix):
    whole = bytes_of(3, 5, values=bytes(range(15)))
    whole = gzip.compress(whole) if suffix else whole
    length = data.draw(st.integers(0, len(whole) - 1))
    path = folder / f"short-idx2-ubyte{suffix}"
    path.write_bytes(whole[:length])
    with pytest.raises(DataError, match="short-idx2-ubyte"):
        read_idx(path)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\x89PNG....", r"begins with the bytes \[89 50 4e 47\]"),
        (b"\1" + bytes_of(2, values=b"ab")[1:], r"begins with the bytes \[01 00 08 01\]"),
        (bytes_of(2, kind=0x0A, values=b"ab"), "begins with the bytes"),
        (bytes_of(), "begins with the bytes"),
        (bytes_of(2, 2, values=b"abc"), "holds 3 bytes of values, but its header announces 2x2"),
        (bytes_of(2, 2, values=b"abcde"), "holds 5 bytes"),
        (bytes_of(2**32 - 1, 2**32 - 1), "holds 0 bytes"),
        (b"\0\0\x08\x03\0\0", "ends inside its header of 3 axes"),
    ],
)
@pytest.mark.parametrize("compress", [bytes, gzip.compress])
def test_a_header_that_lies_is_named(tmp_path, content, sentence, compress):
    path = tmp_path / "bad-idx2-ubyte"
    path.write_bytes(compress(content))
    with pytest.raises(DataError, match=sentence):
        open_source(path)


def test_a_damaged_gzip_stream_is_refused(tmp_path):
    content = bytearray(
        gzip.compress(bytes_of(30, 30, values=np.arange(900).astype("u1").tobytes()))
    )
    content[len(content) // 2] ^= 255
    path = tmp_path / "bad-idx2-ubyte.gz"
    path.write_bytes(content)
    with pytest.raises(DataError, match="cut short or damaged"):
        open_source(path)


@pytest.fixture(params=["t10k", "test"])
def mnist_like(request, tmp_path):
    """Write four files named as MNIST's: 6 examples for training, 2 for testing."""
    rng = np.random.default_rng(0)
    for prefix, n in (("train", 6), (request.param, 2)):
        images = rng.integers(0, 256, (n, 4, 3)).astype(np.uint8)
        write_idx(tmp_path / f"{prefix}-images-idx3-ubyte.gz", images)
        write_idx(tmp_path / f"{prefix}-labels-idx1-ubyte", np.arange(n, dtype=np.uint8))
    return tmp_path


def test_labels_and_test_split_come_along(mnist_like):
    source = open_source(mnist_like / "train-images-idx3-ubyte.gz")
    assert source.examples.shape == (6, 4, 3)
    assert source.image_shape == (4, 3, 1)
    np.testing.assert_array_equal(source.labels, range(6))
    assert source.test.examples.shape == (2, 4, 3)
    np.testing.assert_array_equal(source.test.labels, range(2))


def test_a_folder_of_idx_files_is_called_by_its_name(mnist_like):
    source = open_source(mnist_like)
    assert source.name == mnist_like.name
    assert source.test.name == f"{mnist_like.name} (test)"
    assert len(source) == 6


def test_the_file_of_test_images_has_no_split_of_its_own(mnist_like):
    (path,) = mnist_like.glob("t[1e]*-images-*")
    source = open_source(path)
    assert source.test is None
    np.testing.assert_array_equal(source.labels, range(2))


def test_labels_of_another_length_are_refused(mnist_like):
    write_idx(mnist_like / "train-labels-idx1-ubyte", np.zeros(5, np.uint8))
    with pytest.raises(DataError, match="has 6 examples but 5 labels"):
        open_source(mnist_like)


def test_a_file_of_labels_can_be_named(tmp_path):
    write_idx(tmp_path / "a-idx2-ubyte", np.eye(3, dtype=np.uint8))
    write_idx(tmp_path / "b-idx1-ubyte", np.array([7, 8, 9], np.uint8))
    source = open_source(tmp_path / "a-idx2-ubyte", label=tmp_path / "b-idx1-ubyte")
    np.testing.assert_array_equal(source.labels, [7, 8, 9])
