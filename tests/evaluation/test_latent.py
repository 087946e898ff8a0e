import numpy as np
import pytest

from isthmus.errors import DataError
from isthmus.evaluation import diagnose


@pytest.fixture
def codes():
    return np.random.default_rng(0).standard_normal((4000, 4))


def test_a_healthy_code_is_all_active(codes):
    report = diagnose(codes)
    assert report["active"] == 4
    assert report["effective_rank"] == pytest.approx(4, abs=0.02)
    assert report["max_correlation"] < 0.1
    assert report["collapsed"] is None


def test_a_dead_dimension_is_counted(codes):
    codes[:, 2] *= 1e-3
    report = diagnose(codes)
    assert report["dead"] == [2]
    assert report["active"] == 3


def test_scale_alone_kills_nothing(codes):
    assert diagnose(codes * 1e-6)["dead"] == []


def test_collapse_is_read_from_the_kl_and_activity_from_the_means(codes):
    codes[:, 1:3] *= 0.05
    report = diagnose(codes, np.array([1.2, 0.001, 0.002, 0.9]))
    assert report["collapsed"] == [1, 2]
    assert report["active"] == 2


def test_total_collapse_leaves_nothing_active(codes):
    report = diagnose(codes * 1e-3, np.zeros(4))
    assert report["active"] == 0


def test_constant_codes_are_dead():
    report = diagnose(np.ones((10, 3)))
    assert report["dead"] == [0, 1, 2]
    assert report["effective_rank"] == 0


def test_correlation_and_effective_rank_see_a_repeated_dimension(codes):
    codes[:, 3] = codes[:, 0]
    report = diagnose(codes)
    assert report["max_correlation"] == pytest.approx(1)
    assert report["mean_correlation"] == pytest.approx(1 / 6, abs=0.03)
    assert report["effective_rank"] == pytest.approx(2.83, abs=0.05)  # spectrum 2, 1, 1, 0


def test_one_dimension_has_no_correlation(codes):
    report = diagnose(codes[:, :1])
    assert report["max_correlation"] is None
    assert report["effective_rank"] == pytest.approx(1)


def test_codes_that_are_not_finite_are_refused(codes):
    codes[5, 0] = np.nan
    with pytest.raises(DataError, match="1 of 4000 codes are not finite"):
        diagnose(codes)
