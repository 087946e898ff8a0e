import numpy as np
import pytest

from isthmus.errors import DataError
from isthmus.evaluation import active_units, code_information, importance_log_likelihood


def normal(x, mean, variance):
    return -0.5 * (np.log(2 * np.pi * variance) + (x - mean) ** 2 / variance)


@pytest.fixture(scope="module")
def linear_gaussian():
    """Log weights (4000, 64) of z ~ N(0, 1), x | z ~ N(z, 0.5), and the exact log likelihood."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((4000, 1)) * np.sqrt(1.5)
    mean, variance = 0.5 * x, 0.6  # the posterior is N(x / 1.5, 1 / 3): this one is not exact
    z = mean + np.sqrt(variance) * rng.standard_normal((4000, 64))
    log_weights = normal(z, 0, 1) + normal(x, z, 0.5) - normal(z, mean, variance)
    return log_weights, float(normal(x, 0, 1.5).mean())


def test_constant_weights_are_the_likelihood_itself():
    exact = np.array([-3.0, -1000.0, 5.0])
    found = importance_log_likelihood(np.repeat(exact[:, None], 7, axis=1))
    assert found.examples == pytest.approx(exact)
    assert found.value == pytest.approx(exact.mean())
    assert found.jackknife == pytest.approx(exact.mean())
    assert found.standard_error == pytest.approx(exact.std(ddof=1) / np.sqrt(3))


def test_the_bound_rises_with_draws_to_the_likelihood(linear_gaussian):
    log_weights, exact = linear_gaussian
    bounds = [importance_log_likelihood(log_weights[:, :K]).value for K in (1, 2, 8, 64)]
    assert bounds == sorted(bounds)
    assert exact - bounds[0] > 0.1
    assert bounds[-1] == pytest.approx(exact, abs=0.01)


def test_the_jackknife_takes_most_of_the_gap(linear_gaussian):
    log_weights, exact = linear_gaussian
    found = importance_log_likelihood(log_weights[:, :8])
    assert exact - found.value > 0.01
    assert abs(exact - found.jackknife) < 0.4 * (exact - found.value)


def test_the_jackknife_is_its_formula():
    weights = np.random.default_rng(0).gamma(1.0, size=(3, 5))
    without = np.stack([np.log(np.delete(weights, i, axis=1).mean(axis=1)) for i in range(5)])
    expected = (5 * np.log(weights.mean(axis=1)) - 4 * without.mean(axis=0)).mean()
    assert importance_log_likelihood(np.log(weights)).jackknife == pytest.approx(expected)


def test_weights_far_apart_lose_nothing():
    found = importance_log_likelihood(np.array([[0.0, -60.0], [-60.0, 0.0]]))
    assert found.jackknife == pytest.approx(2 * -np.log(2) - (0 - 60) / 2)


def test_weights_of_zero_are_weights():
    found = importance_log_likelihood(np.array([[0.0, 0.0, -np.inf], [0.0, -np.inf, -np.inf]]))
    assert found.examples == pytest.approx(np.log([2 / 3, 1 / 3]))
    assert np.isfinite(found.jackknife)
    lost = importance_log_likelihood(np.full((2, 2), -np.inf))
    assert lost[:3] == (-np.inf, None, -np.inf)


def test_one_draw_has_no_jackknife_and_one_example_no_error():
    found = importance_log_likelihood(np.array([[-2.0]]))
    assert found[:3] == (-2.0, None, None)


def test_planted_units_are_counted():
    means = np.random.default_rng(0).standard_normal((1000, 6))
    planted = means * [1.0, 0.05, 0.2, 0.01, 2.0, 0.0] + 3
    assert active_units(planted) == 3
    assert active_units(planted, threshold=0.001) == 4


def posteriors(n, distance, seed=0):
    """Log densities (n, n) of codes of posteriors N(distance * i, 1)."""
    means = distance * np.arange(n)
    z = means + np.random.default_rng(seed).standard_normal(n)
    return normal(z[:, None], means, 1.0)


def test_separated_posteriors_tell_everything_and_equal_ones_nothing():
    assert code_information(posteriors(50, 100.0)) == pytest.approx(np.log(50))
    assert code_information(posteriors(50, 0.0)) == pytest.approx(0, abs=1e-12)


def test_information_lies_between_and_rises_with_distance():
    found = [code_information(posteriors(200, distance)) for distance in (0.005, 0.05, 0.5, 5.0)]
    assert found == sorted(found)
    assert found[0] > 0
    assert found[-1] < np.log(200)


def test_information_is_that_of_two_normals():
    # Half the codes from N(0, 1), half from N(2, 1): the entropy of the mixture less a normal's.
    z = np.random.default_rng(0).standard_normal(1500) + np.repeat([0.0, 2.0], 750)
    found = code_information(normal(z[:, None], np.repeat([0.0, 2.0], 750), 1.0))
    grid = np.linspace(-10, 12, 20001)
    mixture = (np.exp(normal(grid, 0, 1)) + np.exp(normal(grid, 2, 1))) / 2
    entropy = -(mixture * np.log(mixture)).sum() * (grid[1] - grid[0])
    assert found == pytest.approx(entropy - 0.5 * np.log(2 * np.pi * np.e), abs=0.03)


def test_information_is_below_the_truth():
    # x and noise of variance 1: half of log 2, whatever the number of examples.
    rng = np.random.default_rng(0)
    few = []
    for _ in range(200):
        x = rng.standard_normal(8)
        z = x + rng.standard_normal(8)
        few.append(code_information(normal(z[:, None], x, 1.0)))
    x = rng.standard_normal(1500)
    many = code_information(normal((x + rng.standard_normal(1500))[:, None], x, 1.0))
    assert np.mean(few) < 0.5 * np.log(2)
    assert many == pytest.approx(0.5 * np.log(2), abs=0.04)


def test_a_wide_spread_of_densities_does_not_overflow():
    far = np.where(np.eye(3, dtype=bool), 2000.0, -np.inf)
    assert code_information(far) == pytest.approx(np.log(3))


def test_what_cannot_be_measured_is_refused():
    with pytest.raises(DataError, match=r"must have \(n, K\)"):
        importance_log_likelihood(np.zeros(3))
    for wrong in (np.nan, np.inf):
        with pytest.raises(DataError, match="log weight is NaN or infinite"):
            importance_log_likelihood(np.array([[0.0, wrong]]))
    with pytest.raises(DataError, match=r"must have \(n, n\)"):
        code_information(np.zeros((2, 3)))
    with pytest.raises(DataError, match="log density is NaN or infinite"):
        code_information(np.full((2, 2), -np.inf))
    with pytest.raises(DataError, match="1 of 2 means are not finite"):
        active_units(np.array([[0.0], [np.nan]]))
