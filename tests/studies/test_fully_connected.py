"""The measures of the study of two fully connected autoencoders, by identities."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr

from isthmus.studies import fully_connected as study
from isthmus.studies import fully_connected_codes as codes_of
from isthmus.studies.fully_connected_measures import (
    PAIRS,
    Images,
    System,
    boundary_accuracy,
    by_digit,
    closest,
    errors,
    first_live_seed,
    flat,
    mantel,
    still_read,
)
from isthmus.studies.workbench import Workbench


@pytest.fixture
def images():
    rng = np.random.default_rng(0)
    digits = np.tile(np.arange(10), 6)
    pictures = rng.integers(0, 200, (60, 28, 28), dtype=np.uint8)
    return Images(pictures[:30], digits[:30], pictures[30:], digits[30:])


def a_system(images, codes, shift=0.0):
    rebuilt = flat(images.test).reshape(images.test.shape) + shift
    return System("some", codes.shape[1], codes[:30], codes[30:], rebuilt)


def test_the_autoencoder_has_the_widths_784_50_d_50_784(images):
    fitted = study.autoencoder(4, seed=0, epochs=1, batch_size=30).fit(images.train)
    assert fitted.n_parameters_ == sum(a * b + b for a, b in pairwise([784, 50, 4, 50, 784]))
    assert (fitted.transform(images.test) >= 0).all()
    assert fitted.scaling_.kind == "pixels"


def test_all_forty_values_of_the_table_are_found_and_positive(tmp_path: Path):
    bench = Workbench("fully-connected", tmp_path, quick=True)
    table = codes_of.reported_codes(bench)
    assert table.shape == (10, 4)
    assert len(bench.reported) == 40
    assert table.min() > 0
    assert table[7, 0] == 27.759682


def test_every_value_of_the_table_is_recorded_and_none_compared(tmp_path: Path):
    bench = Workbench("fully-connected", tmp_path, quick=True)
    codes_of.value_by_value(bench, np.ones((10, 4)))
    assert bench.unmeasured() == []
    assert {record.verdict for record in bench.records} == {"not comparable"}


def test_the_first_seed_without_a_dead_unit_is_taken_and_no_later_one_tried():
    live, dead = np.eye(2), np.array([[0.0, 1.0], [0.0, 2.0]])
    tried = []

    def codes_of(seed):
        tried.append(seed)
        return {0: dead, 1: dead, 2: live, 3: live}[seed]

    assert first_live_seed(codes_of, range(4)) == 2
    assert tried == [0, 1, 2]
    assert first_live_seed(lambda _: dead, range(4)) == 3


def test_the_first_test_image_of_each_digit_is_the_example(images):
    assert images.test_digits[images.examples].tolist() == list(range(10))
    assert images.examples.tolist() == list(range(10))


def test_errors_are_squares_of_what_was_added(images):
    codes = np.zeros((60, 2))
    np.testing.assert_allclose(errors(a_system(images, codes), images), 0, atol=1e-12)
    np.testing.assert_allclose(errors(a_system(images, codes, 0.1), images), 0.01, rtol=1e-4)


def test_a_reader_gets_pixels_in_their_own_units(images):
    class Reader:
        def predict(self, pictures):
            np.testing.assert_allclose(pictures, images.test, atol=1e-4)
            return np.where(images.test_digits == 3, 8, images.test_digits)

    read = still_read(a_system(images, np.zeros((60, 2))), images, Reader())
    assert by_digit(read, images.test_digits).tolist() == [1, 1, 1, 0, 1, 1, 1, 1, 1, 1]


def test_a_boundary_separates_codes_that_are_apart_and_no_others(images):
    digits = np.concatenate([images.train_digits, images.test_digits])
    apart = a_system(images, np.stack([np.where(digits == 1, 1.0, -1.0), digits % 2], axis=1))
    assert boundary_accuracy(apart, images, (1, 2)) == 1.0
    assert boundary_accuracy(a_system(images, np.zeros((60, 2))), images, (1, 2)) == 0.5


def test_pairs_come_closest_first():
    points = np.arange(10.0)[:, None] ** 2
    points[6] = points[0] + 0.5
    assert len(PAIRS) == len(closest(points)) == 45
    assert closest(points)[:3] == [(0, 6), (1, 6), (0, 1)]


def test_the_correlation_is_spearmans_over_pairs():
    rng = np.random.default_rng(0)
    left, right = rng.normal(size=(10, 4)), rng.normal(size=(10, 7))
    rho, p = mantel(left, right, shuffles=99)
    assert rho == pytest.approx(spearmanr(pdist(left), pdist(right)).statistic)
    assert 0 < p <= 1


def test_the_correlation_of_a_thing_with_itself_is_hardly_chance():
    points = np.random.default_rng(0).normal(size=(10, 3))
    rho, p = mantel(points, 5 * points + 2, shuffles=199)
    assert rho == pytest.approx(1)
    assert p == 1 / 200


def test_chance_seldom_seems_significant():
    rng = np.random.default_rng(0)
    ps = [mantel(*rng.normal(size=(2, 10, 3)), shuffles=99)[1] for _ in range(60)]
    assert np.mean(np.array(ps) <= 0.05) < 0.12
    assert 0.35 < np.mean(ps) < 0.65
