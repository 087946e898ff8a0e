"""The columns of a table of several kinds: autoencoder, PCA and a constant guess."""

from dataclasses import asdict, dataclass

from isthmus.plainjson import JsonObject
from isthmus.report.evaluated_fit import EvaluatedFit
from isthmus.report.section import Metrics, Section
from isthmus.report.table_columns import ComparedColumn


@dataclass(frozen=True)
class TableColumns:
    """The columns, and what the fit left out."""

    columns: list[ComparedColumn]
    left_out: list[tuple[str, str]]


class TableSection(Section[TableColumns]):
    """Every column of a table, by the measure that fits its kind."""

    name = "table"
    title = "Columns of the table"
    template = """
<p class="lead">Each column on the {{ split | set_name }} set: of numbers the error in standard
  deviations (lower is better), of levels the share that is right. The constant guess is the mean or
  the most frequent level of the training set. A tick marks the best method.</p>
<div class="scroll">
<table class="comparison">
  <thead><tr><th>Column</th><th>Kind</th><th>Measure</th><th scope="col" class="n">Autoencoder</th>
    <th scope="col" class="n">PCA</th><th scope="col" class="n">Constant</th></tr></thead>
  <tbody>
  {% for c in data.columns %}
  {% set values = [c.autoencoder, c.pca, c.constant] %}
  {% set best = (values | min) if c.unit == "sd" else (values | max) %}
    <tr><th scope="row" class="method">{{ c.column }}</th><td>{{ c.kind }}</td>
      <td>{{ "error, sd" if c.unit == "sd" else "accuracy" }}</td>
      {% for value in values %}
      <td class="n{{ ' wins' if value == best }}">{{
        (value | number) if c.unit == "sd" else (value | percent) }}</td>
      {% endfor %}
    </tr>
  {% endfor %}
  </tbody>
</table>
</div>
{% if data.left_out %}
<p class="soft"><small>Left out: {% for name, kind in data.left_out %}{{ name }} ({{ kind }}){{
  ", " if not loop.last }}{% endfor %}.</small></p>
{% endif %}
"""

    def measure(self, fit: EvaluatedFit) -> JsonObject:
        """Return the scores of every column, or None for what is no table of several kinds."""
        if fit.table is None:
            return {"table": None}
        return {"table": {"split": fit.split, "columns": [asdict(c) for c in fit.table]}}

    def collect(self, fit: EvaluatedFit, metrics: Metrics) -> TableColumns | None:
        """Return the columns, where there are such."""
        if fit.table is None or fit.schema is None:
            return None
        left_out = [(c.name, c.kind.name) for c in fit.schema.columns if not c.used]
        return TableColumns(fit.table, left_out)
