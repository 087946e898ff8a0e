"""The feed: batches in a fixed order, gathered into blocks of whole batches.

One path serves data in memory, on an accelerator and on disk, so that all three train to the same
bits: a block of examples is gathered by index, in the type in which the examples are stored.
"""

from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import NamedTuple

import jax
import numpy as np
from numpy.typing import DTypeLike

from isthmus.annotations import Examples
from isthmus.data.source import Rows
from isthmus.engine.pairs import Partners
from isthmus.engine.supervision import Supervision

BLOCK_BYTES = 2**23
"""Target size of a block, in bytes: long enough to hide its dispatch, small enough to be cached."""

LONGEST_BLOCK = 512
"""Upper limit on steps per block."""

SHORTEST_BLOCK = 4
"""Lower limit on steps per block: each call takes its working memory from the system anew."""

LARGEST_BLOCK_BYTES = 2**27
"""Limit in bytes above which a block has fewer steps than ``SHORTEST_BLOCK``."""

ALIGNMENT = 64
"""JAX uses memory that begins at a multiple of this many bytes in place, and copies all other."""


class Block(NamedTuple):
    """Some consecutive batches.

    Parameters
    ----------
    x : (S, B, D)
        Examples in their stored type; only the first ``steps`` batches are filled.
    target : (S, B, ...) or None
        Labels, or other targets.
    weights : (S, B)
        Of the examples, 1 unless others are given; 0 for rows that fill up an epoch's last batch.
    steps
        Batches that are filled.
    partner : ((S, B, D), (S, B, ...) or None) or None
        Examples that those of ``x`` are paired with, and their targets.
    supervision : (S, B) or None
        How much each example teaches the heads; None where all have labels.
    """

    x: np.ndarray | jax.Array
    target: np.ndarray | jax.Array | None
    weights: np.ndarray | jax.Array
    steps: np.ndarray
    partner: tuple[np.ndarray | jax.Array, np.ndarray | jax.Array | None] | None = None
    supervision: np.ndarray | jax.Array | None = None


