import numpy as np
import pytest

from isthmus import AutoencoderClassifier

shap = pytest.importorskip("shap", reason="shap is not installed")


@pytest.mark.filterwarnings("ignore")
def test_the_probabilities_are_explained(digits, small) -> None:
    x, y = digits
    fitted = AutoencoderClassifier(2, **small).fit(x, y == 0)
    background = x[:10]
    explainer = shap.PermutationExplainer(lambda rows: fitted.predict_proba(rows)[:, 1], background)
    explained = explainer(x[:2], max_evals=2 * x.shape[1] + 1)
    total = explained.values.sum(axis=1) + explained.base_values
    assert np.allclose(total, fitted.predict_proba(x[:2])[:, 1], atol=1e-4)
