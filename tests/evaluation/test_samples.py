import numpy as np
import pytest

from isthmus.errors import DataError, SettingError
from isthmus.evaluation import frechet_distance, frechet_from_moments, precision_recall, samples


@pytest.fixture
def features():
    mixing = np.array([[1.0, 0.5, 0.0], [0.0, 2.0, 0.3], [0.0, 0.0, 0.1]])
    return np.random.default_rng(0).standard_normal((200, 3)) @ mixing


def test_a_set_is_no_distance_from_itself(features):
    assert frechet_distance(features, features) == pytest.approx(0, abs=1e-12)
    assert frechet_distance(features, features[::-1]) == pytest.approx(0, abs=1e-12)


def test_shifted_and_scaled_sets_are_as_far_as_the_closed_form_says(features):
    # Covariances S and c² S: their distance is (c - 1)² tr S.
    mean, trace = features.mean(axis=0), np.trace(np.cov(features, rowvar=False))
    other = 3 * features + [1.0, 2.0, 3.0]
    expected = np.square(2 * mean + [1.0, 2.0, 3.0]).sum() + 4 * trace
    assert frechet_distance(features, other) == pytest.approx(expected)
    assert frechet_distance(other, features) == pytest.approx(expected)


def test_one_feature_is_the_distance_of_two_normals(features):
    one, other = features[:, :1], features[:, 1:2] + 1
    expected = (one.mean() - other.mean()) ** 2 + (one.std(ddof=1) - other.std(ddof=1)) ** 2
    assert frechet_distance(one, other) == pytest.approx(expected)


def test_covariances_that_do_not_commute_agree_with_the_matrix_root():
    from scipy.linalg import sqrtm

    A, B = np.array([[2.0, 1.0], [1.0, 1.0]]), np.array([[1.0, -0.5], [-0.5, 3.0]])
    expected = np.trace(A + B - 2 * np.real(sqrtm(A @ B)))
    assert frechet_from_moments([0, 0], A, [0, 0], B) == pytest.approx(expected)


def test_fewer_examples_than_features_are_enough():
    rng = np.random.default_rng(0)
    one, other = rng.standard_normal((4, 10)), rng.standard_normal((5, 10))
    assert frechet_distance(one, one) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(one, other) == pytest.approx(frechet_distance(other, one))
    # Directions that do not meet have no covariance in common: the traces add up.
    left, right = np.hstack([one, 0 * one]), np.hstack([0 * other, other])
    traces = np.trace(np.cov(one, rowvar=False)) + np.trace(np.cov(other, rowvar=False))
    apart = np.square(left.mean(axis=0) - right.mean(axis=0)).sum()
    assert frechet_distance(left, right) == pytest.approx(apart + traces, abs=1e-5)


def test_equal_sets_cover_each_other(features):
    assert precision_recall(features, features) == (1, 1)


def test_equal_sets_of_repeated_codes_cover_each_other():
    codes = np.repeat(np.random.default_rng(0).standard_normal((5, 7)) / 3, 6, axis=0)
    assert precision_recall(codes, codes[::-1]) == (1, 1)


def test_sets_far_apart_do_not(features):
    assert precision_recall(features, features + 100) == (0, 0)


def test_precision_and_recall_are_counted_and_not_mixed_up():
    real = np.array([[0.0], [1.0], [10.0], [11.0]])
    generated = np.array([[0.5], [0.6], [0.7], [50.0], [50.5]])
    # Real balls reach 1: three of five generated lie within. Generated ones reach 0.1 and 0.5.
    assert precision_recall(real, generated, neighbours=1) == (0.6, 0)
    assert precision_recall(generated, real, neighbours=1) == (0, 0.6)


def test_one_lost_mode_costs_recall_alone(features):
    both = np.vstack([features, features + 100])
    found = precision_recall(both, features)
    assert found.precision == 1
    assert found.recall == 0.5


def test_blocks_change_nothing(features, monkeypatch):
    other = features[:150] + 0.3
    whole = precision_recall(features, other)
    assert 0 < whole.recall < 1
    monkeypatch.setattr(samples, "DISTANCES", 7 * 200)
    assert precision_recall(features, other) == whole


def test_sets_that_cannot_be_compared_are_refused(features):
    with pytest.raises(DataError, match="same network"):
        frechet_distance(features, features[:, :2])
    with pytest.raises(DataError, match="at least 2 rows"):
        frechet_distance(features[:1], features)
    with pytest.raises(DataError, match=r"must be \(2, 2\)"):
        frechet_from_moments(np.zeros(2), np.eye(3), np.zeros(2), np.eye(3))
    with pytest.raises(DataError, match="1 of 200 features are not finite"):
        precision_recall(features, np.where(np.arange(200)[:, None] == 3, np.nan, features))
    with pytest.raises(SettingError, match="use 1 to 3"):
        precision_recall(features, features[:4], neighbours=4)
