"""A folder of PNG and JPEG files, read only where it is indexed."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from isthmus.data.checks import listed
from isthmus.data.source import Source
from isthmus.errors import DataError

SUFFIXES = (".png", ".jpg", ".jpeg")
_ENDS = {"PNG": b"IEND", "JPEG": b"\xff\xd9"}
_TAIL_BYTES = 1024  # a little may follow the end mark
_SPLITS = ("train", "test")
_BROKEN = (OSError, SyntaxError, ValueError, KeyError, struct.error, zlib.error)

_MODES = {  # as stored: as read, channels, type
    "1": ("L", 1, np.uint8),
    "L": ("L", 1, np.uint8),
    "I;16": ("I;16", 1, np.uint16),
    "LA": ("LA", 2, np.uint8),
    "RGB": ("RGB", 3, np.uint8),
    "P": ("RGB", 3, np.uint8),
    "YCbCr": ("RGB", 3, np.uint8),
    "CMYK": ("RGB", 3, np.uint8),
    "RGBA": ("RGBA", 4, np.uint8),
}


@dataclass(frozen=True)
class _Header:
    """What is known of an image before its pixels are read."""

    mode: str
    channels: int
    dtype: np.dtype
    height: int
    width: int

    def __str__(self) -> str:
        return f"{self.height}x{self.width}x{self.channels} {self.dtype}"


class ImageFiles:
    """Images of one size as an array (n, H, W), or (n, H, W, C) in colour, read when indexed.

    Attributes
    ----------
    paths : tuple of Path
    shape : tuple of int
    dtype : numpy.dtype
    """

    def __init__(self, paths: Sequence[Path], header: _Header):
        self.paths = tuple(paths)
        channels = () if header.channels == 1 else (header.channels,)
        self.shape = (len(paths), header.height, header.width, *channels)
        self.dtype = header.dtype
        self.ndim = len(self.shape)

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: Any, /) -> np.ndarray:
        """Read one image, or those at a slice, an integer array or a boolean mask."""
        chosen = np.arange(len(self))[index]
        if np.ndim(chosen) == 0:
            return self._read(int(chosen))
        images = np.empty((len(chosen), *self.shape[1:]), self.dtype)
        for position, i in enumerate(chosen):
            images[position] = self._read(int(i))
        return images

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if copy is False:
            raise ValueError("Images in files cannot become an array without being copied.")
        return self[:].astype(dtype or self.dtype, copy=False)

    def _read(self, i: int) -> np.ndarray:
        from PIL import Image

        path = self.paths[i]
        try:
            with Image.open(path) as image:
                pixels = np.asarray(image.convert(_MODES[image.mode][0]), self.dtype)
        except (*_BROKEN, Image.DecompressionBombError) as error:
            raise _corrupt(path, error) from None
        if pixels.shape != self.shape[1:]:
            raise DataError(
                f"{path.name} has changed to shape {pixels.shape} since the folder was opened, "
                f"from {self.shape[1:]}; open the folder again."
            )
        return pixels


def open_image_folder(folder: Path) -> Source:
    """Take all PNG and JPEG files under a folder, in the order of their names, as a source.

    The labels are the names of the sub-folders, if there are any. Sub-folders ``train`` and
    ``test``, and no others, are the source's own split. Grey images have one channel, colour
    three, transparency one more; palettes are resolved to colour. Only headers are read here.

    Raises
    ------
    DataError
        If there are no images, one cannot be read, or sizes or channels differ.
    """
    parts = sorted({path.relative_to(folder).parts[0] for path in _images(folder)})
    if tuple(sorted(parts, reverse=True)) == _SPLITS:
        train, test = (_open_part(folder / part, folder.name) for part in _SPLITS)
        if train.examples.shape[1:] != test.examples.shape[1:]:
            raise DataError(
                f"The images in {folder.name}/train have shape {train.examples.shape[1:]}, but "
                f"those in {folder.name}/test {test.examples.shape[1:]}; make them equal."
            )
        return replace(train, test=replace(test, name=f"{folder.name} (test)"))
    return _open_part(folder, folder.name)


def _open_part(folder: Path, name: str) -> Source:
    paths = sorted(_images(folder))
    if not paths:
        raise DataError(
            f"The folder {name} holds no images; expected files ending in {', '.join(SUFFIXES)}, "
            "in it or in its sub-folders."
        )
    headers = [_read_header(path) for path in paths]
    for path, header in zip(paths, headers, strict=True):
        if str(header) != str(headers[0]):
            raise DataError(
                f"{path.relative_to(folder)} is {header}, but {paths[0].relative_to(folder)} is "
                f"{headers[0]}; bring all images of {name} to one size and number of channels."
            )
    first = headers[0]
    return Source(
        name,
        ImageFiles(paths, first),
        labels=_folder_labels(paths, folder, name),
        image_shape=(first.height, first.width, first.channels),
    )


def _images(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() in SUFFIXES and not hidden and path.is_file():
            yield path


def _folder_labels(paths: list[Path], folder: Path, name: str) -> np.ndarray | None:
    """Name the sub-folder that each image lies in; None if all lie in the folder itself."""
    inside = [path.relative_to(folder).parts for path in paths]
    loose = [parts[0] for parts in inside if len(parts) == 1]
    if len(loose) == len(paths):
        return None
    if loose:
        raise DataError(
            f"{name} has images beside its sub-folders ({listed(loose)}), so these have no label; "
            "move them into one."
        )
    return np.array([parts[0] for parts in inside])


def _read_header(path: Path) -> _Header:
    """Read an image's size and mode, and check that the file is not cut short."""
    from PIL import Image

    try:
        with Image.open(path, formats=list(_ENDS)) as image:
            mode, (width, height), kind = image.mode, image.size, str(image.format)
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
            complete = _ENDS[kind] in file.read()
    except (*_BROKEN, Image.DecompressionBombError) as error:
        raise _corrupt(path, error) from None
    if not complete:
        raise _corrupt(path, "it is cut short")
    if mode not in _MODES:
        raise DataError(
            f"{path.name} is an image of mode {mode}, but expected one of {', '.join(_MODES)}; "
            "convert it."
        )
    _, channels, dtype = _MODES[mode]
    return _Header(mode, channels, np.dtype(dtype), height, width)


def _corrupt(path: Path, reason: object) -> DataError:
    return DataError(
        f"{path.name} cannot be read as a PNG or JPEG image ({_brief(reason, path)}); replace it "
        "or take it out of the folder."
    )


def _brief(reason: object, path: Path) -> str:
    return str(reason).replace(f" {str(path)!r}", "").rstrip(".") or type(reason).__name__
