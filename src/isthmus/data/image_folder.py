"""A folder of images, read only where it is indexed."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL import Image
from numpy.typing import DTypeLike

from isthmus.annotations import Index
from isthmus.data.checks import listed
from isthmus.data.reading import Reading
from isthmus.data.source import Source
from isthmus.errors import DataError

_UNREADABLE = ("HDF5", "BUFR", "GRIB", "MPEG", "WMF", "EPS", "PDF")  # what Pillow only recognises
_ENDS = {"PNG": b"IEND", "JPEG": b"\xff\xd9"}
_TAIL_BYTES = 1024  # a little may follow the end mark
_PARTS = {
    "train": "train", "training": "train",
    "valid": "validation", "val": "validation", "validation": "validation",
    "test": "test", "testing": "test",
}  # fmt: skip
DEEPEST = 2**16 - 1
"""White in images of 16 bits."""

_ORIENTATION = 0x0112  # the EXIF tag; 5 to 8 are turned by a quarter
_BROKEN = (OSError, SyntaxError, ValueError, KeyError, struct.error, zlib.error)

_MODES = {  # as stored: as read, channels, type
    "1": ("L", 1, np.uint8),
    "L": ("L", 1, np.uint8),
    "I": ("I", 1, np.int32),
    "F": ("F", 1, np.float32),
    "I;16B": ("I;16", 1, np.uint16),
    "PA": ("RGBA", 4, np.uint8),
    "LAB": ("RGB", 3, np.uint8),
    "HSV": ("RGB", 3, np.uint8),
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
    """What is known of an image before its pixels are read: as it will be, not as it is stored."""

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

    def __init__(self, paths: Sequence[Path], header: _Header, how: Reading):
        self.paths, self._how = tuple(paths), how
        channels = () if header.channels == 1 else (header.channels,)
        self.shape = (len(paths), header.height, header.width, *channels)
        self.dtype = header.dtype
        self.ndim = len(self.shape)

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: Index, /) -> np.ndarray:
        """Read one image, or those at a slice, an integer array or a boolean mask."""
        chosen = np.arange(len(self))[index]
        if np.ndim(chosen) == 0:
            return self._read(int(chosen))
        images = np.empty((len(chosen), *self.shape[1:]), self.dtype)
        for position, i in enumerate(chosen):
            images[position] = self._read(int(i))
        return images

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> np.ndarray:
        if copy is False:
            raise ValueError("Images in files cannot become an array without being copied.")
        return self[:].astype(dtype or self.dtype, copy=False)

    def _read(self, i: int) -> np.ndarray:
        from PIL import Image, ImageOps

        path = self.paths[i]
        try:
            with Image.open(path) as image:
                upright = ImageOps.exif_transpose(image)
                upright = _converted(upright, self._how.mode or _MODES[image.mode][0])
                if self._how.resize is not None:
                    height, width = self._how.resize
                    upright = upright.resize((width, height), Image.Resampling.BILINEAR)
                pixels = np.asarray(upright, self.dtype)
        except (*_BROKEN, Image.DecompressionBombError) as error:
            raise _corrupt(path, error) from None
        if pixels.shape != self.shape[1:]:
            raise DataError(
                f"{path.name} has changed to shape {pixels.shape} since the folder was opened, "
                f"from {self.shape[1:]}; open the folder again."
            )
        return pixels


def open_image_folder(folder: Path, how: Reading | None = None) -> Source:
    """Take all images under a folder, in the order of their names, as a source.

    Files of every format that Pillow reads are images; the others are counted. The labels are the
    names of the sub-folders, if there are any. Sub-folders ``train``, ``valid`` (or ``val``) and
    ``test``, and no others, are the source's own parts. Grey images have one channel, colour
    three, transparency one more; palettes are resolved to colour, and images stand as their EXIF
    orientation says. Only headers are read here.

    Parameters
    ----------
    folder : Path
    how : Reading, optional
        ``resize`` brings all images to one height and width, ``mode`` to grey or colour.

    Raises
    ------
    DataError
        If there are no images, one cannot be read, or sizes or channels differ.
    """
    how = Reading() if how is None else how
    top = {path.relative_to(folder).parts[0] for path in _images(folder)}
    parts = {_PARTS[name]: folder / name for name in sorted(top) if name in _PARTS}
    whole = "train" in parts and len(parts) > 1 and len(parts) == len(top)
    source = _open_parts(parts, folder.name, how) if whole else _open_part(folder, folder.name, how)
    return replace(source, notes=_passed_over(folder))


def _open_parts(parts: Mapping[str, Path], name: str, how: Reading) -> Source:
    """Open the folders of a source's own parts, "train" among them."""
    opened = {part: _open_part(folder, name, how) for part, folder in parts.items()}
    train = opened.pop("train")
    for part, source in opened.items():
        if source.examples.shape[1:] != train.examples.shape[1:]:
            raise DataError(
                f"The images in {name}/train have shape {train.examples.shape[1:]}, but "
                f"those in {name}/{parts[part].name} {source.examples.shape[1:]}; make them equal."
            )
    named = {p: replace(source, name=f"{name} ({p})") for p, source in opened.items()}
    return replace(train, test=named.get("test"), validation=named.get("validation"))


