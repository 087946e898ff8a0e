import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
from safetensors.numpy import load_file
from sklearn.base import clone
from sklearn.datasets import load_digits

from isthmus import Autoencoder, AutoencoderClassifier, Sweep
from isthmus.engine import shape_of
from isthmus.errors import SettingError
from isthmus.sweep import running
from isthmus.sweep.strategy import Together

DIGITS = load_digits()
X, LABELS = DIGITS.data[:240].astype(np.float32), DIGITS.target[:240]
SMALL = Autoencoder(hidden=(12,), epochs=6, batch_size=32, patience=2, penalties=())
GRID = {"latent_dim": [2, 4], "learning_rate": [1e-3, 1e-2]}


@pytest.fixture(scope="module")
def swept():
    return Sweep(SMALL, GRID, seeds=2, strategy="together").fit(X)


def held_out(sweep):
    return sweep._split(X, None, None)


def test_every_point_is_what_a_single_fit_with_its_settings_gives(swept):
    (train, _), (held, _) = held_out(swept)
    for point in swept.points_:
        alone = clone(SMALL).set_params(**point.params, random_state=point.seed)
        alone.fit(train, validation_data=held)
        assert point.mse == pytest.approx(alone.measure(held)["mse"], rel=1e-3)
        assert (point.epochs, point.best_epoch) == (alone.n_epochs_, alone.best_epoch_)


def test_results_are_those_of_a_search_of_scikit_learn(swept):
    results = swept.cv_results_
    assert results["params"] == [
        {"latent_dim": d, "learning_rate": rate} for d in (2, 4) for rate in (1e-3, 1e-2)
    ]
    scores = np.array([point.score for point in swept.points_]).reshape(4, 2)
    np.testing.assert_allclose(results["mean_test_score"], scores.mean(axis=1))
    np.testing.assert_allclose(results["split1_test_score"], scores[:, 1])
    best = int(np.argmax(scores.mean(axis=1)))
    assert results["rank_test_score"][best] == 1
    assert sorted(results["rank_test_score"]) == [1, 2, 3, 4]
    assert (swept.best_index_, swept.best_params_) == (best, results["params"][best])
    assert swept.best_score_ == pytest.approx(scores[best].mean())
    (_, _), (held, _) = held_out(swept)
    assert swept.best_estimator_.score(held) == pytest.approx(scores[best].max(), rel=1e-5)
    assert list(results["param_latent_dim"]) == [2, 2, 4, 4]


def test_it_encodes_and_scores_as_its_best_estimator(swept):
    codes = swept.transform(X)
    assert codes.shape == (240, swept.best_params_["latent_dim"])
    np.testing.assert_array_equal(codes, swept.best_estimator_.transform(X))
    assert swept.inverse_transform(codes).shape == X.shape
    assert swept.score(X) == swept.best_estimator_.score(X)
    assert not hasattr(swept, "predict")


def test_pca_stands_beside_every_size(swept):
    (train, _), (held, _) = held_out(swept)
    from isthmus.evaluation import fit_pca

    best = swept.best_estimator_
    anchor = fit_pca(best.scale(train), 4)
    assert swept.pca_mse_ == {d: pytest.approx(anchor.mse(best.scale(held), d)) for d in (2, 4)}
    assert swept.advice_.latent_dim in (2, 4)


def test_in_turn_and_together_agree(swept):
    other = Sweep(SMALL, GRID, seeds=2, strategy="in turn").fit(X)
    np.testing.assert_allclose(
        other.cv_results_["mean_mse"], swept.cv_results_["mean_mse"], rtol=1e-3
    )


def test_sizes_rates_and_seeds_share_one_program(monkeypatch):
    groups = []

    def watched(jobs, replicas, callbacks):
        groups.append(len(jobs))
        return together(jobs, replicas, callbacks)

    together = running._together
    monkeypatch.setattr(running, "_together", watched)
    Sweep(SMALL, GRID, seeds=2, strategy="together").fit(X)
    assert groups == [8]


