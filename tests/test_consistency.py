"""Consistency of heads between views, propagation of labels, and augmentations that keep labels."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import log_softmax
from sklearn.datasets import load_digits

from isthmus import Autoencoder, AutoencoderClassifier, load
from isthmus.corruption import Affine, Composed, Gaussian, Rotation, Shift
from isthmus.errors import SettingError
from isthmus.evaluation import propagation
from isthmus.evaluation.propagation import as_probabilities, cross_spread, similarities, spread
from isthmus.heads import Classifier, Regressor
from isthmus.pairs import Pairs
from isthmus.penalties import Consistency
from isthmus.propagation import Propagation
from isthmus.records import Context, Draw, Pass
from isthmus.unlabelled import keep_labels

SMALL = {"latent_dim": 8, "hidden": (16,), "epochs": 2, "random_state": 0}


def pass_of(z, view, heads):
    """Return a pass of codes (B, d) and of their second views, under a model of heads alone."""

    class Headed(eqx.Module):
        heads: tuple

    def one(codes, other=None):
        context = Context(jax.random.key(0), jnp.ones(len(z)), jnp.zeros(()))
        draw = Draw(codes[None], jnp.zeros((1, len(z))), jnp.zeros(len(z)), jnp.zeros(len(z)), {})
        cost = jnp.zeros((1, len(z)))
        return Pass(codes, codes, None, codes, draw, None, cost, Headed(heads), context, other)

    return one(z, None if view is None else one(view))


@pytest.fixture
def codes():
    rng = np.random.default_rng(0)
    return jnp.asarray(rng.normal(size=(2, 6, 3)).astype(np.float32))


def test_consistency_is_the_divergence_between_the_views(codes):
    head = Classifier.create(np.random.default_rng(0), 3, 4)
    found = Consistency(2.0)(pass_of(*codes, (head,)))
    log_p, log_q = (log_softmax(np.asarray(head.read(z)), axis=1) for z in codes)
    wanted = 2 * (np.exp(log_p) * (log_p - log_q)).sum(axis=1)
    np.testing.assert_allclose(found, wanted, rtol=1e-5)


def test_consistency_leaves_out_what_the_head_is_unsure_of(codes):
    head = Classifier.create(np.random.default_rng(0), 3, 4)
    sure = np.exp(log_softmax(np.asarray(head.read(codes[0])), axis=1)).max(axis=1)
    bound = float(np.median(sure))
    found = np.asarray(Consistency(confidence=bound)(pass_of(*codes, (head,))))
    assert ((found > 0) == (sure >= bound)).all()


def test_consistency_sends_no_gradient_into_what_the_example_is_told(codes):
    head = Regressor.create(np.random.default_rng(0), 3, 2)

    def loss(z, view):
        return Consistency()(pass_of(z, view, (head,))).sum()

    of_example, of_view = jax.grad(loss, argnums=(0, 1))(*codes)
    assert (of_example == 0).all()
    assert (of_view != 0).any()


def test_consistency_charges_nothing_without_a_second_view(codes):
    head = Classifier.create(np.random.default_rng(0), 3, 4)
    assert (Consistency()(pass_of(codes[0], None, (head,))) == 0).all()


def test_consistency_without_a_head_is_refused():
    X = np.random.default_rng(0).normal(size=(40, 3))
    with pytest.raises(SettingError, match="this autoencoder has none"):
        Autoencoder(2, hidden=(4,), epochs=1, penalties=Consistency()).fit(X)


@pytest.mark.parametrize("pairs", [Pairs(3), Pairs(augmentation=Affine())])
def test_consistency_fits_with_few_labels_and_any_pairs(pairs, tmp_path):
    X, y = load_digits(return_X_y=True)
    X, few = X[:200].reshape(-1, 8, 8), keep_labels(y[:200], 30, seed=0)
    made = AutoencoderClassifier(**SMALL, penalties=Consistency(pairs=pairs), unlabelled="ignore")
    fitted = made.fit(X, few)
    assert fitted.paired_neighbours_ == 0  # it is no map
    assert max(fitted.history_["consistency"]) > 0
    back = load(fitted.save(tmp_path / "fitted.safetensors"))
    assert (back.predict(X) == fitted.predict(X)).all()


@pytest.mark.parametrize(
    "augmentation", [Shift(1.0), Rotation(10.0), Affine(), Gaussian() + Shift(1.0)]
)
def test_directions_are_those_of_a_small_step(augmentation):
    """A small image that is smooth moves within the span of its directions."""
    places = np.stack(np.meshgrid(np.arange(25), np.arange(25), indexing="ij"), -1)
    image = np.exp(-((places - [10, 13]) ** 2 / [9.0, 20.0]).sum(-1) / 2).reshape(1, -1)
    made = augmentation.create((25, 25, 1))
    mover = made.second if isinstance(made, Composed) else made
    x = jnp.asarray(image, jnp.float32)
    ways = np.asarray(made.directions(x))[0]
    change = np.asarray(mover(jax.random.key(1), x) - x)[0]
    fitted = ways.T @ np.linalg.lstsq(ways.T, change, rcond=None)[0]
    assert np.linalg.norm(change - fitted) < 0.3 * np.linalg.norm(change)


def test_warps_without_any_amount_change_nothing():
    x = jnp.asarray(np.random.default_rng(0).random((3, 49)), jnp.float32)
    for still in (Affine(0.0, 0.0, 0.0), Rotation(0.0)):
        moved = still.create((7, 7, 1))(jax.random.key(0), x)
        np.testing.assert_allclose(moved, x, atol=1e-5)
    with pytest.raises(SettingError, match="the examples are flat"):
        Affine().create(None)


def test_labels_spread_as_the_graph_says(monkeypatch):
    """On a small graph the potentials solve Poisson's equation."""
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(size=(20, 2)), rng.normal(size=(20, 2)) + 2])
    d = np.linalg.norm(x[:, None] - x, axis=-1)
    near = d.argsort(axis=1)[:, 1:11]
    weights = similarities(near, np.take_along_axis(d, near, axis=1))
    rows, numbers = np.array([0, 25, 30]), np.array([0, 1, 1])
    monkeypatch.setattr(propagation, "STEPS", 1_000)  # few suffice for the labels
    u = spread(weights, rows, numbers, 2)
    dense = weights.toarray().astype(float)
    sources = np.zeros((40, 2))
    sources[rows] = np.eye(2)[numbers] - np.eye(2)[numbers].mean(axis=0)
    residual = (np.diag(dense.sum(axis=1)) - dense) @ u - sources
    assert np.abs(residual).max() < 0.05 * np.abs(sources).max()
    assert (u.argmax(axis=1) == np.repeat([0, 1], 20)).mean() > 0.7
    assert as_probabilities(u, 3.0).sum(axis=1) == pytest.approx(1.0)


