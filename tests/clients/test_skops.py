import numpy as np
import pytest
from sklearn.datasets import load_digits

from isthmus import AutoencoderClassifier
from isthmus.recipes import vae

io = pytest.importorskip("skops.io", reason="skops is not installed")

SMALL = {"hidden": (4,), "epochs": 1, "random_state": 0}


@pytest.mark.parametrize("kind", ["vae", "classifier"])
def test_a_fitted_estimator_comes_back(kind) -> None:
    x, y = load_digits(return_X_y=True)
    x, y = x[:60], y[:60]
    estimator = vae(2, **SMALL) if kind == "vae" else AutoencoderClassifier(2, **SMALL)
    fitted = estimator.fit(x, y)
    stored = io.dumps(fitted)
    found = io.loads(stored, trusted=io.get_untrusted_types(data=stored))
    assert np.array_equal(found.transform(x), fitted.transform(x))
    assert np.array_equal(found.score_samples(x), fitted.score_samples(x))
    assert found.partial_fit(x, y).n_epochs_ == 2
