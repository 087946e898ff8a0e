"""Files and folders that appear whole or not at all, and places that one process at a time writes.

What is being written lies in a private folder next to its place, ``.NAME.RANDOM.part``, which its
writer keeps locked. The system releases the lock when the writer ends, however it ends. So the next
writer of the same place knows which of these folders are leftovers, and removes them.
"""

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from isthmus.errors import PlaceTakenError

try:
    import fcntl
except ImportError:  # not on Windows, where nothing is locked and leftovers stay
    fcntl = None

NEW, OLD, REPLACED = "new", "old", "replaced"
"""In a private folder: what is being written, and an earlier folder that it takes the place of, of
which entries that the new one lacks are kept (``old``) or not (``replaced``)."""


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Lend a path of the same name; what is written there replaces ``path`` when all went well.

    The content is on the disk before it has the name. A link is followed. What is no file, such as
    ``/dev/null``, is lent itself.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with new_file(folder / "codes.csv") as partial:
    ...     _ = partial.write_text("z0,z1")
    >>> [p.name for p in folder.iterdir()]
    ['codes.csv']
    """
    if path.exists() and not path.is_file():
        yield path
        return
    with _private_folder(path) as (private, target):
        partial = private / target.name
        yield partial
        _flush(partial)
        partial.replace(target)
        _flush(target.parent)


@contextmanager
def new_folder(path: Path, *, keeps_others: bool = False) -> Iterator[Path]:
    """Lend an empty folder; it takes the place of ``path`` when all went well.

    Parameters
    ----------
    path
        Its place; a link is followed.
    keeps_others
        Whether entries of an earlier folder that the new one lacks are moved to the new one.
    """
    with _private_folder(path) as (private, target):
        fresh, earlier = private / NEW, private / (OLD if keeps_others else REPLACED)
        fresh.mkdir()
        yield fresh
        for entry in (*fresh.rglob("*"), fresh):
            _flush(entry)
        if target.exists():
            target.rename(earlier)
        try:
            fresh.rename(target)
            _recover(private, target)
        except BaseException:
            _recover(private, target)
            raise
        _flush(target.parent)


@contextmanager
def claimed(path: Path) -> Iterator[None]:
    """Hold a place that is written later, so that no other process or thread writes it meanwhile.

    Leftovers of writers that ended early are removed. The parent folder is made, and
    removed if it is still empty. The lock is the file ``.NAME.lock`` next to the place; it is
    released when the process ends, however it ends.

    Raises
    ------
    PlaceTakenError
        If another process or thread holds the place.
    OSError
        If the place cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> run = Path(tempfile.mkdtemp()) / "run"
    >>> with claimed(run), claimed(run):
    ...     pass
    Traceback (most recent call last):
    isthmus.errors.PlaceTakenError: ...run is being written by another process: wait until it
    has ended, or choose another name.
    """
    if path.is_symlink() and not path.exists():
        raise FileNotFoundError(2, "the link leads nowhere", str(path))
    target = path.resolve()
    made = [folder for folder in target.parents if not folder.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    lock = target.with_name(f".{target.name}.lock")
    try:
        held = _locked(lock)
    except PermissionError:
        if not target.is_dir():
            raise
        yield  # a folder that may be written, in one that may not
        return
    if held is None:
        raise PlaceTakenError(
            f"{path} is being written by another process: wait until it has ended, or choose "
            "another name."
        )
    try:
        remove_leftovers(target)
        yield
    finally:
        with suppress(OSError):
            lock.unlink(missing_ok=True)
        os.close(held)
        with suppress(OSError):  # until one that is not empty
            for folder in made:
                folder.rmdir()


def is_partial(path: Path) -> bool:
    """Tell whether a path is a private folder in which something is, or was, being written.

    Examples
    --------
    >>> is_partial(Path("runs/.run.json.0123456789abcdef.part")), is_partial(Path("run.json"))
    (True, False)
    """
    return re.fullmatch(r"[.].+[.][0-9a-f]{16}[.]part", path.name) is not None


def remove_leftovers(target: Path) -> None:
    """Remove what dead writers of a place left next to it; a folder that one had moved is back."""
    pattern = re.compile(re.escape(f".{target.name}.") + "[0-9a-f]{16}[.]part")
    for private in target.parent.iterdir():
        held = _open(private) if pattern.fullmatch(private.name) else None
        if held is None:
            continue
        try:
            if _lock(held) is True:
                with suppress(OSError):
                    _recover(private, target)
                    shutil.rmtree(private)
        finally:
            os.close(held)


@contextmanager
def _private_folder(path: Path) -> Iterator[tuple[Path, Path]]:
    """Make a locked folder next to what ``path`` means; yield both, and remove the folder."""
    target = path.resolve()
    try:
        private, held = _begin_private_folder(target)
    except OSError as error:  # the hidden folder is ours: name the path that was asked for
        raise type(error)(error.errno, error.strerror, str(path)) from None
    try:
        remove_leftovers(target)
        yield private, target
    except OSError as error:
        if not str(error.filename).startswith(str(private)):
            raise
        raise type(error)(error.errno, error.strerror, str(path)) from None
    finally:
        shutil.rmtree(private, ignore_errors=True)
        if held is not None:
            os.close(held)


def _begin_private_folder(target: Path) -> tuple[Path, int | None]:
    while True:
        private = target.with_name(f".{target.name}.{secrets.token_hex(8)}.part")
        private.mkdir()
        held = _open(private)
        # Between the two lines above, another writer may take it for a leftover.
        if held is None or (_lock(held, waits=True) is not False and _is_still(held, private)):
            return private, held
        os.close(held)


def _recover(private: Path, target: Path) -> None:
    """Put back an earlier folder, or those of its entries that the new one lacks."""
    for earlier in (private / OLD, private / REPLACED):
        if not earlier.exists():
            continue
        if not target.exists():
            earlier.rename(target)
        elif earlier.name == OLD:
            for entry in [*earlier.iterdir()]:
                if not (target / entry.name).exists():
                    entry.rename(target / entry.name)


def _locked(lock: Path) -> int | None:
    """Open a file and lock it; return its descriptor, or None where another holds the lock."""
    while True:
        held = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
        if _lock(held) is False:
            os.close(held)
            return None
        if _is_still(held, lock):
            return held
        os.close(held)  # its holder removed it between the two lines above


def _lock(held: int, *, waits: bool = False) -> bool | None:
    """Lock an open file; return whether that went well, or None where there are no locks."""
    if fcntl is None:
        return None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError:
        return None  # some file systems have none
    return True


def _open(folder: Path) -> int | None:
    """Return the descriptor of a folder; None where it is gone, or folders cannot be opened."""
    if fcntl is None:
        return None
    try:
        return os.open(folder, os.O_RDONLY)
    except OSError:
        return None


def _is_still(held: int, path: Path) -> bool:
    """Tell whether an open file or folder still has its name."""
    try:
        return os.path.samestat(os.fstat(held), path.stat())
    except FileNotFoundError:
        return False


def _flush(path: Path) -> None:
    """Bring a file's content, or a folder's names, to the disk, for a power cut to leave it."""
    folder = path.is_dir()
    if folder and fcntl is None:
        return
    held = os.open(path, os.O_RDONLY if folder else os.O_RDWR)
    try:
        os.fsync(held)
    except OSError:
        if not folder:  # some file systems cannot, for folders
            raise
    finally:
        os.close(held)
