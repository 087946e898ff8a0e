"""A checksum over a description and its tensors."""

import hashlib
from collections.abc import Mapping

import numpy as np


def checksum(header: str, tensors: Mapping[str, np.ndarray]) -> str:
    """Return the SHA-256 digest of a text and of named arrays: names, types, shapes and values.

    Examples
    --------
    >>> same = [checksum("{}", {"w": np.zeros(2)}) for _ in range(2)]
    >>> same[0] == same[1] != checksum("{}", {"w": np.array([0.0, -0.0])})
    True
    """
    digest = hashlib.sha256(header.encode())
    for name in sorted(tensors):
        array = np.ascontiguousarray(tensors[name])
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(array.reshape(-1).view(np.uint8).data)
    return digest.hexdigest()
