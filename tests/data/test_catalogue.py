import hashlib
import os
import shutil
import zipfile
from functools import partial
from pathlib import Path

import numpy as np
import pooch
import pytest

from isthmus.data import catalogue, downloads, open_source
from isthmus.data.idx import write_idx
from isthmus.errors import DataError


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Give every test an empty cache and no ISTHMUS_DATA."""
    folder = tmp_path / "cache"
    monkeypatch.setattr("pooch.os_cache", lambda name: folder)
    monkeypatch.delenv("ISTHMUS_DATA", raising=False)
    return folder


@pytest.fixture
def no_network(monkeypatch):
    """Answer every request as a machine without a network does."""
    import requests

    def refuse(url, **options):
        raise requests.ConnectionError("a long story\nof many lines")

    monkeypatch.setattr("requests.get", refuse)


def write_four(folder, upright=True):
    folder.mkdir(parents=True, exist_ok=True)
    for prefix, n in (("train", 3), ("t10k", 2)):
        images = np.arange(n * 4, dtype=np.uint8).reshape(n, 2, 2)
        images = images if upright else images.transpose(0, 2, 1)
        write_idx(folder / f"{prefix}-images-idx3-ubyte.gz", images)
        write_idx(folder / f"{prefix}-labels-idx1-ubyte.gz", np.arange(n, dtype=np.uint8))
    return folder


def md5(path):
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


@pytest.fixture
def served(tmp_path, monkeypatch):
    """Serve a folder at https://public/, by the only function of requests that pooch calls."""
    folder = tmp_path / "public"
    folder.mkdir()

    class Response:
        def __init__(self, path):
            self.content = path.read_bytes() if path.is_file() else None
            self.headers = {"content-length": str(len(self.content or b""))}
            self.status_code = 404

        def raise_for_status(self):
            import requests

            if self.content is None:
                raise requests.HTTPError("not found", response=self)

        def iter_content(self, chunk_size):
            starts = range(0, len(self.content), chunk_size)
            return (self.content[start : start + chunk_size] for start in starts)

    monkeypatch.setattr("requests.get", lambda url, **options: Response(folder / Path(url).name))
    return folder


