import numpy as np
import pytest

from isthmus.errors import DataError, SettingError
from isthmus.evaluation import dci, mig, sap

MEASURES = {
    "mig": mig,
    "sap": sap,
    "disentanglement": lambda codes, factors: dci(codes, factors, trees=10).disentanglement,
    "completeness": lambda codes, factors: dci(codes, factors, trees=10).completeness,
}
measures = pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)


@pytest.fixture(scope="module")
def factors():
    return np.random.default_rng(0).integers([2, 3, 5], size=(2000, 3))


@pytest.fixture(scope="module")
def noise():
    return np.random.default_rng(1).standard_normal((2000, 4))


@measures
def test_codes_that_are_the_factors_score_one(measure, factors):
    assert measure(factors, factors) == pytest.approx(1, abs=0.02)


@measures
def test_codes_that_know_nothing_score_nothing(measure, factors, noise):
    assert 0 <= measure(noise, factors) < 0.05


@measures
def test_order_place_and_scale_of_dimensions_do_not_count(measure, factors, noise):
    codes = factors @ [[1.0, 0.0, 0.3, 0.0], [0.0, 1.0, 0.0, 0.0], [0.2, 0.0, 1.0, 0.0]]
    codes = codes + 0.3 * noise
    changed = codes[:, [2, 0, 3, 1]] * [1e-9, -3.0, 1e6, 2.0] + [0.0, 5.0, -2e6, 1.0]
    found = measure(codes, factors)
    assert 0.1 < found < 0.9
    assert measure(changed, factors) == pytest.approx(found, abs=0.02)


@measures
def test_a_dead_dimension_does_not_count(measure, factors):
    dead = np.full((len(factors), 1), 0.1)
    assert measure(np.hstack([factors, dead]), factors) == pytest.approx(1, abs=0.02)


def test_a_factor_held_twice_has_no_gap_and_is_not_complete(factors):
    codes = np.hstack([factors, factors])
    assert mig(codes, factors) == 0
    assert sap(codes, factors) == pytest.approx(0, abs=1e-12)
    found = dci(codes, factors, trees=10)
    assert found.disentanglement > 0.98
    # Log 2 of log 6 is lost when two dimensions share what one could hold.
    assert found.completeness == pytest.approx(1 - np.log(2) / np.log(6), abs=0.05)


def test_a_dimension_that_holds_two_factors_is_complete_and_not_disentangled():
    pairs = np.random.default_rng(0).integers(2, size=(1000, 2))
    codes = np.stack([pairs @ [1.0, 2.0], np.zeros(1000)], axis=1)
    found = dci(codes, pairs, trees=10)
    assert found.completeness == pytest.approx(1)
    assert found.disentanglement == pytest.approx(0, abs=1e-3)
    assert found.informativeness == 1
    assert found.importance.tolist() == [[1, 1], [0, 0]]


def test_dci_is_its_importance_put_by_hand(factors, noise):
    codes = factors[:, :2] + 0.5 * noise[:, :2]
    found = dci(codes, factors, trees=5)
    R = found.importance
    assert R.sum(axis=0) == pytest.approx(np.ones(3))
    P = R / R.sum(axis=1, keepdims=True)
    D = 1 + (P * np.log(P) / np.log(3)).sum(axis=1)
    assert found.disentanglement == pytest.approx(D @ R.sum(axis=1) / R.sum())
    C = 1 + (R * np.log(R) / np.log(2)).sum(axis=0)
    assert found.completeness == pytest.approx(C.mean())


def test_informativeness_of_noise_is_that_of_guessing(factors, noise):
    found = dci(noise, factors, trees=10)
    assert found.informativeness == pytest.approx((1 / 2 + 1 / 3 + 1 / 5) / 3, abs=0.04)


def test_mig_is_the_gap_in_nats_over_the_entropy():
    # Dimension 0 tells the four values apart, dimension 1 halves them: log 4 less log 2.
    factor = np.arange(400) % 4
    codes = np.stack([factor, factor // 2], axis=1)
    assert mig(codes, factor) == pytest.approx(0.5)
    assert mig(codes[:, :1], factor) == pytest.approx(1)
    assert mig(codes, np.array(["a", "b", "c", "d"])[factor]) == pytest.approx(0.5)


def test_sap_is_the_gap_of_squared_correlations(factors, noise):
    codes = factors[:, [0]] + np.stack([0.2 * noise[:, 0], 0.8 * noise[:, 1]], axis=1)
    first, second = (np.corrcoef(column, factors[:, 0])[0, 1] ** 2 for column in codes.T)
    assert sap(codes, factors[:, 0]) == pytest.approx(first - second)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda v: v[:-1], "2000 codes, but factors of shape"),
        (lambda v: v * 0, "Factor 0 has the same value"),
        (lambda v: v / 0.0, "factors are not finite"),
    ],
)
@pytest.mark.parametrize("measure", [mig, dci, sap])
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
def test_factors_that_cannot_be_measured_are_refused(measure, wrong, sentence, factors, noise):
    with pytest.raises(DataError, match=sentence):
        measure(noise, wrong(factors))


def test_measurements_and_text_go_where_they_can(factors, noise):
    with pytest.raises(DataError, match="Factor 0 has 2000 values"):
        mig(noise, noise)
    with pytest.raises(DataError, match="factors must be numbers"):
        sap(noise, np.array(["a", "b"])[factors[:, 0]])


def test_impossible_settings_are_refused(factors, noise):
    with pytest.raises(SettingError, match="bins=1"):
        mig(noise, factors, bins=1)
    with pytest.raises(SettingError, match="held_out=1"):
        dci(noise, factors, held_out=1)
