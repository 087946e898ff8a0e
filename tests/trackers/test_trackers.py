"""Trackers, against the packages that they write with where these are installed."""

import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits

from isthmus import Autoencoder
from isthmus.errors import SettingError
from isthmus.trackers import AbstractTracker, MLflow, TensorBoard, WeightsAndBiases

X = load_digits().data[:200]
EXAMPLES = Path(__file__).parents[2] / "examples"

foreign = pytest.mark.filterwarnings("ignore")
"""Warnings of these packages are not isthmus's."""


class Notebook(AbstractTracker):
    """A tracker that keeps what it hears."""

    def __init__(self):
        self.heard, self.settings, self.failed = [], {}, None

    def start(self):
        self.heard.clear()

    def write(self, values, step):
        self.heard.append((step, dict(values)))

    def describe(self, settings):
        self.settings = dict(settings)

    def finish(self, failed):
        self.failed = failed


def tracked(tracker, **settings):
    with tracker:
        quick = {"hidden": (8,), "epochs": 3, "random_state": 0, "callbacks": [tracker]}
        estimator = Autoencoder(2, **quick | settings).fit(X)
        tracker.log_fit(estimator, X)
    return estimator


def test_a_tracker_hears_every_epoch_and_what_came_of_it():
    tracker = Notebook()
    estimator = tracked(tracker)
    *epochs, (last, measures) = tracker.heard
    assert [step for step, _ in epochs] == [1, 2, 3]
    heard = [values["loss/train"] for _, values in epochs]
    assert heard == pytest.approx(estimator.history_["train_loss"])
    assert last == 3
    assert measures["test/mse"] == pytest.approx(estimator.measure(X)["mse"])
    assert tracker.settings["latent_dim"] == "2"
    assert "callbacks" not in tracker.settings
    assert tracker.failed is False


def test_it_changes_nothing_and_copies_of_the_estimator_share_it():
    tracker = Notebook()
    with tracker:
        plain = Autoencoder(2, hidden=(8,), epochs=2, random_state=0)
        watched = clone(plain).set_params(callbacks=[tracker])
        codes = clone(watched).fit(X).transform(X)
    np.testing.assert_array_equal(codes, plain.fit(X).transform(X))
    assert len(tracker.heard) == 2


def test_a_fit_that_fails_is_marked():
    tracker = Notebook()
    with pytest.raises(SettingError):
        tracked(tracker, epochs=-1)
    assert tracker.failed is True


def test_numbers_that_are_not_finite_are_left_out():
    tracker = Notebook()
    tracker._write({"a": float("nan"), "b": 1.0}, 1)
    assert tracker.heard == [(1, {"b": 1.0})]


@pytest.mark.parametrize(
    ("tracker", "package"),
    [(MLflow, "mlflow"), (TensorBoard, "tensorboard"), (WeightsAndBiases, "wandb")],
)
def test_a_missing_package_is_named_with_its_extra(monkeypatch, tracker, package):
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(SettingError, match=rf"pip install 'isthmus\[{package}\]'"), tracker():
        pass


@foreign
def test_mlflow_keeps_settings_curves_and_measures_in_sqlite(tmp_path):
    mlflow = pytest.importorskip("mlflow", reason="mlflow is not installed")
    address = f"sqlite:///{tmp_path}/runs.db"
    tracker = MLflow("digits", run_name="first", tracking_uri=address)
    estimator = tracked(tracker)
    client = mlflow.MlflowClient(address)
    run = client.get_run(tracker.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.params["hidden"] == "(8,)"
    assert run.data.metrics["test/mse"] == pytest.approx(estimator.measure(X)["mse"])
    curve = [metric.value for metric in client.get_metric_history(tracker.run_id, "loss/train")]
    assert curve == pytest.approx(estimator.history_["train_loss"])


@foreign
def test_tensorboard_reads_the_curves(tmp_path):
    pytest.importorskip("tensorboard", reason="tensorboard is not installed")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    estimator = tracked(TensorBoard(tmp_path))
    read = EventAccumulator(str(tmp_path)).Reload()
    curve = read.Scalars("loss/train")
    assert [point.step for point in curve] == [1, 2, 3]
    known = estimator.history_["train_loss"]
    assert [point.value for point in curve] == pytest.approx(known, rel=1e-6)
    assert read.PluginTagToContent("hparams")
    assert "test/mse" in read.Tags()["scalars"]


@foreign
def test_wandb_writes_an_offline_run(tmp_path, monkeypatch):
    pytest.importorskip("wandb", reason="wandb is not installed")
    monkeypatch.setenv("WANDB_CACHE_DIR", str(tmp_path / "cache"))
    tracked(WeightsAndBiases("digits", folder=tmp_path))
    (kept,) = (tmp_path / "wandb").glob("offline-run-*/*.wandb")
    content = kept.read_bytes()
    assert all(word in content for word in (b"loss/train", b"test/mse", b"latent_dim"))


@foreign
@pytest.mark.parametrize("package", ["mlflow", "tensorboard", "wandb"])
def test_the_examples_run(package, monkeypatch, tmp_path, capsys):
    pytest.importorskip(package, reason=f"{package} is not installed")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    runpy.run_path(str(EXAMPLES / f"track_with_{package}.py"))
    assert "written to" in capsys.readouterr().out
    assert any(path.is_file() for path in tmp_path.rglob("*"))
