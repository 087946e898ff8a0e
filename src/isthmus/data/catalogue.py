"""Data sets known by name: two bundled, the others found or downloaded."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from isthmus.data.checks import listed, nearest
from isthmus.data.downloads import FILES, download_emnist, download_files
from isthmus.data.idx import open_idx
from isthmus.data.letters import read_letters
from isthmus.data.source import Source
from isthmus.errors import DataError


def read_digits() -> Source:
    """Read scikit-learn's digits: (1797, 8, 8), uint8 from 0 to 16, labels 0 to 9."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    images = images.astype(np.uint8).reshape(-1, 8, 8)
    return Source("digits", images, labels=np.asarray(labels), image_shape=(8, 8, 1))


@dataclass(frozen=True)
class _Bundled:
    what: str
    size: int
    read: Callable[[], Source]


@dataclass(frozen=True)
class _Folder:
    """A data set kept as a folder of gzip IDX files named as MNIST's."""

    what: str
    size: int
    download: Callable[[Path], None] | None


_DATA_SETS: dict[str, _Bundled | _Folder] = {
    "digits": _Bundled("1,797 handwritten digits, 8x8, 0 to 16", 115_008, read_digits),
    "letters-5x7": _Bundled("32 characters of a terminal font, 7x5, 0 and 1", 1_120, read_letters),
    "mnist": _Folder(
        "60,000 + 10,000 handwritten digits, 28x28",
        11_594_722,
        partial(
            download_files,
            servers=(
                "https://ossci-datasets.s3.amazonaws.com/mnist/",
                "https://storage.googleapis.com/cvdf-datasets/mnist/",
            ),
            checksums={
                "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
                "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
                "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
                "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
            },
        ),
    ),
    "fashion-mnist": _Folder(
        "60,000 + 10,000 articles of clothing, 28x28",
        30_878_645,
        partial(
            download_files,
            servers=(
                "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
                "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
            ),
            checksums={
                "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
                "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
                "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
                "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
            },
        ),
    ),
    "emnist-letters": _Folder(
        "124,800 + 20,800 handwritten letters of both cases, 28x28, labels 1 to 26",
        561_753_746,
        partial(
            download_emnist,
            url="https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip",
            checksum="58c8d27c78d21e728a6bc7b3cc06412e",
            division="letters",
        ),
    ),
    "nist-letters": _Folder(
        "26,000 + 7,800 handwritten capital letters, 28x28, labels 1 to 26", 10_236_966, None
    ),
}


@dataclass(frozen=True)
class Entry:
    """A row of the catalogue.

    Attributes
    ----------
    name, what : str
    where : str
        ``"built in"``, the folder that it was found in, ``"to download"`` or, when it has no
        public home, ``"not found"``.
    size : int
        Bytes that it takes, or that its download would.
    """

    name: str
    what: str
    where: str
    size: int


def names() -> list[str]:
    """List the data sets that the catalogue knows."""
    return list(_DATA_SETS)


def available() -> list[Entry]:
    """List the data sets with where each is now; nothing is downloaded.

    Examples
    --------
    >>> [entry.name for entry in available() if entry.where == "built in"]
    ['digits', 'letters-5x7']
    """
    return [_entry(name, known) for name, known in _DATA_SETS.items()]


def get(name: str) -> Path | Source:
    """Make sure that a data set is here, downloading it into the user's cache if need be.

    Looked for, in this order, in the folder that the environment variable ``ISTHMUS_DATA``
    names, in the user's cache, and at its public home.

    Returns
    -------
    Path or Source
        The folder with its four IDX files, or the data set itself if it is bundled.

    Raises
    ------
    DataError
        If there is no such data set, or it is not here and cannot be downloaded.
    """
    known = _known(name)
    if isinstance(known, _Bundled):
        return known.read()
    folder = _found(name)
    if folder is not None:
        return folder
    folder = _cache() / name
    if known.download is None:
        places = ", ".join(str(place / name) for place in _places())
        raise DataError(
            f"{name} has no public home to download it from, and none of the folders "
            f"{places} holds {listed(FILES)}; put "
            "these files there, or use emnist-letters."
        )
    known.download(folder)
    return folder


def load(name: str) -> Source:
    """Open a data set of the catalogue, downloading it if it is not here.

    Examples
    --------
    >>> load("letters-5x7").examples.shape
    (32, 35)
    """
    got = get(name)
    return got if isinstance(got, Source) else open_idx(_files(got)[0], name)


def _known(name: str) -> _Bundled | _Folder:
    if name not in _DATA_SETS:
        raise DataError(
            f'The catalogue has no data set "{name}" (it has {listed(names())})'
            f"{nearest(name, names())}"
        )
    return _DATA_SETS[name]


def _entry(name: str, known: _Bundled | _Folder) -> Entry:
    if isinstance(known, _Bundled):
        return Entry(name, known.what, "built in", known.size)
    folder = _found(name)
    if folder is not None:
        size = sum(file.stat().st_size for file in _files(folder))
        return Entry(name, known.what, str(folder), size)
    where = "not found" if known.download is None else "to download"
    return Entry(name, known.what, where, known.size)


def _found(name: str) -> Path | None:
    """Find the folder of a data set that holds all four of its files."""
    folders = (place / name for place in _places())
    return next((folder for folder in folders if len(_files(folder)) == len(FILES)), None)


def _files(folder: Path) -> list[Path]:
    """Give those of the four files that are in the folder, compressed or not."""
    candidates = [(folder / name, folder / name.removesuffix(".gz")) for name in FILES]
    return [file for pair in candidates for file in pair if file.is_file()][: len(FILES)]


def _places() -> list[Path]:
    named = os.environ.get("ISTHMUS_DATA")
    return [*([Path(named).expanduser()] if named else []), _cache()]


def _cache() -> Path:
    import pooch

    return pooch.os_cache("isthmus")
