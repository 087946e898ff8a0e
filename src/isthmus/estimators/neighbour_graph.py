"""The neighbours that pairs are drawn from: found once for the same examples, then kept."""

from pathlib import Path

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
    folder = Path(pooch.os_cache("isthmus")) / "graphs" if folder is None else folder
    path = folder / f"{digest('neighbours', k, axes)}.npy"
    try:
        kept = np.load(path, allow_pickle=False)
        if kept.shape == (n, k) and kept.dtype == np.int32:
            return kept
    except (OSError, ValueError, EOFError):
        pass  # there is none yet, or it is damaged
    graph = search_neighbours(axes, k)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with new_file(path) as partial, partial.open("wb") as file:
            np.save(file, graph)
    except OSError:
        return graph  # a cache that cannot be written costs another search, no more
    return graph
