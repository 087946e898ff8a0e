"""The detector: what it finds, what its numbers mean, and what it refuses."""

import json

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.stats import kstest
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import roc_auc_score

from isthmus import Autoencoder, OutlierDetector
from isthmus.errors import DataError, ModelFileError, SettingError
from isthmus.outliers import load
from isthmus.outliers.scores import MEMBERS, Combined, Neighbours, Reconstruction, Together
from isthmus.recipes import vae


@pytest.fixture(scope="module")
def odd(draw):
    """Return examples whose first column does not fit the others."""
    x = draw(100, seed=5)
    x[:, 0] = -x[:, 0] + 2.0
    return x


def test_outliers_are_found(detector, draw, odd):
    usual = draw(300, seed=6)
    scores = -detector.score_samples(np.concatenate([usual, odd]))
    assert roc_auc_score(np.repeat([0, 1], [300, 100]), scores) > 0.95
    assert (detector.predict(odd) == -1).mean() > 0.5
    assert (detector.predict(usual) == 1).mean() > 0.95


def test_other_units_are_said_of_new_examples_and_not_of_those_of_the_fit(small, draw):
    X = draw(600)
    X[:8] *= 300  # a warning is an error in the tests
    fitted = OutlierDetector(small, random_state=0).fit(X)
    with pytest.warns(UserWarning, match="are they in the same unit") as said:
        fitted.score_samples(1e5 * draw(50, seed=1))
    assert len({str(warning.message) for warning in said}) == 1


def test_selection_finds_them_and_keeps_its_rate(detector, draw, odd):
    chosen = detector.select(np.concatenate([draw(300, seed=7), odd]), fdr=0.1)
    assert chosen[300:].mean() > 0.6
    assert chosen[:300].sum() / chosen.sum() < 0.2


@pytest.mark.parametrize("calibration", ["split", "cross"])
def test_p_values_are_uniform_for_usual_examples(small, draw, calibration):
    p = []
    for seed in range(12):
        x = draw(240, seed=100 + seed)
        fitted = OutlierDetector(small, calibration=calibration, random_state=seed).fit(x[:200])
        p.append(fitted.p_values(x[200:]))
    p = np.concatenate(p)
    # By one calibration set p-values are dependent: its rank statistics scatter with it.
    assert abs((p <= 0.1).mean() - 0.1) < 0.06
    assert kstest(p, "uniform").statistic < 0.12


def test_p_values_hold_for_a_table_of_few_values(small):
    rates = []
    for seed in range(10):
        x = np.random.default_rng(seed).integers(0, 3, size=(700, 3)).astype(float)
        fitted = OutlierDetector(small, calibration="split", random_state=0).fit(x[:500])
        rates.append((fitted.p_values(x[500:]) <= 0.1).mean())
    assert np.mean(rates) <= 0.1 + 3 * np.std(rates) / np.sqrt(10)


def test_conditional_p_values_are_larger(detector, odd):
    plain, conditional = detector.p_values(odd), detector.p_values(odd, conditional=True)
    assert np.all(conditional >= plain)
    assert conditional.min() > plain.min()


def test_outliers_among_the_calibration_examples_make_p_values_larger(small, draw, odd):
    usual = draw(500, seed=8)
    clean = OutlierDetector(small, calibration="split", random_state=0).fit(usual)
    mixed = np.concatenate([usual[:450], odd[:50]])
    soiled = OutlierDetector(small, calibration="split", random_state=0).fit(mixed)
    assert np.median(soiled.p_values(odd[50:])) > 3 * np.median(clean.p_values(odd[50:]))


def test_contamination_is_what_was_set(small, draw):
    x = draw(500)
    fitted = OutlierDetector(small, contamination=0.1, random_state=0).fit(x)
    assert (fitted.predict(x) == -1).mean() == pytest.approx(0.1, abs=0.01)
    assert fitted.contamination_ == 0.1


def test_contamination_is_estimated(small, draw, odd):
    far = odd.copy()
    far[:, 0] += 20.0
    x = np.concatenate([draw(900), far])
    fitted = OutlierDetector(small, random_state=0).fit(x)
    assert fitted.contamination_ == pytest.approx(0.1, abs=0.03)
    assert OutlierDetector(small, random_state=0).fit(draw(900)).contamination_ < 0.04


def test_a_threshold_is_exceeded_at_its_rate(detector, draw):
    scores = -detector.score_samples(draw(2_000, seed=9))
    assert (scores > detector.threshold(0.2)).mean() == pytest.approx(0.2, abs=0.08)


def test_a_fitted_autoencoder_is_wrapped_without_a_new_fit(small, draw):
    fitted = clone(small).fit(draw(400))
    weights = fitted.transform(draw(5))
    detector = OutlierDetector(FrozenEstimator(fitted), random_state=0).fit(draw(400, seed=1))
    np.testing.assert_array_equal(detector.autoencoder_.transform(draw(5)), weights)
    assert clone(detector).autoencoder.estimator is fitted


def test_an_example_scores_the_same_in_any_company(detector, draw):
    x = draw(50, seed=10)
    one = np.concatenate([detector.score_samples(x[i : i + 1]) for i in range(50)])
    np.testing.assert_allclose(one, detector.score_samples(x), rtol=1e-4)


def test_the_same_seed_gives_the_same_bits(small, draw):
    x = draw(300)
    first, second = (OutlierDetector(small, random_state=3).fit(x) for _ in range(2))
    np.testing.assert_array_equal(first.score_samples(x), second.score_samples(x))


