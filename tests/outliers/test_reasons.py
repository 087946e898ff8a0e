"""Reasons: contributions sum to the score, and planted causes are named first."""

import numpy as np
import pytest

from isthmus import OutlierDetector


@pytest.fixture(scope="module")
def related():
    """Return a function that draws six columns: two pairs that belong together, two alone."""

    def draw(n, seed):
        rng = np.random.default_rng(seed)
        a, b, c, d = rng.normal(size=(4, n))
        noise = 0.05 * rng.normal(size=(2, n))
        return np.stack([a, a + noise[0], b, -b + noise[1], c, d], axis=1) * [1, 5, 2, 1, 10, 3]

    return draw


@pytest.fixture(scope="module")
def fitted(related):
    """Return a detector of the default kind."""
    return OutlierDetector(calibration="split", random_state=0).fit(related(800, 0))


def test_contributions_sum_to_the_score(fitted, related):
    x = related(100, 1)
    x[::2] += np.random.default_rng(2).normal(size=(50, 6)) * 5
    reasons = fitted.explain(x)
    np.testing.assert_allclose(reasons.contributions.sum(axis=1), reasons.scores, rtol=1e-12)
    np.testing.assert_array_equal(reasons.scores, -fitted.score_samples(x))


def test_a_changed_feature_is_named_first(fitted, related):
    x = related(200, 3)
    changed = np.random.default_rng(4).integers(0, 6, 200)
    rows = np.arange(200)
    x[rows, changed] += 6 * x.std(axis=0)[changed]
    reasons = fitted.explain(x)
    assert (reasons.top(1)[:, 0] == changed).mean() >= 0.9
    usual = related(200, 3)[rows, changed]
    found = reasons.found[rows, changed]
    nearer = np.abs(reasons.expected[rows, changed] - usual) < np.abs(found - usual)
    assert nearer.mean() > 0.9


def test_a_broken_relation_is_named_first(fitted, related):
    x = related(300, 5)
    first = np.random.default_rng(6).integers(0, 2, 300) * 2
    rows = np.arange(300)
    x[rows, first] = np.roll(x[rows, first], 1)  # each value is usual, and not with its partner
    moved = np.abs(x[rows, first] - related(300, 5)[rows, first]) > x.std(axis=0)[first]
    x, first = x[moved], first[moved]
    named = fitted.explain(x).top(1)[:, 0]
    assert ((named == first) | (named == first + 1)).mean() >= 0.9


def test_values_are_in_the_units_of_the_data(fitted, related):
    x = related(20, 7)
    reasons = fitted.explain(x)
    np.testing.assert_allclose(reasons.found, x, rtol=1e-4, atol=1e-4)
    assert np.abs(reasons.expected - x).mean() < np.abs(x - x.mean(axis=0)).mean()


def test_groups_sum_their_features(fitted, related):
    reasons = fitted.explain(related(10, 8))
    grouped = reasons.grouped([[0, 1], [2, 3], [4, 5]])
    np.testing.assert_allclose(grouped.sum(axis=1), reasons.scores)


def test_the_nearest_usual_examples_are_no_outliers(related):
    x = related(800, 0)
    x[:40, 4] += 500  # a group of outliers
    fitted = OutlierDetector(calibration="split", random_state=0).fit(x)
    reasons = fitted.explain(x[:40])
    assert np.abs(reasons.expected[:, 4]).max() < 100
    assert (reasons.top(1)[:, 0] == 4).mean() >= 0.9
