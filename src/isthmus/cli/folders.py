"""The output folders of the longer verbs: new, continued, replaced or refused."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from isthmus.atomic import is_partial
from isthmus.errors import SettingError


@contextmanager
def begun(folder: Path, mark: str, write: Callable[[Path], None]) -> Iterator[None]:
    """Begin a folder by writing its mark; remove both if an error follows before anything else.

    Parameters
    ----------
    folder
        Of ``--out``.
    mark
        The file by which it is known.
    write
        Writes it, at the path that it is given.
    """
    new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    earlier = (folder / mark).exists()
    write(folder / mark)
    try:
        yield
    except BaseException:
        if not earlier and [entry.name for entry in folder.iterdir()] == [mark]:
            (folder / mark).unlink()
            if new:
                folder.rmdir()
        raise


def prepare(folder: Path, mark: str, *, resume: bool, force: bool) -> None:
    """Check that a folder may be written, and empty one that is replaced.

    Parameters and errors are those of `check`.
    """
    check(folder, mark, resume=resume, force=force)
    if force and not resume and folder.exists():
        shutil.rmtree(folder)


def check(folder: Path, mark: str, *, resume: bool, force: bool) -> None:
    """Check that a folder may be written, before any time is spent.

    Parameters
    ----------
    folder
        Of ``--out``.
    mark
        A file by which an earlier result of the same verb is known, in the folder or one below.
    resume, force
        Whether that result is continued, or replaced.

    Raises
    ------
    SettingError
        If something is there that the flags do not allow to touch.
    """
    if folder.is_file():
        raise SettingError(f"--out {str(folder)!r} is a file; a folder is needed.")
    if not folder.exists() or all(map(is_partial, folder.iterdir())):
        return
    if not (resume or force):
        raise SettingError(
            f"--out {str(folder)!r} exists; give --resume to continue what is there, --force to"
            " replace it, or another name."
        )
    if not (list(folder.glob(mark)) or list(folder.glob(f"*/{mark}"))):
        raise SettingError(
            f"--out {str(folder)!r} holds something else (no {mark}); choose another name."
        )
