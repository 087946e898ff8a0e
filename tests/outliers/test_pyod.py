"""pyod's names: the same scores, thresholds and labels under other names."""

import numpy as np
import pytest
from sklearn.base import clone

from isthmus import OutlierDetector
from isthmus.outliers import PyodDetector


@pytest.fixture(scope="module")
def both(small, draw):
    X = draw(400)
    X[:4] *= 30
    own = OutlierDetector(small, contamination=0.01, random_state=0)
    return X, clone(own).fit(X), PyodDetector(own).fit(X)


def test_scores_and_labels_are_those_of_the_detector(both, draw):
    X, own, named = both
    np.testing.assert_array_equal(named.decision_scores_, -own.score_samples(X))
    np.testing.assert_array_equal(named.labels_, own.predict(X) == -1)
    new = np.concatenate([draw(30, seed=1), 30 * draw(3, seed=2)])
    np.testing.assert_array_equal(named.predict(new), own.predict(new) == -1)
    np.testing.assert_array_equal(
        named.predict(new), named.decision_function(new) > named.threshold_
    )
    assert named.labels_[:4].all()
    assert named.contamination == own.contamination_ == 0.01


def test_probabilities_are_p_values(both, draw):
    _, own, named = both
    new = draw(30, seed=1)
    both_columns = named.predict_proba(new)
    np.testing.assert_array_equal(both_columns[:, 0], own.p_values(new))
    np.testing.assert_allclose(both_columns.sum(axis=1), 1)


def test_the_wrapped_detector_is_not_touched(both, small, draw):
    own = OutlierDetector(small, random_state=0)
    named = PyodDetector(own)
    assert named.contamination == "auto"
    assert named.fit_predict(draw(60)).shape == (60,)
    assert not hasattr(own, "folds_")
    assert clone(named).get_params()["detector__random_state"] == 0


def test_it_has_the_members_that_pyod_documents(both):
    base = pytest.importorskip("pyod.models.base")
    _, _, named = both
    for name in ("fit", "decision_function", "predict", "predict_proba", "fit_predict"):
        assert callable(getattr(base.BaseDetector, name))
        assert callable(getattr(named, name))
