import numpy as np
import pytest

from isthmus import Autoencoder

mlflow = pytest.importorskip("mlflow.sklearn", reason="mlflow is not installed")


@pytest.mark.filterwarnings("ignore")
def test_a_model_is_saved_and_loaded_in_each_format(digits, small, tmp_path) -> None:
    x, _ = digits
    fitted = Autoencoder(2, **small).fit(x)
    formats = [mlflow.SERIALIZATION_FORMAT_CLOUDPICKLE, mlflow.SERIALIZATION_FORMAT_PICKLE]
    for kind in formats:
        mlflow.save_model(fitted, tmp_path / kind, serialization_format=kind)
        found = mlflow.load_model(str(tmp_path / kind))
        assert np.array_equal(found.transform(x), fitted.transform(x))
