import pytest
from sklearn.pipeline import make_pipeline

from isthmus import Autoencoder

umap = pytest.importorskip("umap", reason="umap-learn is not installed")


@pytest.mark.filterwarnings("ignore")
def test_codes_are_embedded_in_a_pipeline(digits, small) -> None:
    pipeline = make_pipeline(Autoencoder(8, **small), umap.UMAP(n_neighbors=5, n_epochs=20))
    assert pipeline.fit_transform(digits[0]).shape == (150, 2)
