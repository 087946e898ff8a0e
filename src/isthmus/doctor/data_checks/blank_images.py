"""Images, or rows, without any content."""

import numpy as np

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding

LEAST_SHARE = 0.01
"""Below this share they do not move any figure by more than its own error."""


def blank_images(data: Data) -> Finding | None:
    """Find images all of whose pixels are equal."""
    if data.image_shape is None or len(data) < 20:
        return None
    blank = np.nanmax(data.sample, axis=1) == np.nanmin(data.sample, axis=1)
    share = float(blank.mean())
    if share < LEAST_SHARE or blank.sum() < 2:
        return None
    return Finding(
        "look",
        f"{share:.1%} of the images are blank: all their pixels are equal.",
        "Drop them, and look at what wrote them: they are easy and make every error look smaller.",
        {"share": share},
    )
