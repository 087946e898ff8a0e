import numpy as np
import pytest
from PIL import Image

from isthmus.cli import output
from isthmus.errors import SettingError

VALUES = np.arange(12, dtype=np.float32).reshape(4, 3) / 7
NAMES = ["a", "b", "c"]


def read_png(path):
    with Image.open(path) as image:
        return np.asarray(image)


def write(path, values=VALUES, **kwargs):
    target = output.open_target(str(path), force=False, images="image_shape" in kwargs)
    output.write(target, values, names=NAMES, **kwargs)


def test_npy_csv_and_parquet_hold_the_same_numbers(tmp_path):
    import pyarrow.csv
    import pyarrow.parquet

    for suffix in (".npy", ".csv", ".parquet"):
        write(tmp_path / f"values{suffix}")
    np.testing.assert_array_equal(np.load(tmp_path / "values.npy"), VALUES)
    tables = [
        pyarrow.csv.read_csv(tmp_path / "values.csv"),
        pyarrow.parquet.read_table(tmp_path / "values.parquet"),
    ]
    for table in tables:
        assert table.column_names == NAMES
        for name, column in zip(NAMES, VALUES.T, strict=True):
            np.testing.assert_array_equal(table[name].to_numpy().astype(np.float32), column)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_folder_gets_one_png_an_example(tmp_path, channels):
    images = np.random.default_rng(0).integers(0, 256, (3, 5, 4, channels), np.uint8)
    write(tmp_path / "pictures", images.reshape(3, -1), image_shape=(5, 4, channels))
    files = sorted((tmp_path / "pictures").iterdir())
    assert [file.name for file in files] == ["00000.png", "00001.png", "00002.png"]
    for file, image in zip(files, images, strict=True):
        read = read_png(file).reshape(5, 4, channels)
        np.testing.assert_array_equal(read, image)


def test_values_within_the_unit_interval_fill_the_grey_levels(tmp_path):
    write(tmp_path / "p", np.array([[0.0, 0.5, 1.0, 0.2]], np.float32), image_shape=(2, 2, 1))
    read = read_png(tmp_path / "p" / "00000.png")
    assert read.tolist() == [[0, 128], [255, 51]]


def test_a_contact_sheet_holds_every_image(tmp_path):
    images = np.zeros((5, 64, 64, 1), np.uint8)
    images[4] = 200
    write(tmp_path / "sheet.png", images, image_shape=(64, 64, 1))
    sheet = read_png(tmp_path / "sheet.png")
    assert sheet.shape == (2 * 66 + 2, 3 * 66 + 2)
    assert (sheet == 200).sum() == 64 * 64
    assert (sheet == 0).sum() == 4 * 64 * 64


def test_a_failed_write_leaves_nothing(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np.lib.format, "write_array_header_1_0", full)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path / "values.npy")
    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path / "p", np.zeros((2, 4), np.uint8), image_shape=(2, 2, 1))
    assert list(tmp_path.iterdir()) == []


def test_force_replaces_a_folder_of_pictures_but_no_other(tmp_path):
    folder = tmp_path / "pictures"
    write(folder, np.zeros((3, 4), np.uint8), image_shape=(2, 2, 1))
    target = output.open_target(f"{folder}/", force=True, images=True)
    output.write(target, np.zeros((1, 4), np.uint8), names=NAMES, image_shape=(2, 2, 1))
    assert [file.name for file in folder.iterdir()] == ["00000.png"]
    (folder / "thesis.tex").touch()
    with pytest.raises(SettingError, match=r"more than PNG files"):
        output.open_target(str(folder), force=True, images=True)


@pytest.mark.parametrize(
    ("out", "images", "words"),
    [
        ("codes.xlsx", False, "it should end in"),
        ("codes.png", False, "not images"),
        ("codes/", False, "not images"),
        ("taken.csv", False, "--force"),
        ("nowhere/codes.csv", False, "no folder"),
    ],
)
def test_a_target_that_cannot_be_is_refused(tmp_path, monkeypatch, out, images, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken.csv").touch()
    with pytest.raises(SettingError, match=words):
        output.open_target(out, force=False, images=images)


def test_pictures_of_two_channels_are_refused(tmp_path):
    with pytest.raises(SettingError, match="2 channels"):
        write(tmp_path / "p", np.zeros((1, 8), np.uint8), image_shape=(2, 2, 2))
    assert list(tmp_path.iterdir()) == []
