"""Pairs in the feed: a function of (seed, epoch) alone, wherever the examples lie."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isthmus import Autoencoder
from isthmus.corruption import Gaussian as Noise
from isthmus.corruption import Shift
from isthmus.data.source import Rows
from isthmus.engine import Checkpoint, Feed, Partners, train, train_together
from isthmus.errors import SettingError
from isthmus.estimators import fitting
from isthmus.pairs import Pairs
from isthmus.penalties import Neighbours

N, K = 30, 4
GRAPH = (np.arange(N)[:, None] + np.arange(1, K + 1)) % N
X = np.random.default_rng(0).normal(size=(N, 6)).astype(np.float32)


def partners(seed=0, weights=None):
    return Partners(GRAPH, weights, seed)


def pairs_of(feed, first, last):
    """Return (examples, partners) of the steps of a feed, its filling left out."""
    rows, paired = [], []
    for block in feed.blocks(first, last):
        steps, weights = int(block.steps), block.weights
        used = weights[:steps] > 0
        rows.append(np.asarray(block.x)[:steps][used])
        paired.append(np.asarray(block.partner[0])[:steps][used])
    return np.concatenate(rows), np.concatenate(paired)


def test_an_epoch_has_its_own_partners_and_a_seed_too():
    of_zero = partners().of_epoch(0)
    assert np.array_equal(of_zero, partners().of_epoch(0))
    again = partners()
    again.of_epoch(5)
    assert np.array_equal(of_zero, again.of_epoch(0))
    assert not np.array_equal(of_zero, partners().of_epoch(1))
    assert not np.array_equal(of_zero, partners(seed=1).of_epoch(0))


def test_partners_are_neighbours_and_each_is_drawn_as_often():
    drawn = np.stack([partners().of_epoch(epoch) for epoch in range(400)])
    offsets = (drawn - np.arange(N)) % N
    shares = np.bincount(offsets.ravel(), minlength=K + 1) / offsets.size
    np.testing.assert_allclose(shares, [0, *[1 / K] * K], atol=0.02)


def test_a_neighbour_is_drawn_by_its_weight():
    weights = np.tile([0.0, 3.0, 1.0, 0.0], (N, 1))
    drawn = np.stack([partners(weights=weights).of_epoch(epoch) for epoch in range(400)])
    shares = np.bincount(((drawn - np.arange(N)) % N).ravel(), minlength=K + 1) / drawn.size
    np.testing.assert_allclose(shares, [0, 0, 0.75, 0.25, 0], atol=0.02)


def test_a_block_pairs_each_example_with_its_partner_of_the_epoch():
    feed = Feed(X, None, 8, 3, partners())
    spe = feed.steps_per_epoch
    for epoch in (0, 1):
        rows, paired = pairs_of(feed, epoch * spe, (epoch + 1) * spe)
        places = [int(np.flatnonzero((row == X).all(1))[0]) for row in rows]
        np.testing.assert_array_equal(paired, X[partners().of_epoch(epoch)[places]])


def test_partners_bring_their_targets():
    feed = Feed(X, np.arange(N), 8, 0, partners())
    (block,) = feed.blocks(0, 4)
    x, target = block.partner
    np.testing.assert_array_equal(x[:4], X[target[:4]])


def test_pairs_do_not_change_the_order_of_examples():
    alone, paired = Feed(X, None, 8, 0), Feed(X, None, 8, 0, partners())
    first, second = next(alone.blocks(0, 8)), next(paired.blocks(0, 8))
    np.testing.assert_array_equal(first.x[:8], second.x[:8])
    assert first.partner is None


def test_one_batch_of_all_examples_still_draws_other_partners_each_epoch():
    feed = Feed(X, None, N, 0, partners())
    epochs = [pairs_of(feed, epoch, epoch + 1)[1] for epoch in (0, 1)]
    for epoch, found in enumerate(epochs):
        np.testing.assert_array_equal(found, X[partners().of_epoch(epoch)])


def test_memory_disk_and_device_give_the_same_pairs(tmp_path):
    np.save(tmp_path / "x.npy", X)
    part = Rows(np.concatenate([X[:2], X]), np.arange(2, N + 2))
    sources = (X, np.load(tmp_path / "x.npy", mmap_mode="r"), jnp.asarray(X), part)
    found = [pairs_of(Feed(source, None, 8, 5, partners()), 0, 6)[1] for source in sources]
    for other in found[1:]:
        np.testing.assert_array_equal(other, found[0])


SETTINGS = {
    "hidden": (8,), "batch_size": 16, "random_state": 0, "validation_fraction": 0.0,
    "penalties": Neighbours(5.0, pairs=Pairs(neighbours=3)),
}  # fmt: skip
DATA = np.random.default_rng(1).normal(size=(60, 5)).astype(np.float32)


def weights_of(model):
    return jax.tree.leaves((model.encoder, model.decoder))


def test_a_resumed_training_has_the_same_bits(tmp_path):
    class Stop:
        def __call__(self, record):
            return record.epoch == 3

    whole = Autoencoder(2, epochs=6, **SETTINGS).fit(DATA)
    kept = Checkpoint(tmp_path)
    Autoencoder(2, epochs=6, callbacks=(Stop(),), **SETTINGS).fit(DATA, checkpoint=kept)
    resumed = Autoencoder(2, epochs=6, **SETTINGS)
    resumed.fit(DATA, checkpoint=Checkpoint(tmp_path, resume=True))
    assert resumed.n_epochs_ == 6
    for a, b in zip(weights_of(resumed.model_), weights_of(whole.model_), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_file_on_disk_trains_to_the_same_bits(tmp_path):
    np.save(tmp_path / "x.npy", DATA)
    here = Autoencoder(2, epochs=3, **SETTINGS).fit(DATA)
    stored = np.load(tmp_path / "x.npy", mmap_mode="r")
    there = Autoencoder(2, epochs=3, memory_limit=0, **SETTINGS).fit(stored)
    for a, b in zip(weights_of(here.model_), weights_of(there.model_), strict=True):
        np.testing.assert_array_equal(a, b)


def test_replicas_with_pairs_are_what_each_is_alone():
    replicas = [
        fitting.prepare(
            Autoencoder(2, epochs=4, **SETTINGS | {"random_state": seed}), DATA, None, None
        ).replica
        for seed in (0, 1)
    ]
    outcomes = dict(train_together(replicas, epochs=4))
    for place, one in enumerate(replicas):
        alone = train(one.model, one.optimiser, one.feed, epochs=4, seed=one.seed)
        found = [record.train_loss for record in outcomes[place].records]
        np.testing.assert_allclose(found, [r.train_loss for r in alone.records], rtol=1e-4)


def test_more_neighbours_than_examples_are_refused():
    with pytest.raises(SettingError, match="15 neighbours, and the training set has 10 examples"):
        Autoencoder(2, penalties=Neighbours(), epochs=1, validation_fraction=0.0).fit(DATA[:10])


def test_two_penalties_with_different_pairs_are_refused():
    both = (Neighbours(), Neighbours(pairs=Pairs(augmentation=Noise(0.1))))
    with pytest.raises(SettingError, match="different pairs"):
        Autoencoder(2, penalties=both, epochs=1).fit(DATA)


def test_a_pass_over_more_data_pairs_them_too():
    estimator = Autoencoder(2, epochs=1, **SETTINGS)
    for _ in range(2):
        estimator.partial_fit(DATA)
    assert min(estimator.history_["neighbours"]) > 0


def test_neighbours_are_not_validated_so_that_training_does_not_stop_early_by_itself():
    settings = SETTINGS | {"validation_fraction": 0.2}
    many = np.random.default_rng(1).normal(size=(1300, 3)).astype(np.float32)
    patience = [
        fitting.prepare(Autoencoder(2, **settings | {"penalties": penalties}), many).sizes.patience
        for penalties in ((), Neighbours(pairs=Pairs(neighbours=3)))
    ]
    assert patience[0] > 0
    assert patience[1] == 0


def test_images_are_shifted_by_themselves_and_other_examples_are_left_as_they_are():
    pairs = Pairs(15, augmentation="auto")
    assert pairs.create((25, 50, 3)) == Pairs(15, augmentation=Shift(2.0).create((25, 50, 3)))
    assert pairs.create(None) == Pairs(15)
    with pytest.raises(SettingError, match="two equal views"):
        Pairs(augmentation="auto").create(None)
