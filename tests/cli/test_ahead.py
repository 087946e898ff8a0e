"""What a report needs is got ready while training goes on."""

import pytest
from sklearn.datasets import load_digits

from isthmus import Autoencoder, AutoencoderClassifier
from isthmus.cli.ahead import Ahead
from isthmus.engine.compiled import programs
from isthmus.report import write_run

SETTINGS = {"latent_dim": 2, "hidden": (7,), "epochs": 1, "random_state": 0}


@pytest.mark.parametrize(
    "estimator",
    [
        AutoencoderClassifier(**SETTINGS),
        Autoencoder(**SETTINGS, condition=True),
    ],
    ids=["classifier", "conditional"],
)
def test_a_report_compiles_nothing_that_could_be_compiled_during_training(estimator, tmp_path):
    X, y = load_digits(return_X_y=True)
    parts = {"train": (X[:200], y[:200]), "test": (X[200:300], y[200:300])}
    with Ahead() as ahead:
        estimator.set_params(callbacks=[ahead]).fit(X[:200], y[:200])
    before = programs.made
    write_run(tmp_path / "run", estimator, parts, run={}, live_limit=0)
    assert programs.made == before


def test_a_fit_goes_on_without_what_cannot_be_got_ready(monkeypatch):
    X, _ = load_digits(return_X_y=True)
    monkeypatch.setattr("isthmus.cli.ahead.MODULES", ("isthmus.no_such_module",))
    monkeypatch.setattr("isthmus.estimators.inference.compile_for_report", 1 / 3)
    with Ahead() as ahead:
        fitted = Autoencoder(**SETTINGS, callbacks=[ahead]).fit(X[:100])
    assert fitted.n_epochs_ == 1