def test_a_stopped_sweep_goes_on_where_it_was(tmp_path):
    heard = []

    def stop(point, done, total):
        heard.append(point)
        if done == 2:
            raise KeyboardInterrupt

    settings = {"seeds": 2, "strategy": "in turn", "folder": tmp_path}
    with pytest.raises(KeyboardInterrupt):
        Sweep(SMALL, {"latent_dim": [2, 3]}, on_result=stop, **settings).fit(X)
    kept = sorted(tmp_path.iterdir())
    assert len(kept) == 2
    times = [path.stat().st_mtime_ns for path in kept]
    whole = Sweep(SMALL, {"latent_dim": [2, 3]}, **settings).fit(X)
    assert [path.stat().st_mtime_ns for path in kept] == times
    fresh = Sweep(SMALL, {"latent_dim": [2, 3]}, seeds=2, strategy="in turn").fit(X)
    np.testing.assert_array_equal(whole.cv_results_["mean_mse"], fresh.cv_results_["mean_mse"])


def test_a_sweep_whose_models_share_a_program_goes_on_to_the_same_bits(tmp_path):
    settings = {"param_grid": {"latent_dim": [2, 3]}, "seeds": 2, "strategy": "together"}
    whole = Sweep(SMALL, **settings, folder=tmp_path).fit(X)
    files = sorted(tmp_path.glob("*.safetensors"))
    before = [load_file(file) for file in files]
    for lost in (files[:1], files[1:]):
        for file in lost:
            file.unlink()
        told = []
        again = Sweep(
            SMALL, **settings, folder=tmp_path, on_result=lambda *one, told=told: told.append(one)
        ).fit(X)
        assert [done for _, done, _ in told] == [1, 2, 3, 4]
        assert again.best_params_ == whole.best_params_
        for file, tensors in zip(files, before, strict=True):
            for name, tensor in load_file(file).items():
                np.testing.assert_array_equal(tensor, tensors[name])


@pytest.mark.parametrize("make", [lambda frame: frame, pl.from_pandas])
def test_a_table_of_several_kinds_of_columns_is_swept(make):
    frame = pd.DataFrame(X[:60, 18:22]).rename(columns=str).assign(kind=["u", "v", "w"] * 20)
    frame.loc[3, "18"] = np.nan
    frame = make(frame)
    small = clone(SMALL).set_params(epochs=1, hidden=(4,))
    sweep = Sweep(small, {"latent_dim": [1, 2]}, strategy="in turn").fit(frame)
    assert set(sweep.pca_mse_) == {1, 2}
    assert type(sweep.reconstruct(frame)) is type(frame)


def test_a_fit_that_diverges_is_told_and_the_others_go_on():
    grid = {"learning_rate": [1e-3, 1000.0]}
    wild = clone(SMALL).set_params(optimizer="sgd", activation="identity", start="random")
    sweep = Sweep(wild, grid, strategy="together").fit(X)
    good, bad = sweep.points_
    assert good.failure is None
    assert "learning rate" in bad.failure
    assert np.isnan(bad.score)
    assert sweep.best_params_ == {"learning_rate": 1e-3}
    assert list(sweep.cv_results_["rank_test_score"]) == [1, 2]


def test_a_classifier_is_swept_too():
    classifier = AutoencoderClassifier(hidden=(12,), epochs=3, batch_size=32)
    sweep = Sweep(classifier, {"latent_dim": [2, 8]}).fit(X, LABELS)
    assert 0 <= sweep.best_score_ <= 1
    assert sweep.predict(X).shape == (240,)


def test_points_run_under_the_backends_of_joblib(swept):
    with joblib.parallel_config(backend="threading"):
        other = Sweep(SMALL, GRID, seeds=2, strategy="together", n_jobs=2).fit(X)
    np.testing.assert_allclose(
        other.cv_results_["mean_mse"], swept.cv_results_["mean_mse"], rtol=1e-3
    )


