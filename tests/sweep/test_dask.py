"""A sweep's points on the workers of a Dask cluster, each a process that is spawned."""

import warnings

import joblib
import numpy as np
import pytest
from sklearn.datasets import load_digits

from isthmus import Autoencoder, Sweep

distributed = pytest.importorskip("distributed")

X = load_digits().data[:120].astype(np.float32)


def swept(**settings):
    small = Autoencoder(hidden=(6,), epochs=1, batch_size=32, penalties=())
    return Sweep(small, {"learning_rate": [1e-3, 1e-2]}, strategy="in turn", **settings).fit(X)


def test_points_on_a_cluster_are_those_in_turn():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the cluster's own making
        options = {"n_workers": 2, "threads_per_worker": 1, "processes": True}
        with (
            distributed.LocalCluster(**options, dashboard_address=None) as cluster,
            distributed.Client(cluster),
            joblib.parallel_config(backend="dask"),
        ):
            shared = swept()
    alone = swept()
    assert [p.params for p in shared.points_] == [p.params for p in alone.points_]
    np.testing.assert_array_equal(shared.cv_results_["mean_mse"], alone.cv_results_["mean_mse"])
    np.testing.assert_array_equal(shared.transform(X), alone.transform(X))
