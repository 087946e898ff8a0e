"""The marks of classes on the maps of pages: a colour each, and beyond ten another shape."""

import numpy as np

from isthmus.figures.palette import page_marks
from isthmus.plainjson import JsonObject

SHAPES = {
    "circle": '<circle r="3.2"/>',
    "square": '<path d="M-3-3H3V3H-3Z"/>',
    "triangle": '<path d="M0-4 3.8 3H-3.8Z"/>',
    "diamond": '<path d="M0-4.4 4.4 0 0 4.4-4.4 0Z"/>',
    "cross": '<path d="M-1.3-4H1.3V-1.3H4V1.3H1.3V4H-1.3V1.3H-4V-1.3H-1.3Z"/>',
}
"""The shapes of marks, around their middle."""


def marked_classes(names: list[str], members: np.ndarray) -> list[JsonObject]:
    """Return the classes with their marks: ``name``, ``colour``, ``shape`` and ``members``.

    Parameters
    ----------
    names
        Of the classes.
    members : (n,)
        The class of each example.
    """
    marks = page_marks(len(names))
    return [
        {"name": name, **mark._asdict(), "members": np.flatnonzero(members == i).tolist()}
        for i, (name, mark) in enumerate(zip(names, marks, strict=True))
    ]
