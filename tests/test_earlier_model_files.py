"""Model files that an earlier isthmus wrote are loaded, and answer as they did."""

import json
from pathlib import Path

import numpy as np
import pytest

import isthmus

FILES = Path(__file__).parent / "model_files"
EXPECTED = json.loads((FILES / "expected.json").read_text("utf-8"))
X, LABELS = np.array(EXPECTED["X"]), EXPECTED["labels"]


@pytest.mark.parametrize(
    ("name", "kind", "answer"),
    [
        ("plain", isthmus.Autoencoder, lambda fitted: fitted.reconstruct(X)),
        ("classifier", isthmus.AutoencoderClassifier, lambda fitted: fitted.predict_proba(X)),
        ("regressor", isthmus.AutoencoderRegressor, lambda fitted: fitted.predict(X)),
        (
            "conditional",
            isthmus.ConditionalAutoencoder,
            lambda fitted: fitted.reconstruct(X, LABELS),
        ),
    ],
)
def test_a_file_of_the_first_version_answers_as_it_did(name, kind, answer, tmp_path):
    fitted = isthmus.load(FILES / f"{name}.safetensors")
    assert type(fitted) is kind
    np.testing.assert_allclose(answer(fitted), EXPECTED[name], rtol=1e-5)
    again = isthmus.load(fitted.save(tmp_path / "again.safetensors"))
    np.testing.assert_array_equal(answer(again), answer(fitted))
