"""The neighbours that pairs are drawn from: found once for the same examples, then kept."""

from collections.abc import Callable
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import pooch

from isthmus.atomic import new_file
from isthmus.data.source import Examples
from isthmus.errors import SettingError
from isthmus.estimators.fit_cache import digest
from isthmus.evaluation.neighbours import on_principal_axes, search_neighbours

KEPT_FROM = 5_000
"""Number of examples from which a graph is kept on disk; below, the search takes a second."""


def neighbour_graph(examples: Examples, k: int, folder: Path | None = None) -> np.ndarray:
    """Return the k nearest neighbours of every example on principal axes: int32 (n, k).

    Parameters
    ----------
    examples : (n, D)
        Scaled; without missing entries.
    k
        Number of neighbours, < n.
    folder
        Where graphs are kept under a digest of the examples; None is ``graphs`` in the user's cache
        folder. A folder that cannot be written keeps nothing.

    Raises
    ------
    SettingError
        If there are not more than k examples.
    """
    n = len(examples)
    if n <= k:
        raise SettingError(
            f"pairs ask for {k} neighbours, and the training set has {n} examples: give "
            f"neighbours={max(1, n - 1)} or fewer."
        )
    axes = on_principal_axes(examples)
    if n < KEPT_FROM:
        return search_neighbours(axes, k)
    (graph,) = kept_arrays(
        digest("neighbours", k, axes),
        lambda: (search_neighbours(axes, k),),
        lambda arrays: arrays[0].shape == (n, k) and arrays[0].dtype == np.int32,
        folder,
    )
    return graph


def kept_arrays(
    name: str,
    make: Callable[[], tuple[np.ndarray, ...]],
    fits: Callable[[tuple[np.ndarray, ...]], bool],
    folder: Path | None = None,
) -> tuple[np.ndarray, ...]:
    """Return arrays that are kept on disk under a name; made where there are none that fit."""
    folder = Path(pooch.os_cache("isthmus")) / "graphs" if folder is None else folder
    path = folder / f"{name}.npz"
    try:
        with np.load(path, allow_pickle=False) as file:
            kept = tuple(file[one] for one in file.files)
        if kept and fits(kept):
            return kept
    except (OSError, ValueError, EOFError, BadZipFile):
        pass  # there is none yet, or it is damaged
    made = make()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with new_file(path) as partial, partial.open("wb") as file:
            np.savez(file, *made)
    except OSError:
        return made  # a cache that cannot be written costs another search, no more
    return made