def test_labels_are_crossed_by_class_or_not_at_all():
    x = np.random.default_rng(0).normal(size=(30, 2))
    d = np.linalg.norm(x[:, None] - x, axis=-1)
    near = d.argsort(axis=1)[:, 1:6]
    weights = similarities(near, np.take_along_axis(d, near, axis=1))
    assert cross_spread(weights, np.array([0, 1, 2]), np.array([0, 0, 1]), 2, 0) is None
    crossed = cross_spread(weights, np.arange(6), np.array([0, 1, 0, 1, 0, 1]), 2, 0)
    assert sorted(np.bincount(crossed.folds).tolist()) == [2, 2, 2]


def test_propagation_helps_where_clusters_are_classes_and_is_left_where_they_are_not():
    rng = np.random.default_rng(0)
    blobs = np.concatenate([rng.normal(size=(100, 2)) * 0.4 + [3 * i, 0] for i in range(3)])
    y = np.repeat([0, 1, 2], 100)
    made = AutoencoderClassifier(2, hidden=(8,), epochs=3, random_state=0, validation_fraction=0)
    fitted = made.fit(blobs, keep_labels(y, 9, seed=0))
    assert fitted.propagation_["used"]
    noise = rng.normal(size=(300, 20))
    side = (noise[:, 0] > 0).astype(int)  # one of twenty equal columns: no cluster
    fitted = made.fit(noise, keep_labels(side, 60, seed=0))
    assert not fitted.propagation_["used"]
    assert made.fit(noise, side).propagation_ is None


def test_the_setting_of_unlabelled_examples_is_checked():
    X = np.random.default_rng(0).normal(size=(30, 3))
    y = np.where(np.arange(30) < 10, np.arange(30) % 2, -1)
    with pytest.raises(SettingError, match="unlabelled is 'some'"):
        AutoencoderClassifier(2, unlabelled="some").fit(X, y)
    with pytest.raises(SettingError, match="augmentation is 3"):
        Propagation(augmentation=3)
    with pytest.raises(SettingError, match="Consistency"):
        Consistency(-1.0)
