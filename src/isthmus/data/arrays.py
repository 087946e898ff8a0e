"""Arrays in memory or mapped from a file."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from isthmus.data.array_file import ArrayFile
from isthmus.data.checks import check_examples, check_labels
from isthmus.data.source import Source


def from_array(array: np.ndarray, name: str, *, labels: ArrayLike | None = None) -> Source:
    """Take an array of shape (n, features), (n, H, W) or (n, H, W, C) as a source.

    Parameters
    ----------
    array : ndarray
        Real numbers; booleans become 0 and 1, masked entries become missing values. Of a memory map
        the file is kept, to be read where it is indexed.
    name : str
    labels : array-like, shape (n,), optional

    Examples
    --------
    >>> from_array(np.zeros((5, 8, 8)), "blank", labels=range(5))
    <Source blank: 5 of 8x8 float64, labelled>
    """
    if np.ma.isMaskedArray(array):
        array = np.ma.filled(array.astype(np.float64), np.nan)
    examples = ArrayFile.of(check_examples(array, name))
    return Source(
        name,
        examples,
        labels=None if labels is None else check_labels(labels, len(examples), name),
        image_shape=image_shape_of(examples.shape),
    )


def image_shape_of(shape: Sequence[int]) -> tuple[int, int, int] | None:
    """Read (H, W, C) off the shape (n, H, W) or (n, H, W, C) of examples.

    >>> image_shape_of((100, 28, 28))
    (28, 28, 1)
    """
    if len(shape) < 3:
        return None
    height, width, channels = (*shape[1:], 1)[:3]
    return height, width, channels