def test_a_trimmed_fit_does_without_the_most_unusual(small, draw, odd):
    x = np.concatenate([draw(400), odd[:60]])
    test = np.concatenate([draw(200, seed=11), odd[60:]])
    labels = np.repeat([0, 1], [200, 40])
    areas = [
        roc_auc_score(
            labels,
            -OutlierDetector(small, trimmed=t, random_state=0, scoring="reconstruction")
            .fit(x)
            .score_samples(test),
        )
        for t in (0.0, 0.2)
    ]
    assert areas[1] > areas[0]


@pytest.mark.parametrize("name", sorted(set(MEMBERS) - {"importance_weighted"}))
def test_every_score_finds_them_and_is_shared_out(name, small, draw, odd):
    fitted = OutlierDetector(small, scoring=name, calibration="split", random_state=0).fit(
        draw(400)
    )
    x = np.concatenate([draw(50, seed=12), 5 * odd[:50]])  # far in code and in residual
    assert roc_auc_score(np.repeat([0, 1], 50), -fitted.score_samples(x)) > 0.7
    reasons = fitted.explain(x)
    np.testing.assert_allclose(reasons.contributions.sum(axis=1), -fitted.score_samples(x))
    assert np.all(reasons.contributions >= 0)


def test_importance_weighted_likelihood_scores(draw, odd):
    fitted = OutlierDetector(vae(2, hidden=(8,), epochs=5), "importance_weighted", random_state=0)
    fitted.set_params(calibration="split").fit(draw(300))
    assert np.isfinite(fitted.score_samples(odd)).all()


@pytest.mark.parametrize("rule", ["mean", "max"])
def test_scores_combine(rule, small, draw, odd):
    score = Combined([Reconstruction(), Neighbours(scales=2)], rule)
    fitted = OutlierDetector(small, score, random_state=0).fit(draw(500))
    x = np.concatenate([draw(50, seed=12), odd[:50]])
    assert roc_auc_score(np.repeat([0, 1], 50), -fitted.score_samples(x)) > 0.95
    reasons = fitted.explain(x)
    np.testing.assert_allclose(reasons.contributions.sum(axis=1), -fitted.score_samples(x))


@pytest.mark.parametrize(
    "score", ["auto", "reconstruction", Together(), Combined([Neighbours(), Reconstruction()])]
)
@pytest.mark.parametrize("calibration", ["split", "cross"])
def test_a_detector_comes_back_from_its_folder(score, calibration, small, draw, odd, tmp_path):
    settings = {"calibration": calibration, "random_state": 0}
    fitted = OutlierDetector(small, score, **settings).fit(draw(300))
    back = load(fitted.save(tmp_path / "detector"))
    np.testing.assert_array_equal(back.score_samples(odd), fitted.score_samples(odd))
    np.testing.assert_array_equal(back.p_values(odd), fitted.p_values(odd))
    np.testing.assert_array_equal(back.predict(odd), fitted.predict(odd))
    np.testing.assert_array_equal(
        back.explain(odd).contributions, fitted.explain(odd).contributions
    )


def test_a_damaged_folder_is_refused(small, draw, tmp_path):
    folder = OutlierDetector(small, random_state=0).fit(draw(100)).save(tmp_path / "detector")
    with pytest.raises(ModelFileError, match="no model file"):
        load(tmp_path / "nothing")
    content = bytearray((folder / "detector.safetensors").read_bytes())
    content[-1] ^= 1
    (folder / "detector.safetensors").write_bytes(content)
    with pytest.raises(ModelFileError, match="checksum"):
        load(folder)
    with pytest.raises(SettingError, match="is no detector's folder"):
        OutlierDetector(small, random_state=0).fit(draw(100)).save(tmp_path)


def test_settings_are_plain_json(detector, tmp_path):
    content = (detector.save(tmp_path / "d") / "detector.safetensors").read_bytes()
    length = int.from_bytes(content[:8], "little")
    about = json.loads(json.loads(content[8 : 8 + length])["__metadata__"]["isthmus"])
    assert about["folds"][0]["score"]["class"] == "Neighbours"


def test_images_are_taken(small):
    images = np.random.default_rng(0).uniform(size=(60, 4, 4)).astype(np.float32)
    fitted = OutlierDetector(small, calibration="split", random_state=0).fit(images)
    assert fitted.score_samples(images).shape == (60,)
    assert fitted.explain(images).contributions.shape == (60, 16)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"scoring": "reconstructoin"}, "did you mean 'reconstruction'"),
        ({"contamination": 0.7}, "contamination is 0.7"),
        ({"calibration": "loo"}, "no calibration called 'loo'"),
        ({"trimmed": 0.9}, "trimmed is 0.9"),
        ({"scoring": Combined()}, "has no scores"),
        ({"autoencoder": Autoencoder(decoder=None, epochs=1)}, "has no decoder"),
    ],
)
def test_mistakes_are_named(settings, message, draw):
    with pytest.raises(SettingError, match=message):
        OutlierDetector(random_state=0).set_params(**settings).fit(draw(60))


def test_too_few_examples_are_named(draw):
    with pytest.raises(DataError, match="n_samples=9"):
        OutlierDetector().fit(draw(9))


def test_weights_are_refused_in_a_sentence(draw) -> None:
    x = draw(40, seed=0)
    with pytest.raises(SettingError, match="takes no sample_weight: scores and p-values count"):
        OutlierDetector().fit(x, sample_weight=np.ones(40))


def test_a_sparse_matrix_is_scored_as_a_dense_one(small, draw):
    dense = np.where(draw(60) > 0, draw(60), 0.0)
    found = [
        OutlierDetector(small, random_state=0).fit(X).score_samples(X)
        for X in (dense, csr_matrix(dense))
    ]
    np.testing.assert_array_equal(*found)
