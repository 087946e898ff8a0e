"""P-values hold: by simulation, against their definitions."""

import numpy as np
import pytest
from scipy.stats import beta, kstest

from isthmus.errors import DataError, SettingError
from isthmus.outliers import (
    benjamini_hochberg,
    conditional_p_values,
    p_values,
    rate_threshold,
)


def test_p_values_of_exchangeable_scores_are_uniform():
    rng = np.random.default_rng(0)
    drawn = []
    for _ in range(2_000):  # one new example each: p-values by one calibration set are dependent
        scores = rng.exponential(size=100)
        drawn.append(p_values(scores[:1], scores[1:])[0])
    assert sorted(set(np.round(np.array(drawn) * 100).astype(int))) == list(range(1, 101))
    assert kstest(np.array(drawn) - rng.uniform(0, 0.01, 2_000), "uniform").pvalue > 0.01


def test_p_values_count_ties_against_the_example():
    assert p_values(np.array([1.0]), np.ones(9)).tolist() == [1.0]


def test_p_values_need_calibration_examples():
    with pytest.raises(DataError, match="no calibration examples"):
        p_values(np.ones(2), np.empty(0))


@pytest.mark.parametrize("n", [20, 200])
def test_conditional_p_values_hold_for_almost_every_calibration_set(n):
    rng, delta = np.random.default_rng(1), 0.1
    bounds = conditional_p_values(np.arange(1, n + 1) / (n + 1), n, delta)
    # The share of usual examples with rank at most j is the j-th order statistic of n uniforms.
    kept = [np.all(np.sort(rng.uniform(size=n)) <= bounds + 1e-12) for _ in range(2_000)]
    assert np.mean(kept) >= 1 - delta - 3 * np.sqrt(delta * (1 - delta) / 2_000)
    assert np.all(np.diff(bounds) >= 0)


def test_plain_p_values_do_not_hold_for_almost_every_calibration_set():
    n = 200
    failing = 1 - beta.cdf(0.05 * 1.2, 0.05 * (n + 1), (n + 1) * 0.95)
    assert failing > 0.1  # the true rate at p <= 0.05 is above 0.06 that often


def test_selection_keeps_its_false_discovery_rate():
    rng, shares, found = np.random.default_rng(2), [], []
    for _ in range(400):
        calibration = rng.normal(size=500)
        scores = np.append(rng.normal(size=180), rng.normal(5.0, size=20))
        chosen = benjamini_hochberg(p_values(scores, calibration), 0.2)
        shares.append(chosen[:180].sum() / max(1, chosen.sum()))
        found.append(chosen[180:].mean())
    assert np.mean(shares) <= 0.2 + 3 * np.std(shares) / 20
    assert np.mean(shares) > 0.1  # neither is it far below: it would find less
    assert np.mean(found) > 0.9


def test_nothing_is_selected_from_large_p_values():
    assert not benjamini_hochberg(np.array([0.5, 0.9]), 0.1).any()
    assert not benjamini_hochberg(np.empty(0), 0.1).any()


def test_a_threshold_means_its_rate():
    rng = np.random.default_rng(3)
    rates = [
        np.mean(rng.normal(size=200) > rate_threshold(rng.normal(size=99), 0.1))
        for _ in range(2_000)
    ]
    assert abs(np.mean(rates) - 0.1) < 4 * np.std(rates) / np.sqrt(2_000)


def test_rates_out_of_range_are_named():
    with pytest.raises(SettingError, match="fdr is 0"):
        benjamini_hochberg(np.ones(3), 0)
