"""Images of which some are negatives."""

import numpy as np
from scipy.spatial.distance import cdist

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding

IMAGES, VALUES = 600, 500_000
"""Maximum of images that are compared with each other, and of their values."""

NEAR = 1.2
"""A negative whose nearest image is within this factor of the image's own nearest is at home."""

LEAST_SHARE = 0.02
"""Least share of images with a negative at home."""

OFF_MIDDLE = 0.1
"""Least distance of an image's mean from the middle of the range, in ranges."""


def mixed_polarity(data: Data) -> Finding | None:
    """Find images whose negatives lie as near to other images as they do themselves.

    Among images of one polarity a negative is far from everything. Images that are balanced about
    the middle of the range (gratings, noise) are left out: their negatives are as good.
    """
    if data.image_shape is None or len(data) < 30:
        return None
    x = data.rows(data.spread(max(30, min(IMAGES, VALUES // data.width))))
    low, high = np.nanmin(x), np.nanmax(x)
    if not high > low:
        return None
    x = (np.nan_to_num(x, nan=low) - low) / (high - low)
    between, across = cdist(x, x), cdist(1 - x, x)
    np.fill_diagonal(between, np.inf)
    np.fill_diagonal(across, np.inf)
    own, other = between.min(axis=1), across.min(axis=1)
    lopsided = np.abs(x.mean(axis=1) - 0.5) > OFF_MIDDLE
    typical = np.median(between[np.isfinite(between)])
    at_home = (other <= NEAR * own) & lopsided & (other < 0.7 * typical)
    share = float(at_home.mean())
    bright = float((x[at_home].mean(axis=1) > 0.5).mean()) if at_home.any() else 0.0
    if share < LEAST_SHARE or at_home.sum() < 3 or bright == 0:
        return None
    negatives = float((x.mean(axis=1) > 0.5).mean())
    return Finding(
        "look",
        f"Some images are negatives of the others: {share:.0%} have a negative that looks like "
        f"other images ({negatives:.0%} are mostly bright).",
        "Invert one kind (highest value minus the image), or the code spends itself on this.",
        {"share": share, "bright": negatives},
    )
