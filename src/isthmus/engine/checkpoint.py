"""Checkpoints: all of a training in one safe file with a checksum, written atomically."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from isthmus.annotations import PyTree
from isthmus.atomic import new_file
from isthmus.checks import check_whole
from isthmus.checksum import checksum
from isthmus.engine.records import EpochRecord
from isthmus.errors import ModelFileError, SettingError, warn
from isthmus.plainjson import Facts, JsonObject

State = TypeVar("State")
"""A training's state, a tree of arrays."""

KEPT = 2
"""Number of newest files that are kept."""

ABOUT, CHECKSUM = "isthmus-checkpoint", "checksum"
"""Keys of a file's metadata."""


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
    settings: Facts | None = None

    def __post_init__(self) -> None:
        check_whole("The checkpoint", "every", self.every, 1)


def save_checkpoint(
    where: Checkpoint, state: PyTree, records: list[EpochRecord], best_epoch: int
) -> Path | None:
    """Write a training state, atomically; only it and the one before it stay.

    A file of a later epoch is that of an earlier run, which this one has begun anew. Where nothing
    can be written there is a warning, and None is returned.
    """
    leaves = [np.asarray(leaf) for leaf in jax.tree.leaves(eqx.filter(state, eqx.is_array))]
    tensors = {f"{i:05d}": leaf for i, leaf in enumerate(leaves)}
    about = json.dumps(
        {
            "best_epoch": best_epoch,
            "records": [record._asdict() for record in records],
            "settings": where.settings,
        }
    )
    try:
        return _write(Path(where.folder), len(records), about, tensors)
    except (OSError, SafetensorError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        warn(
            f"The checkpoint in {where.folder} cannot be written ({reason}); training goes on "
            "without it."
        )
        return None


def _write(folder: Path, epoch: int, about: str, tensors: dict[str, np.ndarray]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"epoch-{epoch:06d}.safetensors"
    with new_file(target) as partial:
        save_file(tensors, partial, metadata={ABOUT: about, CHECKSUM: checksum(about, tensors)})
    files = _files(folder)
    now = files.index(target) + 1
    for old in (*files[: max(0, now - KEPT)], *files[now:]):
        old.unlink()
    return target


def load_checkpoint(where: Checkpoint, state: State) -> tuple[State, list[EpochRecord], int] | None:
    """Return (state, records, best epoch) of the newest whole checkpoint, or None without any.

    A newer one that is damaged is passed over, with a warning.

    Parameters
    ----------
    where
        The folder and the settings to go on with.
    state
        A state of the same structure, whose arrays are replaced.

    Raises
    ------
    ModelFileError
        If no file is whole, or the newest whole one is not of this structure.
    SettingError
        If it belongs to a run with other settings.
    """
    damaged: list[ModelFileError] = []
    for path in reversed(_files(Path(where.folder))):
        try:
            about, tensors = _read(path)
        except ModelFileError as error:
            damaged.append(error)
            continue
        _check_settings(path, about["settings"], where.settings)
        if damaged:
            warn(f"{damaged[0]} Training goes on from {path.name}.")
        records = [EpochRecord(**record) for record in about["records"]]
        return _filled(state, tensors, path), records, about["best_epoch"]
    if damaged:
        raise ModelFileError(f"{damaged[0]} Without another, delete it to begin anew.")
    return None


def _read(path: Path) -> tuple[JsonObject, dict[str, np.ndarray]]:
    """Return the description and the tensors of a file whose checksum holds."""
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        if metadata[CHECKSUM] != checksum(metadata[ABOUT], tensors):
            raise ValueError("it does not match its checksum")
        return json.loads(metadata[ABOUT]), tensors
    except (SafetensorError, LookupError, TypeError, ValueError, OSError) as error:
        reason = "it has no checksum" if isinstance(error, KeyError) else str(error).rstrip(".")
        raise ModelFileError(f"{path} is not a whole checkpoint ({reason}).") from error


def _filled(state: State, tensors: dict[str, np.ndarray], path: Path) -> State:
    """Return a state with its arrays replaced."""
    arrays, static = eqx.partition(state, eqx.is_array)
    leaves, structure = jax.tree.flatten(arrays)
    loaded = [tensors.get(f"{i:05d}") for i in range(len(leaves))]
    fits = [
        new is not None and old.shape == new.shape and old.dtype == new.dtype
        for old, new in zip(leaves, loaded, strict=True)
    ]
    if len(tensors) != len(leaves) or not all(fits):
        raise ModelFileError(f"{path} is a checkpoint of a model of another shape.")
    filled = jax.tree.unflatten(structure, [jnp.asarray(leaf) for leaf in loaded])
    return eqx.combine(filled, static)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("epoch-*.safetensors"))


def _check_settings(path: Path, found: object, wanted: object) -> None:
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
