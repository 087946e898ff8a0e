import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from isthmus.data import open_source
from isthmus.data.image_folder import ImageFiles
from isthmus.errors import DataError

pixels = st.sampled_from([(), (2,), (3,), (4,)]).flatmap(
    lambda channels: hnp.arrays(np.uint8, (3, 4, 5, *channels))
)


def save(path, array):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(array, np.uint8)).save(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("images")


@pytest.fixture
def ten(tmp_path):
    """Write ten grey images of 4x3 pixels, the i-th filled with i."""
    for i in range(10):
        save(tmp_path / f"{i}.png", np.full((4, 3), i))
    return tmp_path


@settings(max_examples=25, deadline=None)
@given(images=pixels)
def test_pixels_come_back(folder, images):
    for i, image in enumerate(images):
        save(folder / f"{i}.png", image)
    source = open_source(folder)
    np.testing.assert_array_equal(source.examples, images)
    assert source.examples.shape == images.shape
    assert source.image_shape == (*images.shape[1:], 1)[:3]


@settings(max_examples=80, deadline=None)
@given(data=st.data(), suffix=st.sampled_from([".png", ".jpg"]))
def test_damaged_images_are_read_or_refused(tmp_path_factory, data, suffix):
    path = tmp_path_factory.getbasetemp() / "fuzz" / f"a{suffix}"
    for other in path.parent.glob("*"):
        other.unlink()
    save(path, np.arange(20).reshape(4, 5))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        open_source(path.parent).examples[0]
    except DataError as error:
        assert path.name in str(error)  # noqa: PT017, the pixels may also be readable


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        (3, 3),
        (-1, 9),
        (np.int64(2), 2),
        (slice(2, 6, 2), [2, 4]),
        (np.array([7, 7, 0]), [7, 7, 0]),
        ([1, 2], [1, 2]),
        (np.arange(10) > 7, [8, 9]),
        (slice(4, 4), []),
    ],
)
def test_images_are_indexed_as_an_array_is(ten, index, expected):
    images = open_source(ten).examples
    values = images[index]
    assert values.dtype == images.dtype
    assert values.shape == (*np.shape(expected), 4, 3)
    np.testing.assert_array_equal(values[..., 0, 0], expected)


def test_an_index_beyond_the_last_image_is_an_index_error(ten):
    with pytest.raises(IndexError):
        open_source(ten).examples[10]


def test_nothing_is_decoded_until_indexed(ten, monkeypatch):
    from PIL import ImageFile

    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda self: pytest.fail("was decoded"))
    assert open_source(ten).examples.shape == (10, 4, 3)


def test_images_become_an_array_on_demand(ten):
    images = open_source(ten).examples
    assert isinstance(images, ImageFiles)
    assert np.asarray(images, np.float32).dtype == np.float32
    with pytest.raises(ValueError, match="without being copied"):
        np.array(images, copy=False)


def test_sub_folders_are_the_labels(tmp_path):
    for name in ("cat/1.png", "cat/deep/2.JPG", "dog/1.jpeg"):
        save(tmp_path / name, np.zeros((2, 2)))
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "x.png").write_bytes(b"junk")
    assert open_source(tmp_path).labels.tolist() == ["cat", "cat", "dog"]


def test_train_and_test_are_a_split_not_labels(tmp_path):
    for name in ("train/a/1.png", "train/b/2.png", "test/b/1.png"):
        save(tmp_path / name, np.zeros((2, 2)))
    source = open_source(tmp_path)
    assert source.labels.tolist() == ["a", "b"]
    assert source.test.labels.tolist() == ["b"]
    save(tmp_path / "test/b/1.png", np.zeros((2, 3)))
    with pytest.raises(DataError, match="test"):
        open_source(tmp_path)


@pytest.mark.parametrize(
    ("mode", "shape", "dtype"),
    [
        ("1", (2, 3), np.uint8),
        ("L", (2, 3), np.uint8),
        ("I;16", (2, 3), np.uint16),
        ("P", (2, 3, 3), np.uint8),
        ("RGBA", (2, 3, 4), np.uint8),
    ],
)
def test_every_mode_has_its_channels(tmp_path, mode, shape, dtype):
    Image.new(mode, (3, 2), color=1).save(tmp_path / "a.png")
    examples = open_source(tmp_path).examples
    assert examples.dtype == dtype
    assert examples[0].shape == shape
    assert examples[0].dtype == dtype


