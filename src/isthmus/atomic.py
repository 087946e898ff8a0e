"""Files and folders that appear whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def partial_path(path: Path) -> Path:
    """Return where to write what is to become ``path``: hidden, beside it."""
    return path.with_name(f".{path.name}.{os.getpid()}.part")


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Lend a path beside ``path``; what is written there replaces ``path`` when all went well.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with new_file(folder / "codes.csv") as partial:
    ...     _ = partial.write_text("z0,z1")
    >>> [p.name for p in folder.iterdir()]
    ['codes.csv']
    """
    partial = partial_path(path)
    try:
        yield partial
        partial.replace(path)
    except OSError as error:
        if error.filename != str(partial):
            raise
        # Nobody asked for the hidden file, so the mistake is told of the one that was asked for.
        raise type(error)(error.errno, error.strerror, str(path)) from None
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Lend an empty folder beside ``path``; it takes the place of ``path`` when all went well."""
    partial, replaced = partial_path(path), path.with_name(f".{path.name}.{os.getpid()}.old")
    partial.mkdir()
    try:
        yield partial
        if path.exists():
            path.rename(replaced)
        partial.rename(path)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(replaced, ignore_errors=True)
