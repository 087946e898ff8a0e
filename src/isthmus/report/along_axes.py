"""Codes along the axes of the latent code, from the mean code."""

import numpy as np

AXES = 8
"""Most axes that are followed."""


def codes_along_axes(
    codes: np.ndarray, steps: np.ndarray, spread: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return codes that leave the mean along one axis at a time, for the axes that vary most.

    Parameters
    ----------
    codes : ndarray of shape (n, d)
        Codes of examples.
    steps : ndarray of shape (s,)
        Standard deviations of an axis, from the mean.
    spread : ndarray of shape (d,), optional
        The standard deviations, such as a prior's; those of the codes where left out.

    Returns
    -------
    axes : ndarray of shape (a,)
        At most 8 axes, rising.
    moved : ndarray of shape (a * s, d)
        The codes, axis by axis.

    Examples
    --------
    >>> axes, moved = codes_along_axes(np.array([[0.0, 0.0], [0.0, 2.0]]), np.array([-1.0, 1.0]))
    >>> axes.tolist(), moved.tolist()
    ([0, 1], [[0.0, 1.0], [0.0, 1.0], [0.0, 0.0], [0.0, 2.0]])
    """
    own = codes.std(axis=0)
    lengths = own if spread is None else spread
    axes = np.sort(np.argsort(-own, kind="stable")[:AXES])
    moved = np.tile(codes.mean(axis=0), (len(axes), len(steps), 1))
    for row, axis in enumerate(axes):
        moved[row, :, axis] += steps * lengths[axis]
    return axes, moved.reshape(-1, codes.shape[1]).astype(np.float32)
