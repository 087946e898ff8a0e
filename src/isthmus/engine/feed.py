"""The feed: batches in a fixed order, gathered into blocks of whole batches.

One path serves data in memory, on an accelerator and on disk, so that all three train to the same
bits: a block of examples is gathered by index, in the type in which the examples are stored.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import jax
import numpy as np

BLOCK_BYTES = 2**23
"""A block is about so large: enough steps to hide its dispatch, little enough for the cache."""

LONGEST_BLOCK = 512
"""And at most so many steps."""


class Block(NamedTuple):
    """Some consecutive batches.

    Parameters
    ----------
    x : (S, B, D)
        Examples in their stored type; only the first ``steps`` batches are filled.
    target : (S, B, ...) or None
        Labels, or other targets.
    weights : (S, B)
        1, or 0 for rows that fill up the last batch of an epoch.
    steps
        Batches that are filled.
    """

    x: Any
    target: Any
    weights: Any
    steps: np.ndarray


class Feed:
    """The batches of one set of examples.

    Parameters
    ----------
    x : (n, ...) array-like
        Examples in stored type: an array, a memory map, or anything that has a shape and a dtype
        and can be indexed by an array of integers.
    target : (n, ...) or None
        Labels, or other targets.
    batch_size
        Examples in a batch; an epoch's last batch is filled up with rows of weight zero.
    seed
        The order is a function of (seed, epoch) alone; None keeps the examples in order.
    """

    def __init__(self, x: Any, target: np.ndarray | None, batch_size: int, seed: int | None):
        self.x, self.target, self.seed = x, target, seed
        self.batch_size = batch_size
        self.steps_per_epoch = -(-len(x) // batch_size)
        self.features = int(np.prod(x.shape[1:]))
        self.dtype = stored_type(x.dtype)
        batch_bytes = batch_size * self.features * self.dtype.itemsize
        self.block_steps = max(1, min(LONGEST_BLOCK, BLOCK_BYTES // batch_bytes))
        self._order: tuple[int, np.ndarray] = (-1, np.empty(0, int))

    def blocks(self, first: int, last: int) -> Iterator[Block]:
        """Yield the batches of steps ``first`` to ``last``, counted from the start of training."""
        for start in range(first, last, self.block_steps):
            yield self._gather(range(start, min(start + self.block_steps, last)))

    def weight_of(self, step: int) -> int:
        """Return how many examples the batch of a step holds."""
        place = step % self.steps_per_epoch
        return min(self.batch_size, len(self.x) - place * self.batch_size)

    def _gather(self, steps: range) -> Block:
        size = self.batch_size
        weights = np.zeros((self.block_steps, size), np.float32)
        index = np.zeros((len(steps), size), np.int64)
        for row, step in enumerate(steps):
            epoch, place = divmod(step, self.steps_per_epoch)
            chosen = self._epoch_order(epoch)[place * size : (place + 1) * size]
            index[row, : len(chosen)], index[row, len(chosen) :] = chosen, chosen[0]
            weights[row, : len(chosen)] = 1
        target = None
        if self.target is not None:
            shape = (self.block_steps, size, *self.target.shape[1:])
            target = np.zeros(shape, self.target.dtype)
            target[: len(steps)] = self.target[index]
        return Block(self._take(index), target, weights, np.asarray(len(steps), np.int32))

    def _take(self, index: np.ndarray) -> Any:
        """Return examples (S, B, D) for an index (s, B), s <= S."""
        shape = (self.block_steps, self.batch_size, self.features)
        flat = index.ravel()
        if isinstance(self.x, jax.Array):
            filled = np.resize(flat, self.block_steps * self.batch_size)  # one shape, one program
            return self.x[filled].reshape(shape)
        block = np.empty(shape, self.dtype)
        rows = block[: len(index)].reshape(len(flat), self.features)
        if isinstance(self.x, np.ndarray) and not isinstance(self.x, np.memmap):
            if self.x.dtype == self.dtype and self.x.flags.c_contiguous:
                examples = self.x.reshape(len(self.x), self.features)
                np.take(examples, flat, axis=0, out=rows, mode="clip")  # nothing between is kept
            else:
                rows[:] = self.x[flat].reshape(rows.shape)
        else:  # a file is read forwards
            forwards = np.argsort(flat, kind="stable")
            rows[forwards] = self.x[flat[forwards]].reshape(rows.shape)
        return block

    def _epoch_order(self, epoch: int) -> np.ndarray:
        if self._order[0] != epoch:
            self._order = (epoch, epoch_order(len(self.x), self.seed, epoch))
        return self._order[1]


def stored_type(dtype: Any) -> np.dtype:
    """Return the type in which examples are fed: 8-bit stays, all else is single precision.

    Examples
    --------
    >>> [str(stored_type(np.dtype(name))) for name in ("u1", "f8", ">i4")]
    ['uint8', 'float32', 'float32']
    """
    return np.dtype(np.uint8 if dtype == np.uint8 else np.float32)


def epoch_order(n: int, seed: int | None, epoch: int) -> np.ndarray:
    """Return the order of ``n`` examples in an epoch: a function of (seed, epoch) alone.

    Examples
    --------
    >>> bool((epoch_order(5, 0, 3) == epoch_order(5, 0, 3)).all())
    True
    """
    if seed is None:
        return np.arange(n)
    return np.random.default_rng([seed, epoch]).permutation(n)
