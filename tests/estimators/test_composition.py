"""Beside the rest of scikit-learn: pipelines, searches, clones, pickles, pages."""

import io

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from isthmus import Autoencoder, bounds, corruption, networks, penalties
from isthmus.errors import SettingError


def test_a_pipeline_encodes_for_what_follows(make, digits, labels) -> None:
    pipeline = make_pipeline(StandardScaler(), make(latent_dim=8), LogisticRegression())
    assert pipeline.fit(digits, labels).score(digits, labels) > 0.5
    codes = pipeline[:-1].transform(digits)
    assert codes.shape == (200, 8)
    assert pipeline[:-1].inverse_transform(codes).shape == digits.shape
    assert pipeline[:-1].get_feature_names_out()[-1] == "autoencoder7"


GRID = {"latent_dim": [2, 3], "corruption__scale": [0.0, 0.2]}


def test_a_search_over_nested_parameters_refits_the_best(make, digits) -> None:
    search = GridSearchCV(make(corruption="gaussian"), GRID, cv=2).fit(digits)
    assert search.cv_results_["mean_test_score"].shape == (4,)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    best = search.best_estimator_
    assert best.model_.corruption.scale == search.best_params_["corruption__scale"]
    assert best.transform(digits).shape == (200, search.best_params_["latent_dim"])


def test_threads_find_the_same_scores(make, digits) -> None:
    grid = {"corruption__scale": GRID["corruption__scale"]}
    alone = GridSearchCV(make(corruption="gaussian"), grid, cv=2).fit(digits)
    with joblib.parallel_backend("threading", n_jobs=2):
        together = GridSearchCV(make(corruption="gaussian"), grid, cv=2, n_jobs=2).fit(digits)
    scores = [s.cv_results_["mean_test_score"] for s in (alone, together)]
    assert np.array_equal(*scores)


def test_a_clone_has_equal_specifications_and_is_unfitted(fitted) -> None:
    original = Autoencoder(
        corruption=corruption.Gaussian(0.3) + corruption.Masking(0.1),
        penalties=(penalties.L1(0.5), penalties.L2(0.1)),
        encoder=networks.Dense(hidden=(7,)),
        bound=bounds.ELBO(beta=2.0),
    )
    copy = clone(original)
    assert copy.get_params(deep=False) == original.get_params(deep=False)
    assert not hasattr(clone(fitted), "model_")


def test_nested_parameters_are_listed_and_set() -> None:
    estimator = Autoencoder(corruption=corruption.Gaussian(0.3))
    assert estimator.get_params()["corruption__scale"] == 0.3
    assert estimator.set_params(corruption__scale=0.4) is estimator
    assert estimator.corruption == corruption.Gaussian(0.4)


def test_a_shared_specification_is_not_changed() -> None:
    shared = corruption.Gaussian(0.3)
    first, second = Autoencoder(corruption=shared), Autoencoder(corruption=shared)
    first.set_params(corruption__scale=0.9)
    assert shared.scale == second.corruption.scale == 0.3


def test_a_specification_within_another_is_reached() -> None:
    both = corruption.Gaussian(0.3) + corruption.Masking(0.1)
    estimator = Autoencoder(corruption=both).set_params(corruption__second__probability=0.5)
    assert estimator.corruption == corruption.Gaussian(0.3) + corruption.Masking(0.5)


def test_slot_and_its_parameter_are_set_together_in_any_order() -> None:
    for params in (
        {"corruption": "masking", "corruption__probability": 0.7},
        {"corruption__probability": 0.7, "corruption": "masking"},
    ):
        estimator = Autoencoder().set_params(bound__beta=3.0, **params)
        assert estimator.corruption == corruption.Masking(0.7)
        assert estimator.bound == bounds.ELBO(beta=3.0)


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"latent_dmi": 3}, "parameter of Autoencoder 'latent_dmi'; did you mean 'latent_dim'"),
        ({"noise__scale": 3}, "parameter of Autoencoder 'noise__scale'"),
        ({"bound__bta": 3}, "parameter of bound ELBO 'bta'; did you mean 'beta'"),
        ({"corruption__scale": 3}, "corruption is None, which has no parameters"),
    ],
)
def test_unknown_parameters_are_named_and_nothing_is_set(params, words) -> None:
    estimator = Autoencoder()
    with pytest.raises(SettingError, match=words):
        estimator.set_params(epochs=7, **params)
    assert estimator.get_params(deep=False) == Autoencoder().get_params(deep=False) | {
        "epochs": estimator.epochs
    }


def test_a_pickle_is_the_same_to_the_last_bit(fitted, digits) -> None:
    stream = io.BytesIO()
    joblib.dump(fitted, stream)
    stream.seek(0)
    found = joblib.load(stream)
    assert np.array_equal(found.transform(digits), fitted.transform(digits))
    assert np.array_equal(found.reconstruct(digits), fitted.reconstruct(digits))
    assert found.history_ == fitted.history_


def test_notebooks_show_it(fitted) -> None:
    page = Autoencoder(latent_dim=5, corruption=corruption.Gaussian(0.3))._repr_html_()
    assert "Autoencoder" in page
    assert "latent_dim" in page
    assert "Not fitted" in page
    assert "Not fitted" not in fitted._repr_html_()
    assert "corruption=Gaussian(scale=0.3)" in repr(
        Autoencoder(corruption=corruption.Gaussian(0.3))
    )
