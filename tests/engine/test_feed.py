import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.data.source import Rows
from isthmus.engine import Feed, feed
from isthmus.engine.feed import epoch_order


def rows_of(source, first: int, last: int) -> np.ndarray:
    """Return the examples that a feed gives between two steps, its filling left out."""
    parts = []
    for block in source.blocks(first, last):
        steps = int(block.steps)
        x, weights = np.asarray(block.x)[:steps], block.weights[:steps]
        parts.append(x[weights > 0])
    return np.concatenate(parts)


class Reader:
    """Examples that can only be indexed, and that note how they were."""

    def __init__(self, x: np.ndarray):
        self.x, self.shape, self.dtype, self.asked = x, x.shape, x.dtype, []

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, index):
        self.asked.append(index)
        return self.x[index]


@given(n=st.integers(1, 200), seed=st.integers(0, 2**31), epoch=st.integers(0, 1000))
def test_the_order_is_a_function_of_seed_and_epoch(n: int, seed: int, epoch: int) -> None:
    order = epoch_order(n, seed, epoch)
    assert np.array_equal(order, epoch_order(n, seed, epoch))
    assert np.array_equal(np.sort(order), np.arange(n))


def test_another_seed_or_epoch_is_another_order() -> None:
    order = epoch_order(50, 0, 0)
    assert not np.array_equal(order, epoch_order(50, 1, 0))
    assert not np.array_equal(order, epoch_order(50, 0, 1))


@given(n=st.integers(2, 60), batch=st.integers(1, 70), seed=st.integers(0, 9))
def test_every_example_comes_once_an_epoch_in_that_order(n: int, batch: int, seed: int) -> None:
    source = Feed(np.arange(n, dtype=np.float32)[:, None], None, batch, seed)
    spe = source.steps_per_epoch
    found = rows_of(source, 0, 2 * spe)[:, 0]
    seen = seed if spe > 1 else None  # one batch has no order
    assert np.array_equal(found, np.concatenate([epoch_order(n, seen, e) for e in (0, 1)]))
    assert source.sizes(spe, 2 * spe).sum() == n


@given(first=st.integers(0, 14), length=st.integers(1, 9), steps=st.integers(1, 20))
def test_the_length_of_a_block_does_not_matter(first: int, length: int, steps: int) -> None:
    x = np.arange(23, dtype=np.float32)[:, None]
    whole, cut = Feed(x, None, 4, 0), Feed(x, None, 4, 0)
    cut.block_steps = length
    last = first + steps
    assert np.array_equal(rows_of(whole, first, last), rows_of(cut, first, last))


def test_labels_follow_their_examples() -> None:
    labels = np.arange(10)
    source = Feed(labels[:, None].astype(np.float32), labels, 4, 0)
    (block,) = source.blocks(0, 3)
    assert np.array_equal(block.x[:3, :, 0], block.target[:3])


def test_what_fills_up_the_last_batch_weighs_nothing() -> None:
    (block,) = Feed(np.ones((10, 2), np.float32), None, 4, 0).blocks(0, 3)
    assert block.weights[:3].sum(axis=1).tolist() == [4, 4, 2]
    assert not block.weights[3:].any()


def test_eight_bit_examples_stay_eight_bit() -> None:
    (block,) = Feed(np.full((4, 3), 200, np.uint8), None, 2, 0).blocks(0, 2)
    assert block.x.dtype == np.uint8


@pytest.mark.parametrize("dtype", ["f8", ">f4", ">f8", "i8", "u2", "?"])
def test_other_types_become_single_precision(dtype: str) -> None:
    x = (np.arange(12).reshape(6, 2) % 2).astype(dtype)
    (block,) = Feed(x, None, 6, None).blocks(0, 1)
    assert block.x.dtype == np.float32
    assert block.x.dtype.isnative
    assert np.array_equal(block.x[0], x)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_memory_disk_reader_and_device_give_the_same_blocks(tmp_path, dtype) -> None:
    x = np.random.default_rng(0).integers(0, 255, (30, 2, 3)).astype(dtype)
    np.save(tmp_path / "x.npy", x)
    flat = x.reshape(30, 6)
    sources = (flat, np.load(tmp_path / "x.npy", mmap_mode="r"), Reader(x), jnp.asarray(flat))
    blocks = [next(Feed(source, None, 8, 5).blocks(0, 4)) for source in sources]
    for block in blocks:
        assert block.x.dtype == dtype
        assert np.array_equal(np.asarray(block.x)[:4], blocks[0].x[:4])


def test_a_file_is_read_forwards() -> None:
    reader = Reader(np.arange(40, dtype=np.float32)[:, None])
    list(Feed(reader, None, 8, 0).blocks(0, 5))
    assert reader.asked
    assert all((np.diff(index) >= 0).all() for index in reader.asked)


def test_a_block_has_a_bounded_size(monkeypatch) -> None:
    monkeypatch.setattr(feed, "BLOCK_BYTES", 2**14)
    monkeypatch.setattr(feed, "LARGEST_BLOCK_BYTES", 2**16)
    x = np.zeros((1000, 64), np.float32)  # 256 bytes each
    sizes = [Feed(x, None, batch, 0).buffers()[0].x.nbytes for batch in (8, 32, 64, 128)]
    assert sizes == [2**14, 2**15, 2**16, 2**16]  # eight steps, four, four, two


def test_a_block_stays_as_it_is_until_the_next_but_one() -> None:
    source = Feed(np.arange(40, dtype=np.float32)[:, None], None, 4, None)
    source.block_steps = 2
    first, second, third, *_ = source.blocks(0, 10)
    assert np.shares_memory(first.x, third.x)
    assert not np.shares_memory(first.x, second.x)
    blocks = source.blocks(0, 10)
    first, second = next(blocks), next(blocks)
    assert first.x.ravel().tolist() == list(range(8))
    assert second.x.ravel().tolist() == list(range(8, 16))


def test_jax_uses_a_block_as_it_lies() -> None:
    (block,) = Feed(np.ones((7, 3), np.float32), None, 2, 0).blocks(0, 4)
    assert block.x.ctypes.data % feed.ALIGNMENT == 0


def test_a_part_is_read_where_it_lies() -> None:
    x = np.random.default_rng(0).integers(0, 256, (50, 3), dtype=np.uint8)
    index = np.array([40, 3, 17, 8, 25, 31, 2])
    part = Rows(Rows(x, np.arange(1, 50)), index - 1)
    found, copied = (rows_of(Feed(rows, None, 2, 5), 0, 8) for rows in (part, x[index]))
    assert np.array_equal(found, copied)
