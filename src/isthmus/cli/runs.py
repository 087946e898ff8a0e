"""The folder of a run: where it is, its checkpoints, and the record of how the fit was made."""

import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from isthmus.atomic import claimed
from isthmus.cli.fit_options import FitOptions
from isthmus.cli.models import Origin
from isthmus.errors import PlaceTakenError, SettingError

if TYPE_CHECKING:
    from isthmus.data.source import Source
    from isthmus.engine import Checkpoint


class Division(TypedDict):
    """How a source is divided into training, validation and test set."""

    validation: float
    test: float
    seed: int
    limit: int | None
    labelled: int | None


CHECKPOINTS = "checkpoints"
"""The folder within a run's that holds them."""


@contextmanager
def claimed_folder(given: FitOptions) -> Iterator[Path]:
    """Yield the folder that a fit writes, held so that no other process writes it meanwhile.

    Raises
    ------
    SettingError
        As `choose_folder`.
    PlaceTakenError
        If another process writes the folder that ``--out`` names.
    """
    taken: set[Path] = set()
    with ExitStack() as stack:
        while True:
            folder = choose_folder(given, taken)
            try:
                stack.enter_context(claimed(folder))
            except PlaceTakenError:
                if given.out is not None:
                    raise
                taken.add(folder)
            else:
                break
        if given.out is not None:
            choose_folder(given)  # once more, since another may have ended in the meantime
        yield folder


def choose_folder(given: FitOptions, taken: Collection[Path] = ()) -> Path:
    """Return the folder that a fit writes, checked before any work is done; none of those taken.

    Raises
    ------
    SettingError
        If it exists and neither ``--force`` nor ``--resume`` is given, or cannot be written.
    """
    if given.out is None:
        if given.resume:
            raise SettingError("--resume needs --out, the run to continue.")
        folder = _free_folder(given.source, taken)
    else:
        folder = Path(given.out)
        if folder.exists() and not (given.force or given.resume):
            raise SettingError(
                f"--out {given.out!r} exists; give --force to replace it, --resume to"
                " continue from its checkpoints, or another name."
            )
        if folder.exists():
            from isthmus.report import check_target

            check_target(folder, force=True)
        over = (folder / "run.json").exists() and not has_checkpoints(folder)
        if over and not given.force:
            raise SettingError(
                f"--out {given.out!r} holds a finished run, and no checkpoint to continue from;"
                " give --force to replace it, or another name."
            )
    _check_writable(folder)
    return folder


def has_checkpoints(folder: Path) -> bool:
    """Tell whether there is a checkpoint to continue from."""
    return any((folder / CHECKPOINTS).glob("*"))


def _check_writable(folder: Path) -> None:
    """Raise `SettingError` if a folder cannot be made where it is to be, which is tried."""
    ground = folder.absolute()
    while not ground.exists():
        ground = ground.parent
    try:
        with tempfile.TemporaryDirectory(dir=ground):
            return
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SettingError(
            f"nothing can be written to {str(ground)!r} ({reason}); choose another --out."
        ) from error


def _free_folder(source: str, taken: Collection[Path]) -> Path:
    stem = Path(source.rstrip("/\\")).name.removesuffix(".gz")
    name = re.sub(r"[^\w.-]+", "-", Path(stem).stem).strip("-.") or "run"
    folder, number = Path("runs") / name, 1
    while folder.exists() or folder in taken:
        number += 1
        folder = Path("runs") / f"{name}-{number}"
    return folder


def division(given: FitOptions) -> Division:
    """Return how a fit divides its source."""
    return {
        "validation": given.validation_fraction,
        "test": given.test_fraction,
        "seed": given.seed,
        "limit": given.limit,
        "labelled": given.labelled,
    }


def checkpoint(folder: Path, given: FitOptions) -> "Checkpoint | None":
    """Return the engine's checkpoint for a fit, or None when none is asked for."""
    from isthmus.engine import Checkpoint

    every = given.checkpoint_every
    if every is None and not given.resume:
        return None
    return Checkpoint(folder / CHECKPOINTS, every or sys.maxsize, given.resume)


def clear_checkpoints(folder: Path, given: FitOptions) -> None:
    """Remove the checkpoints of a run that is replaced, so that no fit resumes from them."""
    if not given.resume:
        shutil.rmtree(folder / CHECKPOINTS, ignore_errors=True)


def record(
    given: FitOptions, origin: Origin, source: "Source", command: Sequence[str]
) -> dict[str, object]:
    """Return what ``run.json`` says of a fit: enough to repeat it, and to evaluate it again."""
    from isthmus.estimators.fit_cache import contents

    where = Path(origin.source).expanduser()
    return {
        "command": shlex.join(["isthmus", *command]),
        "seed": given.seed,
        "source": {
            "name": origin.source,
            "path": str(where.resolve()) if where.exists() else None,
            "label": origin.label,
            "array": origin.array,
            "image_shape": origin.image_shape,
            "reading": dict(origin.reading),
            "contents": contents(source.examples),
        },
        "split": division(given),
        "settings": {name: value for name, value in vars(given).items() if _is_given(value)},
    }


def _is_given(value: object) -> bool:
    return value is not None and value is not False and value != []
