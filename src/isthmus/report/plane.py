"""Codes of any size as points in the plane, and what their classes are called."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Plane:
    """Codes as points, and the way back from a point to a code.

    Attributes
    ----------
    points : ndarray of shape (n, 2)
    names : (str, str)
        What the two coordinates are.
    middle : ndarray of shape (d,)
        The code at the origin.
    directions : ndarray of shape (1 or 2, d)
        Orthonormal: how a code changes along the coordinates. Of a code of 1 it is the first alone.
    """

    points: np.ndarray
    names: tuple[str, str]
    middle: np.ndarray
    directions: np.ndarray


def in_the_plane(codes: np.ndarray, errors: np.ndarray) -> Plane:
    """Return codes (n, d) of any size in the plane.

    A code of 1 is shown against the error of the example, a code of more than 2 by its first two
    principal axes.

    Examples
    --------
    >>> plane = in_the_plane(np.eye(4), np.zeros(4))
    >>> plane.points.shape, plane.directions.shape
    ((4, 2), (2, 4))
    """
    d = codes.shape[1]
    if d == 1:
        points = np.column_stack([codes, errors])
        names = ("code", "squared error of the example (scaled)")
        return Plane(points, names, np.zeros(1), np.eye(1))
    if d == 2:
        return Plane(codes, ("code 1", "code 2"), np.zeros(2), np.eye(2))
    middle = codes.mean(axis=0)
    centred = codes - middle
    _, singular, axes = np.linalg.svd(centred, full_matrices=False)
    directions = np.zeros((2, d), axes.dtype)
    directions[: len(axes)] = axes[:2]
    share = singular**2 / max(float((singular**2).sum()), 1e-30)
    names = [f"principal axis {i + 1} of the code ({100 * share[i]:.0f}%)" for i in range(2)]
    return Plane(centred @ directions.T, (names[0], names[1]), middle, directions)


def ordered_classes(labels: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return the class names, numbers in their order, and each example's class.

    Examples
    --------
    >>> ordered_classes(np.array(["10", "9", "10"]))
    (['9', '10'], array([1, 0, 1]))
    """
    kinds, members = np.unique(labels, return_inverse=True)
    names = [str(kind) for kind in kinds]
    if all(name.lstrip("-").isdigit() for name in names):
        order = sorted(range(len(names)), key=lambda i: int(names[i]))
        places = np.empty(len(order), int)
        places[order] = np.arange(len(order))
        names, members = [names[i] for i in order], places[members]
    return names, members
