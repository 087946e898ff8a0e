"""One step, and the steps of an epoch, against the same computed by hand."""

import equinox as eqx
import jax
import numpy as np
import optax
import pytest

from isthmus.engine import Feed, Optimiser, train
from isthmus.networks import Dense

N, BATCH, FEATURES = 10, 4, 6


@pytest.fixture(scope="module")
def data() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(N, FEATURES)).astype(np.float32)


@pytest.fixture(scope="module")
def linear(make_model):
    return make_model(FEATURES, 2, network=Dense(hidden=()))


def weights_of(model) -> list[jax.Array]:
    first, second = model.encoder.affines[0], model.decoder.affines[0]
    return [first.weight, first.bias, second.weight, second.bias]


def loss(weights, x):
    a, b, c, d = weights
    error = x - ((x @ a + b) @ c + d)
    return (error**2).sum(1).mean() / 2 + FEATURES / 2 * np.log(2 * np.pi)


def by_hand(weights, x, transformation, epochs: int, seed: int):
    """Return the weights and the mean loss of each epoch, by Optax on batches of 4, 4 and 2."""
    state, losses = transformation.init(weights), []
    for epoch in range(epochs):
        order = np.random.default_rng([seed, epoch]).permutation(N)
        total = 0.0
        for start in range(0, N, BATCH):
            batch = x[order[start : start + BATCH]]
            value, gradient = jax.value_and_grad(loss)(weights, batch)
            updates, state = transformation.update(gradient, state, weights)
            weights = optax.apply_updates(weights, updates)
            total += float(value) * len(batch)
        losses.append(total / N)
    return weights, losses


@pytest.mark.parametrize(
    ("name", "transformation"), [("adam", optax.adam(0.01)), ("sgd", optax.sgd(0.01))]
)
def test_an_epoch_with_a_short_last_batch_is_what_optax_does(linear, data, name, transformation):
    expected, losses = by_hand(weights_of(linear), data, transformation, 3, seed=7)
    optimiser = Optimiser(name, 0.01, "constant", None)
    trained = train(linear, optimiser, Feed(data, None, BATCH, 7), epochs=3, seed=0)
    for found, wanted in zip(weights_of(trained.model), expected, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose([r.train_loss for r in trained.records], losses, rtol=1e-5)


def test_the_validation_loss_is_the_mean_over_all_held_out(linear, data):
    held_out = data[:7] * 2  # 7 is no multiple of the batch
    trained = train(
        linear,
        Optimiser("sgd", 0.01, "constant", None),
        Feed(data, None, BATCH, 0),
        epochs=1,
        seed=0,
        validation=Feed(held_out, None, BATCH, None),
    )
    (record,) = trained.records
    last = eqx.combine(trained.last.parameters, trained.last.rest)
    expected = float(loss(weights_of(last), held_out))
    assert record.validation_loss == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("clip", [0.5, 0.01])
def test_clipping_bounds_the_length_of_a_step(linear, data, clip):
    optimiser = Optimiser("sgd", 0.1, "constant", clip)
    trained = train(linear, optimiser, Feed(data * 100, None, N, 0), epochs=1, seed=0)
    pairs = zip(weights_of(trained.model), weights_of(linear), strict=True)
    length = np.sqrt(sum(float(((a - b) ** 2).sum()) for a, b in pairs))
    assert length == pytest.approx(0.1 * clip, rel=1e-2)


def test_clipping_leaves_a_short_step_alone(linear, data):
    feed = Feed(data, None, N, 0)
    free, clipped = (
        train(linear, Optimiser("sgd", 0.1, "constant", clip), feed, epochs=1, seed=0).model
        for clip in (None, 1e6)
    )
    for a, b in zip(weights_of(free), weights_of(clipped), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_a_state_is_gone_on_from_with_a_whole_pass_over_other_data(linear, data):
    optimiser = Optimiser("sgd", 0.01, "constant", None)
    first = train(linear, optimiser, Feed(data, None, BATCH, 0), epochs=1, seed=0)
    assert int(first.last.step) == 3
    seen = []

    class Noting(Feed):
        def _take(self, index, buffer):
            seen.extend(index.ravel().tolist())
            return super()._take(index, buffer)

    more = Noting(np.tile(data, (2, 1)), None, BATCH, 0)
    second = train(linear, optimiser, more, epochs=1, seed=0, state=first.last)
    assert sorted(seen) == list(range(2 * N))
    assert [record.epoch for record in second.records] == [1]
    assert int(second.last.step) == 8
