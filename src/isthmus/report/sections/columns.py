"""The error of each column of a table, for the autoencoder and for PCA."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from isthmus import figures
from isthmus.plainjson import JsonObject
from isthmus.report.evaluated_fit import EvaluatedFit
from isthmus.report.section import Metrics, Section

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = 40
"""Most columns shown."""


@dataclass(frozen=True)
class ColumnErrors:
    """Mean squared errors of the columns shown, largest first, and the number of all columns."""

    names: list[str]
    autoencoder: np.ndarray
    pca: np.ndarray
    total: int


class Columns(Section[ColumnErrors]):
    """Columns of a table on the measured set."""

    name = "columns"
    title = "Error per column"
    template = """
{% set reach = [data.autoencoder.max(), data.pca.max(), 1e-12] | max %}
<p class="lead">Mean squared error in the scaled space on the {{ split | set_name }} set, largest first{%
  if data.total > data.names | length %} ({{ data.names | length }} of {{ data.total }}){% endif
  %}.</p>
<div class="key"><span><i></i>autoencoder</span><span><i style="background:var(--theirs)"></i>PCA</span></div>
<figure class="columns">
  {% for column in data.names %}
  {% set a, b = data.autoencoder[loop.index0], data.pca[loop.index0] %}
  <span class="name">{{ column }}</span>
  <span class="pair">
    <span class="ours" style="width:{{ (100 * a / reach) | round(2) }}%"></span>
    <span style="width:{{ (100 * b / reach) | round(2) }}%"></span>
  </span>
  <span class="numeric">{{ a | float | number }}
    <span class="soft">· {{ b | float | number }}</span></span>
  {% endfor %}
</figure>
"""  # noqa: E501

    def measure(self, fit: EvaluatedFit) -> JsonObject:
        part = fit.measured
        pca = None if part.pca is None else part.pca.columns
        errors = {"autoencoder": part.errors.column_mse, "pca": pca}
        return {"columns": {"split": fit.split} | errors}

    def collect(self, fit: EvaluatedFit, metrics: Metrics) -> ColumnErrors | None:
        pca = fit.measured.pca
        if fit.model.image_shape is not None or pca is None or fit.table is not None:
            return None
        errors, names = fit.measured.errors.column_mse, fit.model.column_names
        order = np.argsort(-errors, kind="stable")[:SHOWN]
        shown = [names[i] for i in order]
        return ColumnErrors(shown, errors[order], pca.columns[order], len(names))

    def figures(self, data: ColumnErrors) -> Iterator[tuple[str, "Figure"]]:
        yield "column_errors", figures.column_errors(data.names, data.autoencoder, data.pca)