def test_the_choice_is_measured_once_and_remembered(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(
        "isthmus.sweep.strategy.measure", lambda replicas: calls.append(len(replicas)) or True
    )
    from isthmus.estimators import fitting

    replicas = [
        fitting.prepare(clone(SMALL).set_params(random_state=s), X, None, None).replica
        for s in (0, 1)
    ]
    assert shape_of(replicas[0]) == shape_of(replicas[1])
    assert Together("auto", (tmp_path,)).pays(replicas)
    assert Together("auto", (tmp_path,)).pays(replicas)
    assert calls == [2]
    (answer,) = tmp_path.glob("strategies/*.json")
    answer.write_text("not json")
    assert Together("auto", (tmp_path,)).pays(replicas)
    assert calls == [2, 2]
    answer.write_text('{"together": false}')
    others = (tmp_path / "a-sweep", tmp_path)
    assert not Together("auto", others).pays(replicas)  # and kept in both
    answer.write_text('{"together": true}')
    assert not Together("auto", others).pays(replicas)
    assert calls == [2, 2]
    assert Together("auto", (answer,)).pays(replicas)  # no folder: no matter
    assert not Together("in turn").pays(replicas)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"strategy": "both"}, "strategy"),
        ({"seeds": 0}, "seeds"),
        ({"n_jobs": 0}, "n_jobs is 0"),
        ({"validation_fraction": 1.5}, "validation_fraction is 1.5"),
    ],
)
def test_settings_that_cannot_be(settings, words):
    with pytest.raises(SettingError, match=words):
        Sweep(SMALL, GRID, **settings).fit(X)


def test_a_parameter_that_does_not_exist_is_named():
    with pytest.raises(ValueError, match="latent_size"):
        Sweep(SMALL, {"latent_size": [2]}).fit(X)


@pytest.mark.parametrize("strategy", ["together", "in turn"])
def test_a_point_whose_settings_cannot_be_is_a_failure_of_its_own(strategy):
    sweep = Sweep(SMALL, {"latent_dim": [2, 0]}, seeds=np.int64(1), strategy=strategy, refit=False)
    sweep.fit(X)
    assert np.isfinite(sweep.cv_results_["mean_test_score"]).tolist() == [True, False]
    assert "latent_dim is 0" in sweep.points_[1].failure
    with pytest.raises(SettingError, match="refit=False"):
        sweep.transform(X)


def test_estimators_are_an_axis_of_the_grid():
    from isthmus import recipes

    small = {"hidden": (12,), "epochs": 1, "batch_size": 60}
    pair = [recipes.denoising(**small), recipes.vae(**small)]
    sweep = Sweep(pair[0], {"estimator": pair, "latent_dim": [2, 3]}, strategy="in turn").fit(X)
    assert [point.params["estimator"] for point in sweep.points_] == [pair[i] for i in (0, 0, 1, 1)]
    assert sweep.code_sizes_ == [2, 3, 2, 3]
    assert not any(hasattr(one, "model_") for one in pair)
    # A stochastic code is scored by another quantity: what is compared is the error.
    assert sweep.criterion_ == "mse_input"
    errors = [point.mse_input for point in sweep.points_]
    np.testing.assert_allclose(sweep.cv_results_["mean_test_score"], np.negative(errors))
    assert sweep.best_index_ == int(np.argmin(errors))
    (_, _), (held, _) = held_out(sweep)
    assert sweep.best_estimator_.measure(held)["mse_input"] == pytest.approx(min(errors), rel=1e-5)


@pytest.mark.parametrize(
    ("other", "words"),
    [("vae", "estimator is 'vae'"), (AutoencoderClassifier(), "differ in what they do")],
)
def test_what_is_no_axis_of_estimators_is_named(other, words):
    with pytest.raises(SettingError, match=words):
        Sweep(SMALL, {"estimator": [SMALL, other]}).fit(X)
