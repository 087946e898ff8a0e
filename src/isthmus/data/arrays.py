"""Arrays in memory or mapped from a file."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import issparse

from isthmus.annotations import ExamplesLike
from isthmus.data.array_file import ArrayFile
from isthmus.data.checks import check_examples, check_labels
from isthmus.data.other_arrays import as_numpy
from isthmus.data.source import Source
from isthmus.data.sparse_rows import SparseRows

CHANNELS = (1, 2, 3, 4)
"""Grey, grey with transparency, colour, colour with transparency."""


def from_array(array: ExamplesLike, name: str, *, labels: ArrayLike | None = None) -> Source:
    """Take an array of shape (n, features), (n, H, W) or (n, H, W, C) as a source.

    Parameters
    ----------
    array : array-like
        Real numbers, of NumPy or another library, or a sparse matrix; booleans become 0 and 1,
        masked entries become missing values. Of a memory map the file is kept, to be read where it
        is indexed. Images whose channels come first, (n, C, H, W), are brought to (n, H, W, C).
    name : str
    labels : array-like, shape (n,), optional

    Examples
    --------
    >>> from_array(np.zeros((5, 8, 8)), "blank", labels=range(5))
    <Source blank: 5 of 8x8 float64, labelled>
    """
    if issparse(array):
        rows = SparseRows(array)
        return Source(name, rows, _labels(labels, len(rows), name))
    array = as_numpy(array)
    examples = array if isinstance(array, ArrayFile) else check_examples(np.asanyarray(array), name)
    notes = ()
    if channels_first(examples.shape):
        examples = np.moveaxis(np.asanyarray(examples), 1, -1)
        shape = "x".join(map(str, examples.shape[1:]))
        notes = (f"{name}: the channels come first and are moved last, to images of {shape}",)
    examples = examples if isinstance(examples, ArrayFile) else ArrayFile.of(examples)
    return Source(
        name,
        examples,
        _labels(labels, len(examples), name),
        image_shape=_image_shape(examples.shape),
        notes=notes,
    )


def _labels(labels: ArrayLike | None, n: int, name: str) -> np.ndarray | None:
    return None if labels is None else check_labels(labels, n, name)


def channels_first(shape: Sequence[int]) -> bool:
    """Return whether (n, C, H, W) is the likelier reading of a shape of four axes.

    >>> channels_first((10, 3, 32, 32)), channels_first((10, 32, 32, 3)), channels_first((9, 3, 4))
    (True, False, False)
    """
    return len(shape) == 4 and shape[1] in CHANNELS and shape[3] not in CHANNELS


def _image_shape(shape: Sequence[int]) -> tuple[int, int, int] | None:
    """Read (H, W, C) off the shape (n, H, W) or (n, H, W, C) of examples."""
    if len(shape) < 3:
        return None
    height, width, channels = (*shape[1:], 1)[:3]
    return height, width, channels
