"""Data sets from their public homes, checked by their checksums."""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from isthmus.data.idx import read_idx, write_idx
from isthmus.errors import DataError

if TYPE_CHECKING:
    from rich.progress import Progress

FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)
_CHUNK_BYTES = 1 << 16


def download_files(folder: Path, servers: Sequence[str], checksums: Mapping[str, str]) -> None:
    """Fetch the four `FILES`, each from the first server that gives it whole.

    Parameters
    ----------
    folder : Path
        Where they are left.
    servers : sequence of str
        Addresses that the names of the files are appended to.
    checksums : mapping from file name to MD5
    """
    for name in FILES:
        fetch([server + name for server in servers], checksums[name], folder / name)


def download_emnist(folder: Path, url: str, checksum: str, division: str) -> None:
    """Fetch EMNIST's one archive and leave a division of it as the four `FILES`, upright.

    EMNIST stores its images transposed; the files left here are not.

    Parameters
    ----------
    folder : Path
        Where the files are left; they appear together or not at all.
    url, checksum : str
        Address and MD5 of the archive.
    division : str
        One of EMNIST's six divisions, such as ``"letters"``.
    """
    archive = folder / "emnist.zip"
    fetch([url], checksum, archive)
    with TemporaryDirectory(dir=folder) as unpacked, zipfile.ZipFile(archive) as members:
        for name in FILES:
            file = Path(unpacked) / name
            member = f"gzip/emnist-{division}-{name.replace('t10k', 'test')}"
            file.write_bytes(members.read(member))
            if "images" in name:
                write_idx(file, read_idx(file).transpose(0, 2, 1))
        for name in FILES:
            (Path(unpacked) / name).replace(folder / name)
    archive.unlink()


def fetch(urls: Sequence[str], checksum: str, path: Path) -> None:
    """Download a file from the first address that works, unless it is there already.

    Raises
    ------
    DataError
        If no address gives a file with this MD5, or one is not encrypted.
    """
    import pooch

    for url in urls:
        if not url.startswith("https://"):
            raise DataError(f"{url} is not encrypted; give an address that begins with https://.")

    pooch.get_logger().setLevel("WARNING")
    failures = []
    for url in urls:
        try:
            with _progress() as progress:
                pooch.retrieve(
                    url,
                    known_hash=f"md5:{checksum}",
                    fname=path.name,
                    path=path.parent,
                    downloader=pooch.HTTPDownloader(
                        progressbar=_Bar(progress, path.name),  # pyright: ignore[reportArgumentType]
                        chunk_size=_CHUNK_BYTES,
                    ),
                )
        except (OSError, ValueError) as error:
            failures.append(f"{url}: {_reason(error)}")
        else:
            return
    raise DataError(
        f"{path.name} could not be downloaded ({'; '.join(failures)}); check the connection, or "
        f"put the file into {path.parent} by hand."
    )


@contextmanager
def _progress() -> "Iterator[Progress]":
    """Show bars on a terminal; nothing elsewhere."""
    from rich.console import Console
    from rich.progress import DownloadColumn, Progress, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (*Progress.get_default_columns()[:2], DownloadColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        yield progress


class _Bar:
    """What pooch reports its progress to, in the manner of tqdm."""

    total = 0

    def __init__(self, progress: "Progress", name: str):
        self._progress = progress
        self._task = progress.add_task(name, total=None)

    def update(self, received: int) -> None:
        self._progress.update(self._task, advance=received, total=self.total)

    def reset(self) -> None:
        self._progress.update(self._task, completed=0)

    def close(self) -> None:
        """Leave the bar to the context that it lives in."""


def _reason(error: OSError | ValueError) -> str:
    response = getattr(error, "response", None)
    if response is not None:
        return f"the server answered {response.status_code}"
    if isinstance(error, OSError):
        return error.strerror or "no connection"
    return "what came has another checksum"
