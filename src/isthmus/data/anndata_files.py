"""AnnData: cells by genes (.h5ad), most often sparse counts."""

from pathlib import Path

from isthmus.data.arrays import from_array
from isthmus.data.checks import check_labels, reason
from isthmus.data.formats import optional
from isthmus.data.reading import Reading
from isthmus.data.source import Source
from isthmus.data.tables import find_column
from isthmus.errors import DataError


def open_h5ad(path: Path, how: Reading) -> Source:
    """Read the matrix X, or a layer by its name, with the genes' names; labels are of ``obs``."""
    from dataclasses import replace

    anndata = optional("anndata")
    try:
        cells = anndata.read_h5ad(path)
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{path.name} cannot be read as AnnData ({reason(error)}).") from None
    layers = list(cells.layers)
    if how.array not in (None, "X", *layers):
        raise DataError(
            f'{path.name} has no layer "{how.array}" (it has X, {", ".join(layers) or "no layer"}).'
        )
    matrix = cells.X if how.array in (None, "X") else cells.layers[how.array]
    source = from_array(matrix, path.name)
    labels = None
    if how.label is not None:
        names = [str(name) for name in cells.obs.columns]
        column = cells.obs.iloc[:, find_column(how.label, names, f"{path.name}'s obs")]
        labels = check_labels(column.astype(str).to_numpy(), len(source), path.name)
    return replace(source, labels=labels, feature_names=tuple(map(str, cells.var_names)))
