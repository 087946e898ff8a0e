"""The measures of the study of a convolutional autoencoder, by identities."""

from pathlib import Path
from types import SimpleNamespace

import jax.numpy as jnp
import numpy as np
import pytest

import isthmus
from isthmus.studies import convolutional as study
from isthmus.studies import convolutional_geometry as geometry
from isthmus.studies import convolutional_labels as labels
from isthmus.studies import convolutional_transfer as transfer
from isthmus.studies.workbench import Workbench


@pytest.fixture
def images():
    rng = np.random.default_rng(0)
    digits = np.tile(np.arange(10), 12)
    pictures = rng.integers(0, 256, (120, 28, 28), dtype=np.uint8)
    return transfer.Images(pictures[:100], digits[:100], pictures[100:], digits[100:])


def built(spec, size=10):
    rng = np.random.default_rng(0)
    return spec.build(784, size, rng=rng, image_shape=(28, 28, 1))


def test_the_base_has_three_convolutions_and_two_fully_connected_layers():
    shapes = [affine.out_shape for affine in built(study.base()).affines]
    assert shapes == [(14, 14, 8), (7, 7, 16), (4, 4, 32), (64,), (10,)]


def test_the_variants_have_one_more_convolution_and_twice_the_channels():
    assert len(built(study.deep()).affines) == 6
    channels = [affine.out_shape[-1] for affine in built(study.heavy()).affines[:3]]
    assert channels == [16, 32, 64]


def test_labels_are_drawn_evenly_without_repeats_and_differ_by_seed(images):
    draws = [transfer.labelled(images.train_digits, 80, seed) for seed in (0, 0, 1)]
    assert np.bincount(images.train_digits[draws[0]]).tolist() == [8] * 10
    assert len(set(draws[0])) == 80
    assert (draws[0] == draws[1]).all()
    assert (draws[0] != draws[2]).any()


def test_an_encoder_with_a_head_is_the_encoder_then_the_head():
    encoder = built(study.base(), size=3)
    joined = transfer.with_head(encoder, seed=0)
    head = type(joined)(joined.affines[-1:], joined.finishes[-1:])
    x = jnp.asarray(np.random.default_rng(0).random((4, 784), np.float32))
    y, _ = joined(x, None)
    np.testing.assert_allclose(y, head(encoder(x, None)[0], None)[0], rtol=1e-5)
    assert y.shape == (4, transfer.UNITS)
    assert (np.asarray(y) >= 0).all()


def test_fine_tuning_starts_at_the_weights_and_leaves_them_alone(images):
    small = isthmus.networks.Dense(hidden=(4,), activation="relu", batch_norm=True)
    encoder = small.build(784, 3, rng=np.random.default_rng(0))
    weight = np.array(encoder.affines[0].weight)
    joined = transfer.with_head(encoder, seed=0)
    assert all(a is b for a, b in zip(joined.affines, encoder.affines, strict=False))
    assert joined.finishes[0] is encoder.finishes[0]
    fitted = SimpleNamespace(model_=SimpleNamespace(encoder=encoder))
    learner = transfer.fine_tuned(fitted, images).make(1, 0)
    learner.fit(images.train, images.train_digits)
    learned = np.asarray(learner.model_.encoder.affines[0].weight)
    np.testing.assert_array_equal(encoder.affines[0].weight, weight)
    assert 0 < np.abs(learned - weight).max() < 0.02


def test_the_distance_to_the_data_is_that_to_the_nearest():
    rng = np.random.default_rng(0)
    queries, data = rng.random((7, 5)), rng.random((11, 5))
    by_hand = ((queries[:, None] - data) ** 2).mean(axis=2).min(axis=1)
    np.testing.assert_allclose(geometry.nearest(queries, data, chunk=3), by_hand, atol=1e-12)
    np.testing.assert_allclose(geometry.nearest(data, data), 0, atol=1e-12)


def test_a_path_between_an_image_and_itself_stays_where_it_is(images):
    class Halver:
        def transform(self, X):
            return X.reshape(len(X), -1)[:, :4] / 2.0

        def inverse_transform(self, Z):
            return np.repeat(Z, 196, axis=1).reshape(-1, 28, 28)

    still = geometry.path(Halver(), images.test, np.array([[3, 3]]), np.linspace(0, 1, 3))
    assert still.shape == (3, 1, 28, 28)
    np.testing.assert_allclose(still, still[:1].repeat(3, axis=0))
    way = geometry.path(Halver(), images.test, np.array([[3, 4]]), np.linspace(0, 1, 3))
    np.testing.assert_allclose(way[1], (way[0] + way[2]) / 2)


def test_a_pair_departs_by_the_middle_over_the_ends():
    distances = np.array([[1.0, 2.0], [3.0, 2.0], [1.0, 2.0]])
    assert geometry.departure(distances).tolist() == [3.0, 1.0]


@pytest.mark.parametrize(
    ("ratios", "verdict"), [((1.0, 0.5), "does not hold"), ((0.5, 1.0), "holds")]
)
def test_the_claim_on_interpolation_goes_by_the_ratios(tmp_path: Path, ratios, verdict):
    bench = Workbench("convolutional", tmp_path)
    bench.section("Some")
    noise = np.random.default_rng(0).normal(0, 0.01, 30)
    distances = {
        size: np.stack([np.ones(30), ratio + noise, np.ones(30)])
        for size, ratio in zip((geometry.BEST_SIZE, geometry.LARGE), ratios, strict=True)
    }
    geometry.judge_paths(bench, distances, np.linspace(0, 1, 3))
    assert [claim["verdict"] for claim in bench.claims] == [verdict]


def test_growth_is_seen_over_sizes_and_seeds():
    rising = np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]])
    assert geometry.growth([1, 2, 3], rising)[0] > 0.9
    assert geometry.growth([1, 2, 3], -rising)[0] < -0.9


@pytest.mark.parametrize("behind", [0.0, 0.2])
def test_a_size_of_ten_is_best_unless_another_leads_clearly(tmp_path: Path, behind):
    bench = Workbench("convolutional", tmp_path)
    bench.section("Some")
    rng = np.random.default_rng(0)
    accuracy = {10: 0.8 - behind + rng.normal(0, 0.01, (2, 9)), 20: np.full((2, 9), 0.8)}
    transfer.best_size(bench, accuracy)
    assert bench.claims[0]["verdict"] == ("does not hold" if behind else "holds")


def test_residual_jacobians_are_as_the_theory_says():
    assert max(max(geometry.jacobian_differences(4, seed)) for seed in range(3)) < 1e-4
    assert geometry.relative_difference(np.eye(2), np.eye(2)) == 0


def test_a_probe_reads_classes_that_are_apart(images):
    codes = {"train": np.eye(10)[images.train_digits], "test": np.eye(10)[images.test_digits]}
    assert labels.probe(codes, images, 20, range(2)) == [1.0, 1.0]


def test_labels_spread_to_codes_that_are_near():
    rng = np.random.default_rng(0)
    digits = np.tile(np.arange(10), 30)
    codes = 9 * np.eye(10)[digits] + rng.normal(size=(300, 10))
    part = transfer.Images(codes[:200], digits[:200], codes[200:], digits[200:])
    assert labels.spread(codes[:200], codes[200:], part, 100, range(2)) == [1.0, 1.0]