def test_no_images_are_refused(tmp_path):
    (tmp_path / "readme.txt").write_text("none here")
    with pytest.raises(DataError, match="holds no images"):
        open_source(tmp_path)


@pytest.mark.parametrize("shape", [(4, 4), (4, 3, 3)])
def test_images_of_different_sizes_are_both_named(ten, shape):
    save(ten / "odd.png", np.zeros(shape))
    with pytest.raises(DataError, match=r"odd\.png is .*, but 0\.png is 4x3x1"):
        open_source(ten)


def test_images_beside_sub_folders_are_refused(ten):
    save(ten / "cat/1.png", np.zeros((4, 3)))
    with pytest.raises(DataError, match="next to its sub-folders"):
        open_source(ten)


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_a_file_cut_short_is_refused_on_opening(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    save(path, np.random.default_rng(0).integers(0, 256, (32, 32)))
    path.write_bytes(path.read_bytes()[:-6])
    with pytest.raises(DataError, match=rf"a\{suffix} .*cut short"):
        open_source(tmp_path)


def test_what_is_no_image_is_refused_on_opening(tmp_path):
    (tmp_path / "a.png").write_bytes(b"text")
    with pytest.raises(DataError, match=r"a\.png cannot be read"):
        open_source(tmp_path)


def test_damaged_pixels_are_named_when_read(ten):
    content = bytearray((ten / "4.png").read_bytes())
    content[content.index(b"IDAT") + 6] ^= 255
    (ten / "4.png").write_bytes(content)
    images = open_source(ten).examples
    with pytest.raises(DataError, match=r"4\.png cannot be read"):
        images[:]


@pytest.mark.parametrize("shape", [(5, 5), (4, 3, 3)])
def test_an_image_that_changes_is_refused(ten, shape):
    images = open_source(ten).examples
    save(ten / "4.png", np.zeros(shape))
    with pytest.raises(DataError, match="has changed"):
        images[4]


def test_a_header_of_absurd_size_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 5)
    save(tmp_path / "a.png", np.zeros((4, 3)))
    with pytest.raises(DataError, match=r"a\.png"):
        open_source(tmp_path)


def _image(path, size=(6, 4), mode="RGB", **kwargs):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, 7).save(path, **kwargs)


def test_images_of_any_size_and_mode_are_brought_together(tmp_path):
    _image(tmp_path / "a.png", (6, 4), "L")
    _image(tmp_path / "b.jpg", (8, 9))
    with pytest.raises(DataError, match="resize"):
        open_source(tmp_path)
    source = open_source(tmp_path, resize=(5, 3), mode="RGB")
    assert source.examples[:].shape == (2, 5, 3, 3)


def test_images_stand_as_their_orientation_says(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    pixels = np.arange(24, dtype=np.uint8).reshape(4, 6)
    Image.fromarray(pixels).save(tmp_path / "a.png", exif=exif)
    source = open_source(tmp_path)
    np.testing.assert_array_equal(source.examples[0], np.rot90(pixels, -1))


@pytest.mark.parametrize("suffix", [".bmp", ".tif", ".webp", ".gif"])
def test_other_formats_are_read_and_other_files_counted(tmp_path, suffix):
    _image(tmp_path / f"a{suffix}", mode="L")
    (tmp_path / "notes.txt").write_text("hello")
    source = open_source(tmp_path)
    assert len(source) == 1
    assert "1 file that is no image is passed over (1 .txt)" in source.notes[0]


@pytest.mark.parametrize("middle", ["valid", "val", "validation"])
def test_folders_of_parts_are_no_labels(tmp_path, middle):
    for part, count in (("train", 3), (middle, 2), ("test", 1)):
        for i in range(count):
            _image(tmp_path / part / "cats" / f"{i}.png")
    source = open_source(tmp_path)
    assert (len(source), len(source.validation), len(source.test)) == (3, 2, 1)
    assert set(source.labels) == {"cats"}


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_sixteen_bits_become_eight_by_their_range(tmp_path, mode):
    deep = np.linspace(0, 65535, 64).astype(np.uint16).reshape(8, 8)
    Image.fromarray(deep).save(tmp_path / "deep.png")
    found = open_source(tmp_path, mode=mode).examples[0]
    expected = np.round(deep / 65535 * 255)
    np.testing.assert_allclose(found[..., 0] if mode == "RGB" else found.reshape(8, 8), expected)