class Buffer(NamedTuple):
    """Memory for the examples of a block.

    Parameters
    ----------
    x : (S, B, D)
        For the examples.
    partner : (S, B, D) or None
        For those that they are paired with.
    """

    x: np.ndarray
    partner: np.ndarray | None

    def row(self, i: int) -> "Buffer":
        """Return one replica's part of a buffer of several."""
        return Buffer(self.x[i], None if self.partner is None else self.partner[i])


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
        The order is a function of (seed, epoch) alone; None keeps the examples in order, and so
        does a batch that holds them all.
    partners
        Draws the example that each is paired with, anew in every epoch; None for no pairs.
    weights : (n,) or None
        Weights of the examples, > 0, within their batch; None weighs all alike.
    supervision
        Which examples teach the heads, where some have no label; it may add some to each batch.
    """

    def __init__(
        self,
        x: Examples,
        target: np.ndarray | None,
        batch_size: int,
        seed: int | None,
        partners: Partners | None = None,
        weights: np.ndarray | None = None,
        supervision: Supervision | None = None,
    ):
        self.x, self.target = x, target
        self.partners, self.weights, self.supervision = partners, weights, supervision
        self.batch_size = batch_size
        added = 0 if supervision is None else supervision.added(batch_size)
        self.width = batch_size + added
        """Examples in a batch, those included that are added to teach the heads."""
        self.steps_per_epoch = -(-len(x) // batch_size)
        self.seed = seed if self.steps_per_epoch > 1 else None  # one batch has no order
        self.features = int(np.prod(x.shape[1:]))
        self.dtype = stored_type(x.dtype)
        views = 1 if partners is None else 2
        self.batch_bytes = views * self.width * self.features * self.dtype.itemsize
        self.block_steps = steps_of_block(self.batch_bytes, SHORTEST_BLOCK)
        sizes = np.full(self.steps_per_epoch, batch_size)
        sizes[-1] = len(x) - batch_size * (self.steps_per_epoch - 1)
        self._sizes, self._filled = sizes, np.arange(batch_size) < sizes[:, None]
        self._batches: tuple[int, np.ndarray] = (-1, np.empty(0, int))

    def blocks(
        self, first: int, last: int, buffers: Sequence[Buffer] | None = None
    ) -> Iterator[Block]:
        """Yield the batches of steps ``first`` to ``last``, counted from the start of training.

        Examples that are gathered on the host lie in one of two buffers, in turn: the next block
        but one overwrites them. So the host fills one buffer while the device reads the other, and
        takes no new memory from the system.

        Parameters
        ----------
        first, last
            Steps.
        buffers
            Memory to fill, as `buffers` returns it; None allocates it.
        """
        buffers = self.buffers() if buffers is None else buffers
        length = len(buffers[0].x)
        for start, buffer in zip(range(first, last, length), cycle(buffers), strict=False):
            yield self._gather(range(start, min(start + length, last)), buffer)

    def buffers(self) -> list[Buffer]:
        """Return memory for the examples (S, B, D) of two blocks."""
        return [self.buffer(self.block_steps) for _ in range(2)]

    def buffer(self, *leading: int) -> Buffer:
        """Return memory for examples (*leading, B, D), and as much for their partners if any."""
        shape = (*leading, self.width, self.features)
        partner = None if self.partners is None else aligned_empty(shape, self.dtype)
        return Buffer(aligned_empty(shape, self.dtype), partner)

    def sizes(self, first: int, last: int) -> np.ndarray:
        """Return the number of examples that the batches of steps ``first`` to ``last`` hold."""
        return self._sizes[np.arange(first, last) % self.steps_per_epoch]

    def _gather(self, steps: range, buffer: Buffer) -> Block:
        places = np.arange(steps.start, steps.stop) % self.steps_per_epoch
        filled = np.zeros((len(steps), self.width), bool)
        filled[:, : self.batch_size] = self._filled[places]
        index = np.empty((len(steps), self.width), np.int64)
        if self.width > self.batch_size and self.supervision is not None:
            added = self.supervision.of_steps(steps, self.width - self.batch_size)
            index[:, self.batch_size :] = added
        paired = np.empty_like(index)
        for start, stop, epoch in self._epochs_of(steps):
            index[start:stop, : self.batch_size] = self._epoch_batches(epoch)[places[start:stop]]
            if self.partners is not None:
                paired[start:stop] = self.partners.of_epoch(epoch)[index[start:stop]]
        length = len(buffer.x)
        own = np.ones(index.shape, np.float32) if self.weights is None else self.weights[index]
        weights = _padded(own * filled, length)
        partner = None
        if buffer.partner is not None:
            partner = self._take(paired, buffer.partner), self._targets(paired, length)
        x, target = self._take(index, buffer.x), self._targets(index, length)
        supervision = self._supervise(index, own, filled, length)
        count = np.asarray(len(steps), np.int32)
        return Block(x, target, weights, count, partner, supervision)

    def _supervise(
        self, index: np.ndarray, own: np.ndarray, filled: np.ndarray, length: int
    ) -> np.ndarray | None:
        """Return how much each example (length, B) teaches the heads, zero after the first s."""
        if self.supervision is None:
            return None
        teach = filled  # the examples in order, or those alone that were added
        if self.width > self.batch_size:
            teach = np.broadcast_to(np.arange(self.width) >= self.batch_size, index.shape)
        return _padded(self.supervision.weights[index] * own * teach, length)

    def _targets(self, index: np.ndarray, length: int) -> np.ndarray | None:
        """Return targets (length, B, ...) for an index (s, B), zero after the first s."""
        if self.target is None:
            return None
        shape = (length, self.width, *self.target.shape[1:])
        target = np.zeros(shape, self.target.dtype)
        target[: len(index)] = self.target[index]
        return target

    def _take(self, index: np.ndarray, buffer: np.ndarray) -> np.ndarray | jax.Array:
        """Return examples (S, B, D) for an index (s, B), s <= S: in the buffer, if the host can."""
        x, flat = self.x, index.ravel()
        while isinstance(x, Rows):  # read in place, so that a subset is never a copy
            x, flat = x.examples, x.index[flat]
        if isinstance(x, jax.Array):
            filled = np.resize(flat, buffer.shape[0] * self.width)  # one shape, one program
            return x[filled].reshape(buffer.shape)
        rows = buffer[: len(index)].reshape(len(flat), self.features)
        if isinstance(x, np.ndarray) and not isinstance(x, np.memmap):
            if x.dtype == self.dtype and x.flags.c_contiguous:
                examples = x.reshape(len(x), self.features)
                np.take(examples, flat, axis=0, out=rows, mode="clip")  # nothing between is kept
            else:
                rows[:] = x[flat].reshape(rows.shape)
        else:  # a file is read forwards
            forwards = np.argsort(flat, kind="stable")
            rows[forwards] = x[flat[forwards]].reshape(rows.shape)
        return buffer

    def _epochs_of(self, steps: range) -> Iterator[tuple[int, int, int]]:
        """Yield (start, stop, epoch) of the parts of some steps that lie in one epoch."""
        if self.seed is None and self.partners is None:  # every epoch is the first again
            yield 0, len(steps), 0
            return
        start = 0
        while start < len(steps):
            epoch, place = divmod(steps.start + start, self.steps_per_epoch)
            stop = min(len(steps), start + self.steps_per_epoch - place)
            yield start, stop, epoch
            start = stop

    def _epoch_batches(self, epoch: int) -> np.ndarray:
        """Return the places of an epoch's examples by batch, the last filled with its first."""
        if self._batches[0] != epoch:
            order = epoch_order(len(self.x), self.seed, epoch)
            whole = self.batch_size * (self.steps_per_epoch - 1)
            missing = whole + self.batch_size - len(order)
            filled = np.concatenate([order, np.repeat(order[whole], missing)])
            self._batches = (epoch, filled.reshape(self.steps_per_epoch, self.batch_size))
        return self._batches[1]


def _padded(rows: np.ndarray, length: int) -> np.ndarray:
    """Return rows (s, B) as (length, B), zero after the first s."""
    padded = np.zeros((length, *rows.shape[1:]), np.float32)
    padded[: len(rows)] = rows
    return padded


def steps_of_block(step_bytes: int, least: int) -> int:
    """Return the number of steps in a block.

    Parameters
    ----------
    step_bytes
        Size of one step's examples.
    least
        Lower limit on the steps, where the block does not exceed ``LARGEST_BLOCK_BYTES``.

    Examples
    --------
    >>> [steps_of_block(size, 4) for size in (2**10, 2**20, 2**23, 2**30)]
    [512, 8, 4, 1]
    """
    size = max(BLOCK_BYTES, min(least * step_bytes, LARGEST_BLOCK_BYTES))
    return max(1, min(LONGEST_BLOCK, size // step_bytes))


def aligned_empty(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Return an array of unspecified content that JAX can use without a copy.

    Examples
    --------
    >>> aligned_empty((3, 5), np.dtype(np.float32)).ctypes.data % ALIGNMENT
    0
    """
    size = int(np.prod(shape)) * dtype.itemsize
    memory = np.empty(size + ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    return memory[start : start + size].view(dtype).reshape(shape)


def stored_type(dtype: DTypeLike) -> np.dtype:
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
