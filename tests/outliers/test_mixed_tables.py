"""Outliers among the rows of a table with text, levels and blanks."""

import numpy as np
import pandas as pd
import pytest
from sklearn.frozen import FrozenEstimator

import isthmus
from isthmus import Autoencoder, OutlierDetector
from isthmus.errors import DataError
from isthmus.outliers import Reasons, load, reasons_of
from isthmus.tables import Rules


@pytest.fixture(scope="module")
def pets():
    """Return 150 rows whose weight goes with the kind, with two odd ones at the end."""
    rng = np.random.default_rng(0)
    kind = rng.choice(["cat", "dog", "horse"], 150)
    weight = pd.Series(kind).map({"cat": 4.0, "dog": 20.0, "horse": 500.0})
    weight = np.exp(np.log(weight) + 0.1 * rng.normal(size=150)).round(1)
    frame = pd.DataFrame({"kind": kind, "weight": weight, "tag": [f"t{i}" for i in range(150)]})
    frame.loc[:9, "weight"] = np.nan
    frame.loc[148, ["kind", "weight"]] = ["cat", 510.0]
    frame.loc[149, ["kind", "weight"]] = ["horse", 9000.0]
    return frame


@pytest.fixture(scope="module")
def detector(pets):
    return OutlierDetector(calibration="split", random_state=0).fit(pets)


def test_odd_rows_come_first_with_columns_as_reasons(detector, pets):
    assert set(np.argsort(detector.score_samples(pets))[:2]) == {148, 149}
    assert detector.n_features_in_ == 3
    record = reasons_of(detector, pets.iloc[[149]], [], [149], count=1)[0]
    assert record["reasons"][0]["feature"] == "weight"
    assert record["reasons"][0]["found"] == pytest.approx(9000, abs=1e-9)
    total = sum(
        one["contribution"] for one in reasons_of(detector, pets[-1:], [], [0])[0]["reasons"]
    )
    assert total == pytest.approx(-detector.score_samples(pets[-1:])[0])


def test_entries_that_are_as_expected_explain_nothing_and_come_last(detector, pets):
    rows = np.arange(140, 150)
    for record in reasons_of(detector, pets.iloc[rows], [], rows.tolist()):
        as_usual = [one["found"] == one["expected"] for one in record["reasons"]]
        assert as_usual == sorted(as_usual)


def test_the_model_of_encoded_rows_is_one_of_the_table(detector, pets, tmp_path):
    of_rows = detector.autoencoder_
    of_table = of_rows.of_table(detector.schema_)
    codes = of_rows.transform(detector.encode_table(pets))
    np.testing.assert_array_equal(of_table.transform(pets), codes)
    assert of_table.reconstruct(pets).dtypes.equals(pets.dtypes)
    assert of_rows.schema_ is None
    again = isthmus.load(of_table.save(tmp_path / "model.safetensors"))
    np.testing.assert_array_equal(again.transform(pets), codes)


def test_missing_entries_are_said_to_be_missing(detector, pets):
    found = {
        one["feature"]: one["found"]
        for one in reasons_of(detector, pets[:1], [], [0])[0]["reasons"]
    }
    assert found["weight"] is None


def test_a_kept_detector_knows_the_columns(detector, pets, tmp_path):
    again = load(detector.save(tmp_path / "detector"))
    shuffled = pets[["tag", "weight", "kind"]]
    np.testing.assert_array_equal(again.score_samples(shuffled), detector.score_samples(pets))
    with pytest.raises(DataError, match="fitted on a table with the columns kind, weight"):
        again.predict(np.zeros((3, 3)))


def test_a_fitted_autoencoder_brings_its_own_schema(pets):
    fitted = Autoencoder(1, hidden=(8,), epochs=2, random_state=0).fit(pets[:100])
    detector = OutlierDetector(FrozenEstimator(fitted), random_state=0).fit(pets[100:])
    assert detector.schema_ is fitted.schema_
    assert np.isfinite(detector.p_values(pets[:100])).all()


def test_later_rows_may_have_blanks_and_levels_that_those_of_the_fit_lack(pets):
    whole = pets.drop(columns="tag").dropna()
    detector = OutlierDetector(calibration="split", random_state=0).fit(whole)
    new = whole[:3].assign(kind=["cat", None, "zebra"], weight=[None, 4.0, 5.0])
    with pytest.warns(UserWarning, match="levels that the fit did not see .zebra"):
        reasons = reasons_of(detector, new, [], [0, 1, 2], count=2)
    assert np.isfinite([one["score"] for one in reasons]).all()
    found = {one["feature"]: one["found"] for one in reasons[2]["reasons"]}
    assert found == {"kind": "zebra", "weight": 5.0}


def test_what_is_usual_is_a_level_that_a_neighbour_has():
    neighbours = np.eye(4)[[1, 1, 2, 2, 3]][None]
    reasons = Reasons(np.ones(1), np.ones((1, 4)), np.eye(4)[:1], np.eye(4)[:1], neighbours)
    assert reasons.expected.argmax() == 0  # no level has a majority
    assert reasons.usual(range(4)).argmax() == 1


def test_rules_of_the_autoencoder_are_those_of_the_table(pets):
    own = Autoencoder(1, hidden=(4,), epochs=1, schema=Rules(drop=("weight",)))
    detector = OutlierDetector(own, calibration="split", random_state=0).fit(pets)
    assert detector.schema_.column("weight").kind.name == "dropped"
