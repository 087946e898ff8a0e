"""Arrays as a page carries them."""

import base64

import numpy as np
from numpy.typing import ArrayLike

TYPES = {"float16": "<f2", "float32": "<f4", "int32": "<i4"}


def packed(array: ArrayLike, name: str = "float32") -> dict[str, object]:
    """Return an array as JSON that the runtime of `isthmus.export` reads: base64, little-endian.

    Examples
    --------
    >>> packed([1.0, 2.0])
    {'shape': (2,), 'type': 'float32', 'data': 'AACAPwAAAEA='}
    """
    array = np.asarray(array)
    data = base64.b64encode(array.astype(TYPES[name]).tobytes()).decode("ascii")
    return {"shape": array.shape, "type": name, "data": data}


def packed_codes(codes: np.ndarray) -> dict[str, object]:
    """Return codes (n, d), in 16 bits where they are long."""
    small = codes.shape[1] > 32 and np.abs(codes).max(initial=0) < np.finfo(np.float16).max
    return packed(codes, "float16" if small else "float32")
