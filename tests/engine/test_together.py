"""Trainings side by side give what each gives alone."""

import jax
import numpy as np
import pytest

from isthmus import Autoencoder
from isthmus.engine import Feed, shape_of, together, train, train_together
from isthmus.errors import NonFiniteLossError
from isthmus.estimators import fitting

RNG = np.random.default_rng(0)
X = (RNG.normal(size=(120, 3)) @ RNG.normal(size=(3, 10))).astype(np.float32)
SETTINGS = {
    "hidden": (8,),
    "batch_size": 16,
    "epochs": 12,
    "patience": 2,
    "penalties": (),
    "schedule": "cosine",
}
POINTS = [
    {"random_state": 0},
    {"random_state": 1, "learning_rate": 0.1},
    {"random_state": 1, "corruption__scale": 0.5},
    {"random_state": 2, "learning_rate": 5.0},
]


def replica(*, held_out=X[100:], **params):
    from isthmus.corruption import Gaussian

    estimator = Autoencoder(2, corruption=Gaussian(0.1), **SETTINGS).set_params(**params)
    if held_out is None:
        estimator.set_params(validation_fraction=0)
    return fitting.prepare(estimator, X[:100], None, held_out).replica


def alone(replica, epochs=12, patience=2):
    return train(
        replica.model,
        replica.optimiser,
        replica.feed,
        epochs=epochs,
        seed=replica.seed,
        validation=replica.validation,
        patience=patience,
    )


def assert_same(one, other):
    assert (one.stop_reason, one.best_epoch) == (other.stop_reason, other.best_epoch)
    assert len(one.records) == len(other.records)
    for a, b in zip(jax.tree.leaves(one.model), jax.tree.leaves(other.model), strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-3, atol=2e-4)
    for a, b in zip(one.records, other.records, strict=True):
        assert a.train_loss == pytest.approx(b.train_loss, rel=1e-4)
        if a.validation_loss is not None:
            assert a.validation_loss == pytest.approx(b.validation_loss, rel=1e-3)


def test_each_replica_is_what_it_is_alone_though_they_stop_apart():
    replicas = [replica(**point) for point in POINTS]
    outcomes = dict(train_together(replicas, epochs=12, patience=2))
    assert sorted(outcomes) == [0, 1, 2, 3]
    singles = [alone(one) for one in replicas]
    assert len({len(single.records) for single in singles}) > 1  # some stopped before others
    for place, single in enumerate(singles):
        assert_same(outcomes[place], single)


def test_results_arrive_as_replicas_stop():
    replicas = [replica(**point) for point in POINTS]
    epochs = [
        len(outcome.records) for _, outcome in train_together(replicas, epochs=12, patience=2)
    ]
    assert epochs == sorted(epochs)


def test_stopped_replicas_are_left_out_of_the_program(monkeypatch):
    widths = []
    run = together._run_replicas

    def watched(given, state):
        widths.append(given[0].x.shape[0])
        return run(given, state)

    monkeypatch.setattr(together, "_run_replicas", watched)
    replicas = [
        replica(random_state=0),
        *[replica(random_state=i, learning_rate=5.0) for i in range(3)],
    ]
    dict(train_together(replicas, epochs=12, patience=2))
    assert widths[0] == 4
    assert widths[-1] < 4


def test_without_a_held_out_part_all_run_to_the_end():
    replicas = [replica(held_out=None, **point) for point in POINTS[:2]]
    outcomes = dict(train_together(replicas, epochs=3))
    for place, one in enumerate(replicas):
        assert_same(outcomes[place], alone(one, epochs=3, patience=0))


def test_a_replica_that_diverges_ends_alone(monkeypatch):
    replicas = [replica(random_state=0), replica(random_state=1)]
    broken = replicas[1].feed
    broken.x = np.where(np.arange(100)[:, None] == 7, np.float32(np.inf), broken.x)
    outcomes = dict(train_together(replicas, epochs=4))
    assert isinstance(outcomes[1], NonFiniteLossError)
    assert_same(outcomes[0], alone(replicas[0], epochs=4, patience=0))


def test_numbers_share_a_shape_and_structure_does_not():
    first, *others = [shape_of(replica(**point)) for point in POINTS]
    assert all(other == first for other in others)
    for change in (
        {"hidden": (9,)},
        {"latent_dim": 3},
        {"activation": "relu"},
        {"optimizer": "sgd"},
        {"batch_size": 20},
        {"corruption": None},
        {"schedule": "constant"},
    ):
        assert shape_of(replica(**change)) != first, change
    assert shape_of(replica(held_out=None)) != first


def test_the_more_replicas_the_shorter_their_blocks_but_for_sixteen_steps(monkeypatch):
    monkeypatch.setattr("isthmus.engine.feed.BLOCK_BYTES", 2**16)
    one = Feed(np.zeros((1000, 16), np.float32), None, 4, 0)  # 256 bytes a step
    steps = [together._buffers([one] * replicas)[0].x.shape[:2] for replicas in (1, 4, 16, 64)]
    assert steps == [(1, 256), (4, 64), (16, 16), (64, 16)]


def test_progress_is_told():
    heard = []
    replicas = [replica(random_state=0)]
    dict(train_together(replicas, epochs=2, on_progress=lambda *steps: heard.append(steps)))
    assert heard[-1] == (14, 14)
