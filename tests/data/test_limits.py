"""Small files that would fill memory, and damaged ones, end in a sentence."""

import gzip
import io
import struct
import subprocess
import sys
import zipfile

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from isthmus.data import catalogue, downloads, open_source
from isthmus.data.limits import VARIABLE, Limited, unpack_limit
from isthmus.errors import DataError, SettingError

ZEROS = bytes(2**20)


def idx(*sides: int) -> bytes:
    return struct.pack(f">BBBB{len(sides)}I", 0, 0, 8, len(sides), *sides)


def bomb(path, start: bytes, megabytes: int) -> None:
    """Write a small file that unpacks to many zeros."""
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(start)
        for _ in range(megabytes):
            file.write(ZEROS)


def test_an_announced_size_bounds_what_is_read_and_held(tmp_path) -> None:
    """In a process that may take no more memory: 160 bytes are announced, 600 MB follow."""
    path = tmp_path / "x.idx.gz"
    bomb(path, idx(10, 16), 600)
    program = (
        "import resource, sys\n"
        "from isthmus.data import open_source\n"
        "from isthmus.errors import DataError\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try: open_source(sys.argv[1])\n"
        "except DataError as error: print(error)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    ).stdout
    assert "holds 161 bytes or more of values, but its header announces 10x16" in told
    assert told.endswith("True\n")


def test_a_line_without_an_end_is_not_read_whole(tmp_path, monkeypatch) -> None:
    path = tmp_path / "x.csv.gz"
    bomb(path, b"1,2\n3,", 100)
    monkeypatch.setenv(VARIABLE, str(2**25))
    with pytest.raises(DataError, match=r"x\.csv\.gz"):
        open_source(path)


def test_the_limit_is_what_is_set(tmp_path, monkeypatch) -> None:
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress(b"1,2\n" * 1000))
    monkeypatch.setenv(VARIABLE, "4000")
    assert open_source(path).examples.shape == (1000, 2)
    monkeypatch.setenv(VARIABLE, "3999")
    with pytest.raises(DataError, match=r"the limit is .* set ISTHMUS_UNPACK_LIMIT to a greater"):
        open_source(path)
    monkeypatch.setenv(VARIABLE, "4 GB")
    with pytest.raises(SettingError, match="ISTHMUS_UNPACK_LIMIT is '4 GB'"):
        unpack_limit()


def test_an_array_that_announces_more_than_the_limit_is_refused(tmp_path, monkeypatch) -> None:
    np.savez_compressed(tmp_path / "x.npz", x=np.zeros((1000, 1000)))
    path = tmp_path / "x.idx.gz"
    path.write_bytes(gzip.compress(idx(2**20, 2**20) + 2 * ZEROS))
    monkeypatch.setenv(VARIABLE, "1000000")
    for name in ("x.npz", "x.idx.gz"):
        with pytest.raises(DataError, match="unpacks to"):
            open_source(tmp_path / name)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (struct.pack(">BBBB", 0, 0, 8, 200) + bytes(800), "announces 200 axes"),
        (idx(3, 0), "3x0 values, which are none"),
        (idx(0, 2**32 - 1, 2**32 - 1), "which are none"),
    ],
)
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_axes_and_sides_that_no_array_has(content, words, suffix, tmp_path) -> None:
    path = tmp_path / f"x.idx{suffix}"
    path.write_bytes(gzip.compress(content) if suffix else content)
    with pytest.raises(DataError, match=words):
        open_source(path)


def test_a_damaged_member_of_any_compression_is_a_sentence(tmp_path) -> None:
    array = io.BytesIO()
    np.save(array, np.random.default_rng(0).normal(size=(50, 4)))
    for kind in (zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED):
        path = tmp_path / f"{kind}.npz"
        with zipfile.ZipFile(path, "w", kind) as archive:
            archive.writestr("x.npy", array.getvalue())
        content = bytearray(path.read_bytes())
        content[60:200] = bytes(140)
        path.write_bytes(content)
        with pytest.raises(DataError, match="cannot be read"):
            open_source(path)


def test_labels_that_are_lists_are_refused(tmp_path) -> None:
    path = tmp_path / "x.parquet"
    lists = pa.array([[1, 2], [3], None])
    parquet.write_table(pa.table({"a": [1.0, 2.0, 3.0], "b": lists}), path)
    with pytest.raises(DataError, match="hold lists or tables, such as"):
        open_source(path, label="b")


def test_nothing_is_downloaded_without_encryption(tmp_path) -> None:
    with pytest.raises(DataError, match="not encrypted"):
        downloads.fetch(["http://public/x"], "0" * 32, tmp_path / "x")
    for known in vars(catalogue)["_DATA_SETS"].values():
        how = getattr(getattr(known, "download", None), "keywords", {})
        for url in (*how.get("servers", ()), *([how["url"]] if "url" in how else [])):
            assert url.startswith("https://")


def test_a_limited_file_reads_as_it_is_asked() -> None:
    limited = Limited(io.BytesIO(b"abcdef"), "x")
    assert (limited.read(2), limited.read(), limited.read(1)) == (b"ab", b"cdef", b"")