def test_digits_are_scikit_learns():
    source = open_source("digits")
    assert source.examples.shape == (1797, 8, 8)
    assert source.examples.dtype == np.uint8
    assert (source.examples.min(), source.examples.max()) == (0, 16)
    assert source.image_shape == (8, 8, 1)
    assert np.bincount(source.labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_the_catalogue_lists_without_downloading(no_network):
    rows = {entry.name: entry for entry in catalogue.available()}
    assert list(rows) == catalogue.names()
    assert rows["digits"].where == "built in"
    assert rows["mnist"].where == "to download"
    assert rows["nist-letters"].where == "not found"
    assert all(entry.size > 0 and entry.what for entry in rows.values())


def test_sizes_of_bundled_sets_are_theirs():
    for entry in catalogue.available():
        if entry.where == "built in":
            assert entry.size == catalogue.load(entry.name).examples.nbytes


@pytest.mark.parametrize("compressed", [True, False])
def test_isthmus_data_goes_before_the_cache(tmp_path, cache, monkeypatch, compressed):
    monkeypatch.setenv("ISTHMUS_DATA", str(tmp_path / "mine"))
    write_four(cache / "mnist")
    assert catalogue.get("mnist") == cache / "mnist"
    mine = write_four(tmp_path / "mine" / "mnist")
    if not compressed:
        for path in list(mine.iterdir()):
            write_idx(mine / path.name.removesuffix(".gz"), downloads.read_idx(path))
            path.unlink()
    assert catalogue.get("mnist") == mine
    (row,) = (entry for entry in catalogue.available() if entry.name == "mnist")
    assert row.where == str(mine)
    assert row.size == sum(path.stat().st_size for path in mine.iterdir())


def test_a_found_data_set_opens_whole(cache):
    write_four(cache / "fashion-mnist")
    source = open_source("fashion-mnist")
    assert repr(source) == "<Source fashion-mnist: 3 of 2x2 uint8, labelled, 2 for testing>"
    assert source.test.name == "fashion-mnist (test)"


@pytest.mark.parametrize("missing", downloads.FILES)
def test_a_folder_that_lacks_a_file_does_not_count(cache, no_network, missing):
    write_four(cache / "mnist")
    (cache / "mnist" / missing).unlink()
    with pytest.raises(DataError, match="could not be downloaded"):
        catalogue.get("mnist")


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist", "emnist-letters"])
def test_no_network_ends_in_one_sentence(cache, no_network, name):
    with pytest.raises(DataError, match=r"could not be downloaded \(http.*no connection") as caught:
        open_source(name)
    assert "\n" not in str(caught.value)
    assert str(cache / name) in str(caught.value)


def test_no_public_home_says_what_to_put_where(cache, monkeypatch, tmp_path):
    monkeypatch.setenv("ISTHMUS_DATA", str(tmp_path))
    with pytest.raises(DataError, match="no public home") as caught:
        open_source("nist-letters")
    for needed in (*downloads.FILES, str(tmp_path / "nist-letters"), str(cache / "nist-letters")):
        assert needed in str(caught.value)


@pytest.mark.parametrize("open_it", [catalogue.get, catalogue.load])
def test_an_unknown_name_is_answered_with_the_nearest(open_it):
    with pytest.raises(DataError, match='did you mean "fashion-mnist"'):
        open_it("fashion_mnist")


def test_bundled_sets_need_no_folder():
    assert len(catalogue.get("letters-5x7")) == 32


def test_four_files_are_downloaded_and_checked(served, cache, monkeypatch, caplog):
    write_four(served)
    checksums = {name: md5(served / name) for name in downloads.FILES}
    fetch = partial(downloads.download_files, servers=["https://public/"], checksums=checksums)
    monkeypatch.setitem(
        catalogue._DATA_SETS, "mnist", catalogue._Folder("four files", 1, download=fetch)
    )
    monkeypatch.setattr(pooch.get_logger(), "handlers", [caplog.handler])
    assert len(open_source("mnist")) == 3
    assert caplog.records == []
    assert {path.name for path in (cache / "mnist").iterdir()} == set(downloads.FILES)
    shutil.rmtree(served)
    assert len(open_source("mnist")) == 3


def test_the_second_server_is_tried_when_the_first_fails(served, tmp_path):
    (served / "there").write_bytes(b"content")
    checksum = md5(served / "there")
    downloads.fetch(
        ["https://public/gone", "https://public/there"], checksum, tmp_path / "got" / "file"
    )
    assert (tmp_path / "got" / "file").read_bytes() == b"content"


def test_a_file_with_another_checksum_is_not_kept(served, tmp_path):
    (served / "file").write_bytes(b"not what was expected")
    with pytest.raises(DataError, match="what came has another checksum"):
        downloads.fetch(["https://public/file"], "0" * 32, tmp_path / "got" / "file")
    assert list((tmp_path / "got").iterdir()) == []


def test_the_answer_of_the_server_is_told(served, tmp_path):
    with pytest.raises(DataError, match="the server answered 404"):
        downloads.fetch(["https://public/gone"], "0" * 32, tmp_path / "file")


def test_a_cache_that_cannot_be_written_is_named(served, tmp_path):
    (tmp_path / "taken").write_text("a file where a folder should be")
    with pytest.raises(DataError, match="Not a directory"):
        downloads.fetch(["https://public/x"], "0" * 32, tmp_path / "taken" / "x")


def test_emnist_is_unpacked_upright(served, cache, monkeypatch, tmp_path):
    stored = write_four(tmp_path / "transposed", upright=False)
    with zipfile.ZipFile(served / "gzip.zip", "w") as archive:
        for name in downloads.FILES:
            member = f"gzip/emnist-letters-{name.replace('t10k', 'test')}"
            archive.write(stored / name, member)
    fetch = partial(
        downloads.download_emnist,
        url="https://public/gzip.zip",
        checksum=md5(served / "gzip.zip"),
        division="letters",
    )
    monkeypatch.setitem(
        catalogue._DATA_SETS, "emnist-letters", catalogue._Folder("one zip", 1, download=fetch)
    )
    source = open_source("emnist-letters")
    np.testing.assert_array_equal(source.examples.ravel(), range(12))
    np.testing.assert_array_equal(source.test.examples.ravel(), range(8))
    np.testing.assert_array_equal(source.labels, range(3))
    assert {path.name for path in (cache / "emnist-letters").iterdir()} == set(downloads.FILES)


def test_the_bar_follows_the_bytes():
    from rich.progress import Progress

    progress = Progress(disable=True)
    bar = downloads._Bar(progress, "file")
    bar.total = 10
    bar.update(4)
    (task,) = progress.tasks
    assert (task.completed, task.total) == (4, 10)
    bar.reset()
    bar.update(10)
    bar.close()
    assert task.finished


REAL_DATA = os.environ.get("ISTHMUS_DATA", "")


@pytest.mark.skipif(not REAL_DATA, reason="ISTHMUS_DATA is not set")
@pytest.mark.parametrize(
    ("name", "n", "n_test", "classes"),
    [("mnist", 60_000, 10_000, range(10)), ("nist-letters", 26_000, 7_800, range(1, 27))],
)
def test_the_real_data_sets_are_whole(monkeypatch, name, n, n_test, classes):
    monkeypatch.setenv("ISTHMUS_DATA", REAL_DATA)
    source = open_source(name)
    assert source.examples.shape == (n, 28, 28)
    assert source.test.examples.shape == (n_test, 28, 28)
    assert source.examples.dtype == np.uint8
    assert np.unique(source.labels).tolist() == list(classes)
