import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline

from isthmus import Autoencoder

imputation = pytest.importorskip("feature_engine.imputation", reason="feature-engine is missing")


@pytest.mark.filterwarnings("ignore")
def test_frames_go_through_a_pipeline(digits, small) -> None:
    frame = pd.DataFrame(digits[0][:, 20:28].copy(), columns=[f"c{i}" for i in range(8)])
    frame.loc[0, "c1"] = None
    steps = make_pipeline(imputation.MeanMedianImputer(), Autoencoder(2, **small))
    codes = steps.set_output(transform="pandas").fit_transform(frame)
    assert codes.shape == (150, 2)
    assert list(codes.index) == list(frame.index)