def _passed_over(folder: Path) -> tuple[str, ...]:
    """Return a sentence about the files that are no images, where there are any."""
    kinds = _suffixes()
    others = Counter(
        path.suffix.lower() or path.name
        for path in folder.rglob("*")
        if path.is_file() and not _is_hidden(path, folder) and path.suffix.lower() not in kinds
    )
    if not others:
        return ()
    most = ", ".join(f"{count} {kind}" for kind, count in others.most_common(4))
    verb = "file that is no image is" if others.total() == 1 else "files that are no images are"
    return (f"{folder.name}: {others.total()} {verb} passed over ({most})",)


def _open_part(folder: Path, name: str, how: Reading) -> Source:
    paths = sorted(_images(folder))
    if not paths:
        raise DataError(
            f"The folder {name} holds no images; expected files such as .png, .jpg or .tif, "
            "in it or in its sub-folders."
        )
    headers = [_read_header(path, how) for path in paths]
    for path, header in zip(paths, headers, strict=True):
        if str(header) != str(headers[0]):
            raise DataError(
                f"{path.relative_to(folder)} is {header}, but {paths[0].relative_to(folder)} is "
                f"{headers[0]}; bring all images of {name} to one size and number of channels, by "
                f"{_remedy(header, headers[0])}."
            )
    first = headers[0]
    return Source(
        name,
        ImageFiles(paths, first, how),
        labels=_folder_labels(paths, folder, name),
        image_shape=(first.height, first.width, first.channels),
    )


def _converted(image: "Image.Image", mode: str) -> "Image.Image":
    """Return an image in a mode; 16 bits become 8 by their range, where Pillow would cut them."""
    from PIL import Image

    if mode in ("L", "RGB") and image.mode.startswith("I"):
        deep = np.clip(np.asarray(image), 0, DEEPEST)
        image = Image.fromarray(np.round(deep / DEEPEST * 255).astype(np.uint8))
    return image.convert(mode)


def _remedy(one: _Header, other: _Header) -> str:
    """Return the options that bring two images to the size and the channels of the second."""
    said = []
    if (one.height, one.width) != (other.height, other.width):
        said.append(f"resize=({other.height}, {other.width})")
    if (one.channels, one.dtype) != (other.channels, other.dtype):
        said.append('mode="RGB"')
    return " and ".join(said)


@cache
def _suffixes() -> frozenset[str]:
    """Return how the names of files end that Pillow reads."""
    from PIL import Image

    known = Image.registered_extensions()
    return frozenset(
        suffix for suffix, kind in known.items() if kind in Image.OPEN and kind not in _UNREADABLE
    )


def _images(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.suffix.lower() in _suffixes() and not _is_hidden(path, folder) and path.is_file():
            yield path


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _folder_labels(paths: list[Path], folder: Path, name: str) -> np.ndarray | None:
    """Name the sub-folder that each image lies in; None if all lie in the folder itself."""
    inside = [path.relative_to(folder).parts for path in paths]
    loose = [parts[0] for parts in inside if len(parts) == 1]
    if len(loose) == len(paths):
        return None
    if loose:
        raise DataError(
            f"{name} has images next to its sub-folders ({listed(loose)}), so these have no label; "
            "move them into one."
        )
    return np.array([parts[0] for parts in inside])


def _read_header(path: Path, how: Reading) -> _Header:
    """Read an image's size and mode, and check that a PNG or JPEG is not cut short."""
    from PIL import Image

    try:
        with Image.open(path) as image:
            mode, (width, height), kind = image.mode, image.size, str(image.format)
            turned = _orientation(image) >= 5
        complete = kind not in _ENDS or _ENDS[kind] in _tail(path)
    except (*_BROKEN, Image.DecompressionBombError) as error:
        raise _corrupt(path, error) from None
    if not complete:
        raise _corrupt(path, "it is cut short")
    if how.mode is None and mode not in _MODES:
        raise DataError(
            f"{path.name} is an image of mode {mode}, but expected one of {', '.join(_MODES)}; "
            "convert it."
        )
    _, channels, dtype = _MODES[how.mode or mode]
    height, width = how.resize or ((width, height) if turned else (height, width))
    return _Header(channels, np.dtype(dtype), height, width)


def _orientation(image: "Image.Image") -> int:
    """Return the EXIF orientation, 1 to 8; Pillow itself would decode a PNG for it."""
    from PIL import Image

    exif = Image.Exif()
    exif.load(image.info.get("exif", b""))
    return int(exif.get(_ORIENTATION, 1))


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        return file.read()


def _corrupt(path: Path, reason: object) -> DataError:
    return DataError(
        f"{path.name} cannot be read as an image ({_brief(reason, path)}); replace it "
        "or take it out of the folder."
    )


def _brief(reason: object, path: Path) -> str:
    return str(reason).replace(f" {str(path)!r}", "").rstrip(".") or type(reason).__name__
