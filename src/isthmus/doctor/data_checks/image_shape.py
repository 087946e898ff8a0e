"""An image shape under which neighbouring pixels do not agree."""

import numpy as np

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding, setting

BETTER = 0.75
"""Another shape must lower the squared difference of vertical neighbours to this share."""

STROKES = 8
"""Least side of images whose neighbouring pixels must agree: in smaller ones a line is a pixel."""

AGREE = 0.9
"""Neighbours agree if they differ by less than this share of what any two pixels do."""


def image_shape(data: Data) -> Finding | None:
    """Compare pixels that are neighbours under the given shape with those of other shapes.

    Pixels one row apart lie W apart in memory. Where another width makes such pixels clearly more
    alike, the given width is wrong; where neighbours differ as much as any two pixels do, there is
    no image, or its pixels are in another order.
    """
    if data.image_shape is None or min(data.image_shape[:2]) < 4 or len(data) < 10:
        return None
    height, width, channels = data.image_shape
    x = np.nan_to_num(data.sample[:1000].reshape(-1, height * width, channels))
    if np.isnan(data.sample[:1000]).any():
        return None
    apart = {w: _difference(x, w) for w in _widths(height * width)}
    any_two = 2 * float(x.var())
    horizontal = _horizontal(x, height, width)
    own = apart.get(width, _difference(x, width))
    best = min(apart, key=lambda w: apart[w])
    if any_two == 0:
        return None
    evidence = {"vertical": own / any_two, "horizontal": horizontal / any_two, "best_width": best}
    if best != width and apart[best] < BETTER * own:
        shape = f"{height * width // best}x{best}" + (f"x{channels}" if channels > 1 else "")
        return Finding(
            "stop",
            f"The image shape {height}x{width} is probably wrong: pixels one row apart differ "
            f"{own / max(apart[best], 1e-12):.1f} times as much as under {shape}.",
            f"Give the shape that the images have, perhaps {setting('image_shape', shape)}.",
            evidence,
        )
    large = min(height, width) >= STROKES
    if large and min(own, horizontal) > AGREE * _any_pair(x, any_two):
        return Finding(
            "look",
            f"Neighbouring pixels of the {height}x{width} images do not agree: they differ as much "
            "as any two pixels of an image.",
            "Look at a few images: if they are no pictures, leave the image shape out; if so, "
            "their pixels are in another order.",
            evidence,
        )
    return None


def _widths(pixels: int) -> list[int]:
    """Return the widths that an image of that number of pixels can have, of at least four."""
    return [w for w in range(4, pixels // 4 + 1) if pixels % w == 0]


def _difference(x: np.ndarray, apart: int) -> float:
    """Return the mean squared difference of pixels so far apart in memory."""
    return float(np.square(x[:, apart:] - x[:, :-apart]).mean())


def _horizontal(x: np.ndarray, height: int, width: int) -> float:
    rows = x.reshape(len(x), height, width, -1)
    return float(np.square(rows[:, :, 1:] - rows[:, :, :-1]).mean())


def _any_pair(x: np.ndarray, any_two: float) -> float:
    """Return the mean squared difference of two pixels of an image at random."""
    within = 2 * float(x.var(axis=1).mean())
    return min(within, any_two)
