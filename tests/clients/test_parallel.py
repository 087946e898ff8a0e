import numpy as np
import pytest
from joblib import parallel_config
from sklearn.model_selection import GridSearchCV

from isthmus import Autoencoder


@pytest.mark.filterwarnings("ignore")
def test_a_grid_search_runs_on_ray(digits, small) -> None:
    ray = pytest.importorskip("ray", reason="ray is not installed")
    joblib_ray = pytest.importorskip("ray.util.joblib")
    joblib_ray.register_ray()
    ray.init(num_cpus=2, include_dashboard=False)
    try:
        search = GridSearchCV(Autoencoder(**small), {"latent_dim": [1, 2]}, cv=2)
        with parallel_config(backend="ray"):
            search.fit(digits[0])
    finally:
        ray.shutdown()
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


@pytest.mark.filterwarnings("ignore")
def test_a_grid_search_runs_on_dask(digits, small) -> None:
    distributed = pytest.importorskip("distributed", reason="dask[distributed] is not installed")
    with distributed.Client(n_workers=1, threads_per_worker=1, dashboard_address=None):
        search = GridSearchCV(Autoencoder(**small), {"latent_dim": [1, 2]}, cv=2)
        with parallel_config(backend="dask"):
            search.fit(digits[0])
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
