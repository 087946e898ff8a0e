"""What the points of a sweep share: the split, PCA, a program, and memory."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits

from isthmus import Autoencoder, AutoencoderClassifier, Sweep
from isthmus.data.array_file import ArrayFile
from isthmus.data.source import Rows
from isthmus.estimators import pca_start
from isthmus.estimators.fit_cache import digest, kept_path
from isthmus.sweep import running, strategy

X = load_digits().data[:96].astype(np.float32)
SMALL = Autoencoder(hidden=(6,), epochs=2, batch_size=32, penalties=())


def held_out_rows(sweep, labels):
    rows = np.arange(len(labels))[:, None]
    (_, _), (_, held) = sweep._split(rows, labels, None)
    return held


def test_a_classifier_is_scored_on_every_class_by_its_share():
    labels = np.repeat([0, 1, 2], [80, 10, 10])
    sweep = Sweep(AutoencoderClassifier(), {}, validation_fraction=0.2)
    assert np.bincount(held_out_rows(sweep, labels)).tolist() == [16, 2, 2]
    alone = np.append(labels, 7)  # a class of one example cannot be in both
    assert len(held_out_rows(sweep, alone)) == 21


def test_steps_of_a_group_are_told():
    told = []

    class Listener:
        def on_progress(self, done, total):
            told.append((done, total))

    settings = {"seeds": 2, "callbacks": [Listener()]}
    Sweep(SMALL, {}, strategy="together", **settings).fit(X)
    assert told[-1] == (6, 6)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_pca_is_fitted_once_for_a_size_of_the_code(monkeypatch):
    fitted = []
    fit = pca_start.fit_pca

    def counted(sample, size):
        fitted.append(size)
        return fit(sample, size)

    monkeypatch.setattr(pca_start, "fit_pca", counted)
    monkeypatch.setattr(running, "_groups", lambda jobs, limit: iter([]))
    points = [clone(SMALL).set_params(latent_dim=d, random_state=s) for d in (1, 2) for s in (0, 1)]
    held = (X[:10], None)
    assert not list(
        running.run_fits([*enumerate(points)], (X, None), held, strategy=None, memory_limit=1e9)
    )
    assert fitted == [1, 2]
    pca_start.pca_of(X, 1)
    pca_start.pca_of(X, 1)
    assert fitted == [1, 2, 1, 1]  # elsewhere nothing is kept


def test_memory_decides_how_many_share_a_program():
    held = (X[:10], None)
    points = [clone(SMALL).set_params(random_state=s) for s in range(5)]
    jobs = [
        running.Job(i, one, running._ready(one, (X, None), held)) for i, one in enumerate(points)
    ]
    size = running._bytes(jobs[0].ready.replica)
    sizes = [len(group) for group in running._groups(jobs, 2.5 * size)]
    assert sizes == [2, 2, 1]
    assert [len(group) for group in running._groups(jobs, 0)] == [1] * 5


def test_a_sweep_of_a_file_is_that_of_its_array(tmp_path):
    np.save(tmp_path / "x.npy", X)
    settings = {"estimator": SMALL, "param_grid": {"learning_rate": [1e-3]}}
    mapped = Sweep(**settings).fit(np.load(tmp_path / "x.npy", mmap_mode="r"))
    held = Sweep(**settings).fit(X)
    assert mapped.points_[0].mse == held.points_[0].mse
    assert mapped.pca_mse_ == pytest.approx(held.pca_mse_)


def test_what_is_kept_goes_by_all_the_data(tmp_path):
    np.save(tmp_path / "x.npy", X)
    file = ArrayFile.of(np.load(tmp_path / "x.npy", mmap_mode="r"))
    rows = np.arange(90)
    assert digest(Rows(file, rows)) == digest(Rows(X, rows)) != digest(Rows(X, rows + 1))
    frame = pd.DataFrame(X)
    changed = frame.copy()
    changed.iloc[48, 30] += 1
    assert digest(frame) == digest(frame.copy()) != digest(changed)
    words = np.array([f"class {i}" for i in range(2000)], object)
    other = words.copy()
    other[1000] = "another"
    assert digest(words) == digest(words.copy()) != digest(other)


def test_what_is_kept_goes_by_what_a_function_does():
    def times(factor):
        return lambda values: values * factor

    class Own:
        def __init__(self, factor):
            self.factor = factor

    names = [
        kept_path(Path(), "fit", clone(SMALL).set_params(activation=one), X)
        for one in (times(2), times(2), times(3), Own(2), Own(2), Own(3))
    ]
    assert names[0] == names[1] != names[2]
    assert names[3] == names[4] != names[5]


@pytest.mark.parametrize("examples", [8, 96])
def test_both_ways_are_timed_for_some_steps_however_few_the_examples(monkeypatch, examples):
    x, steps = X[:examples], []

    def timed(run):
        run()
        return strategy.LEAST_SECONDS

    def counted(train):
        def trained(replicas, *rest, epochs, **settings):
            feed = replicas[0].feed if isinstance(replicas, list) else rest[1]
            steps.append(epochs * feed.steps_per_epoch)
            return iter([])

        return trained

    monkeypatch.setattr(strategy, "_seconds", timed)
    for name in ("train", "train_group"):
        monkeypatch.setattr(strategy, name, counted(getattr(strategy, name)))
    points = [clone(SMALL).set_params(random_state=s, batch_size=8) for s in range(3)]
    strategy.measure([running._ready(one, (x, None), (X[:10], None)).replica for one in points])
    assert len(steps) == 2
    assert min(steps) >= strategy.STEPS


@pytest.mark.parametrize("devices", [None, 1])
def test_points_that_use_several_devices_run_in_turn(monkeypatch, devices):
    shared = []

    def watched(jobs, replicas, callbacks):
        shared.append(len(jobs))
        return iter([])

    monkeypatch.setattr(running, "_together", watched)
    monkeypatch.setattr(running, "_alone", lambda job, callbacks: None)
    held, points = (X[:10], None), [clone(SMALL).set_params(devices=devices) for _ in range(2)]
    strategy = running.Together("together")
    list(
        running.run_fits([*enumerate(points)], (X, None), held, strategy=strategy, memory_limit=1e9)
    )
    assert shared == ([2] if devices is None else [])
