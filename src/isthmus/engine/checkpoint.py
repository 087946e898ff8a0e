"""Checkpoints: the whole of training's state in one safe file, written atomically."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from isthmus.atomic import new_file
from isthmus.engine.records import EpochRecord
from isthmus.errors import ModelFileError, SettingError
from isthmus.typing import check_whole

KEPT = 2
"""Number of newest files that are kept."""


@dataclass(frozen=True)
class Checkpoint:
    """Where to keep checkpoints, how often, and whether to go on from the newest.

    Parameters
    ----------
    folder
        Where they lie; made when needed.
    every
        Epochs between two, >= 1.
    resume
        Go on from the newest one in the folder; with none there, start anew.
    settings
        The run's settings, by name; a checkpoint of a run with other settings is refused.
    """

    folder: Path
    every: int = 1
    resume: bool = False
    settings: Any = None

    def __post_init__(self) -> None:
        check_whole("The checkpoint", "every", self.every, 1)


def save_checkpoint(
    where: Checkpoint, state: Any, records: list[EpochRecord], best_epoch: int
) -> Path:
    """Write a training state, atomically; only it and the one before it stay.

    A file of a later epoch is that of an earlier run, which this one has begun anew.
    """
    folder = Path(where.folder)
    folder.mkdir(parents=True, exist_ok=True)
    leaves = [np.asarray(leaf) for leaf in jax.tree.leaves(eqx.filter(state, eqx.is_array))]
    tensors = {f"{i:05d}": leaf for i, leaf in enumerate(leaves)}
    about = {
        "best_epoch": best_epoch,
        "records": [record._asdict() for record in records],
        "settings": where.settings,
    }
    target = folder / f"epoch-{len(records):06d}.safetensors"
    with new_file(target) as partial:
        save_file(tensors, partial, metadata={"isthmus-checkpoint": json.dumps(about)})
    files = _files(folder)
    now = files.index(target) + 1
    for old in (*files[: max(0, now - KEPT)], *files[now:]):
        old.unlink()
    return target


def load_checkpoint(where: Checkpoint, state: Any) -> tuple[Any, list[EpochRecord], int] | None:
    """Return (state, records, best epoch) of the newest checkpoint, or None where there is none.

    Parameters
    ----------
    where
        The folder and the settings to go on with.
    state
        A state of the same structure, whose arrays are replaced.

    Raises
    ------
    ModelFileError
        If the newest file is not a whole checkpoint of this structure.
    SettingError
        If it belongs to a run with other settings.
    """
    files = _files(Path(where.folder))
    if not files:
        return None
    path = files[-1]
    arrays, static = eqx.partition(state, eqx.is_array)
    leaves, structure = jax.tree.flatten(arrays)
    try:
        with safe_open(path, framework="numpy") as file:
            about = json.loads(file.metadata()["isthmus-checkpoint"])
            _check_settings(path, about["settings"], where.settings)
            loaded = [file.get_tensor(f"{i:05d}") for i in range(len(leaves))]
            records = [EpochRecord(**record) for record in about["records"]]
    except (SafetensorError, KeyError, TypeError, ValueError, OSError) as error:
        if isinstance(error, SettingError):
            raise
        raise ModelFileError(
            f"{path} is not a whole checkpoint ({error}): delete it to go on from an older one."
        ) from error
    for old, new in zip(leaves, loaded, strict=True):
        if old.shape != new.shape or old.dtype != new.dtype:
            raise ModelFileError(f"{path} is a checkpoint of a model of another shape.")
    arrays = jax.tree.unflatten(structure, [jnp.asarray(leaf) for leaf in loaded])
    return eqx.combine(arrays, static), records, about["best_epoch"]


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("epoch-*.safetensors"))


def _check_settings(path: Path, found: Any, wanted: Any) -> None:
    wanted = json.loads(json.dumps(wanted))
    if found == wanted:
        return
    if isinstance(found, dict) and isinstance(wanted, dict):
        first = next(k for k in wanted | found if found.get(k) != wanted.get(k))
        raise SettingError(
            f"{path} belongs to a run with {first} = {found.get(first)!r}, and this one has "
            f"{first} = {wanted.get(first)!r}: resume with the same settings, or start anew."
        )
    raise SettingError(f"{path} belongs to a run with other settings: start anew.")
