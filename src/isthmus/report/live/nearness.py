"""How near a code is to those of training examples, measured by their own spacing."""

import numpy as np

from isthmus.report.axes import Axis
from isthmus.report.evaluated_fit import EvaluatedFit

KNOWN = 1_000
"""Maximum number of training codes that a page carries."""

USUAL, TIMES = 0.95, 3.0
"""A code is far if its nearest training code is further than this many times the distance within
which this share of the training codes have their nearest."""

CELL = 5
"""Size of the cells of the far region, in units of the drawing."""


def known_codes(fit: EvaluatedFit) -> np.ndarray:
    """Return at most 1,000 codes of the training set, or of the measured set without one."""
    codes = fit.results.get("train", fit.measured).coded.codes
    return codes[:: -(-len(codes) // KNOWN)]


def reach_of(known: np.ndarray) -> float:
    """Return the distance from the nearest of the known codes (m, d) beyond which a code is far.

    0 where codes coincide, so that there is no spacing.
    """
    from scipy.spatial import KDTree

    if len(known) < 3:
        return 0.0
    apart = KDTree(known).query(known, 2)[0][:, 1]
    return float(TIMES * np.quantile(apart, USUAL))


def far_path(known: np.ndarray, reach: float, x: Axis, y: Axis) -> str:
    """Return the region of a map of a code of 2 that is far from the known codes, as an SVG path.

    Examples
    --------
    >>> axis = Axis(0.0, 1.0, 0.0, 10.0)
    >>> far_path(np.array([[0.0, 0.0]]), 0.6, axis, axis)
    'M5 0h5v5h-5zM0 5h10v5h-10z'
    """
    from scipy.spatial import KDTree

    if reach <= 0:
        return ""
    across = np.arange(x.start, x.end, CELL)
    top, bottom = min(y.start, y.end), max(y.start, y.end)
    down = np.arange(top, bottom, CELL)
    columns, rows = (
        _values(axis, axis_cells + CELL / 2) for axis, axis_cells in ((x, across), (y, down))
    )
    grid = np.stack(np.meshgrid(columns, rows), axis=-1)
    far = KDTree(known).query(grid.reshape(-1, 2))[0].reshape(grid.shape[:2]) > reach
    path = []
    for place, row in zip(down, far, strict=True):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], row, [0]]).astype(int)))
        for first, last in edges.reshape(-1, 2):
            width = min(x.end, x.start + last * CELL) - across[first]
            height = min(CELL, bottom - place)
            path.append(f"M{across[first]:g} {place:g}h{width:g}v{height:g}h-{width:g}z")
    return "".join(path)


def _values(axis: Axis, places: np.ndarray) -> np.ndarray:
    """Return the values at places of a drawing."""
    return axis.low + (places - axis.start) / (axis.end - axis.start) * (axis.high - axis.low)
