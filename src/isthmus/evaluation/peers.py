"""Maps by other packages, where they are installed, to compare with."""

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

Peer = Callable[[np.ndarray, int], np.ndarray]
"""From examples (n, D) and a seed to their map (n, 2)."""


def installed_peers() -> dict[str, Peer]:
    """Return the maps of the packages that are installed, by the method's name.

    Examples
    --------
    >>> set(installed_peers()) <= {"UMAP", "t-SNE"}
    True
    """
    known: dict[str, tuple[str, Peer]] = {"UMAP": ("umap", _umap), "t-SNE": ("openTSNE", _tsne)}
    return {name: peer for name, (module, peer) in known.items() if find_spec(module) is not None}


def _umap(x: np.ndarray, seed: int) -> np.ndarray:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that a seed costs it its threads
        import umap  # pyright: ignore[reportMissingImports]

        return np.asarray(umap.UMAP(random_state=seed).fit_transform(x))


def _tsne(x: np.ndarray, seed: int) -> np.ndarray:
    from openTSNE import TSNE  # pyright: ignore[reportMissingImports]

    return np.asarray(TSNE(random_state=seed, n_jobs=-1).fit(np.asarray(x, np.float64)))
