import numpy as np
import pytest

from isthmus.evaluation import as_classes, column_mse, explained_variance, knn_accuracy, mse


def test_neighbours_read_separated_classes_and_fail_on_noise():
    rng = np.random.default_rng(0)
    labels = np.array(["a", "b"] * 200)
    apart = rng.standard_normal((400, 2)) + 10 * (labels == "a")[:, None]
    assert knn_accuracy(apart[:200], labels[:200], apart[200:], labels[200:]) == 1
    noise = rng.standard_normal((400, 2))
    assert 0.35 < knn_accuracy(noise[:200], labels[:200], noise[200:], labels[200:]) < 0.65


def test_neighbours_are_at_most_the_training_examples():
    codes, labels = np.zeros((2, 1)), np.array(["a", "a"])
    assert knn_accuracy(codes, labels, codes, labels, neighbours=5) == 1


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (np.array([0, 1, 0, 1]), ["0", "1", "0", "1"]),
        (np.array([0.0, 1.0, 0.0, 1.0]), ["0", "1", "0", "1"]),
        (np.array(["x", "y", "x", "y"], object), ["x", "y", "x", "y"]),
        (np.array([0.5, 1.0, 0.5, 1.0]), None),
        (np.array([np.nan, 1.0, 2.0, 1.0]), ["unlabelled", "1", "2", "1"]),
        (np.arange(400), None),
        (None, None),
    ],
)
def test_classes_are_told_from_measurements(labels, expected):
    found = as_classes(labels)
    assert (None if found is None else found.tolist()) == expected


def test_errors_flatten_images_and_never_overflow_small_types():
    X, X_hat = np.zeros((3, 2, 2), np.uint8), np.full((3, 4), 200, np.uint8)
    assert mse(X, X_hat) == 40000
    assert column_mse(X, X_hat).shape == (4,)


def test_the_mean_explains_nothing_and_perfection_everything():
    assert explained_variance(2.0, 2.0) == 0
    assert explained_variance(0.0, 2.0) == 1
    assert np.isnan(explained_variance(0.0, 0.0))
