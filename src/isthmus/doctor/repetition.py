"""Which rows are equal, by a hash of each, without comparing all pairs."""

import numpy as np

BLOCK = 1 << 17
"""Values that are hashed at a time: 1 MB, which stays in the cache."""

_SEED = 20_240


def part_hashes(rows: np.ndarray, groups: list[np.ndarray]) -> np.ndarray:
    """Return a 64-bit hash of every group of columns of every row: uint64 (n, groups).

    The sum of a row's hashes is a hash of the row, so leaving out a group is one subtraction.
    Two rows whose values differ have the same hash with a probability of about 2^-60.

    Parameters
    ----------
    rows : (n, D)
    groups
        Columns of each group.
    """
    draws = np.random.default_rng(_SEED).integers(1, 2**63, (2, rows.shape[1]), dtype=np.uint64)
    blocks = np.array_split(rows, max(1, rows.size // BLOCK))
    return np.concatenate([_hashes_of(block, groups, draws) for block in blocks])


def _hashes_of(rows: np.ndarray, groups: list[np.ndarray], draws: np.ndarray) -> np.ndarray:
    bits = (np.ascontiguousarray(rows, np.float64) + 0.0).view(np.uint64)  # + 0.0: no minus zero
    bits = np.where(np.isnan(rows), np.uint64(1), bits)
    bits = _mixed(_mixed(bits + draws[0]) * (draws[1] | np.uint64(1)))
    return np.column_stack([bits[:, group].sum(axis=1) for group in groups])


def _mixed(bits: np.ndarray) -> np.ndarray:
    """Return integers whose every bit depends on all bits (the finaliser of splitmix64)."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def pairs(hashes: np.ndarray) -> int:
    """Return how many pairs of entries are equal.

    >>> pairs(np.array([1, 1, 1, 2]))
    3
    """
    counts = np.unique(hashes, return_counts=True)[1].astype(np.int64)
    return int((counts * (counts - 1) // 2).sum())


def repeated(hashes: np.ndarray) -> np.ndarray:
    """Return whether each entry (n,) occurs more than once."""
    _, inverse, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    return counts[inverse] > 1
