import numpy as np
import pytest

from isthmus import Autoencoder

anndata = pytest.importorskip("anndata", reason="anndata is not installed")


@pytest.mark.filterwarnings("ignore")
def test_codes_are_an_embedding_of_observations(digits, small) -> None:
    x, y = digits
    cells = anndata.AnnData(x.astype(np.float32))
    cells.obs["digit"] = y
    cells.obsm["X_isthmus"] = Autoencoder(2, **small).fit_transform(cells.X)
    assert cells[cells.obs["digit"] == 3].obsm["X_isthmus"].shape[1] == 2


@pytest.mark.filterwarnings("ignore")
def test_scanpy_finds_neighbours_on_the_codes(digits, small) -> None:
    scanpy = pytest.importorskip("scanpy", reason="scanpy is not installed")
    cells = anndata.AnnData(digits[0].astype(np.float32))
    cells.obsm["X_isthmus"] = Autoencoder(2, **small).fit_transform(cells.X)
    scanpy.pp.neighbors(cells, use_rep="X_isthmus", n_neighbors=5)
    assert cells.obsp["distances"].shape == (len(cells), len(cells))
