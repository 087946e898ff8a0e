"""How far each dimension of the code moves each column of a table."""

from dataclasses import dataclass

import numpy as np

from isthmus.report.along_axes import codes_along_axes
from isthmus.report.evaluated_fit import EvaluatedFit
from isthmus.report.section import Metrics, Section

SHOWN = 40
"""Most columns shown: those that move most."""


@dataclass(frozen=True)
class ColumnEffects:
    """Movement (columns, axes) of columns in their own standard deviations; the label decoded."""

    axes: list[str]
    columns: list[str]
    values: np.ndarray
    label: object


class Effects(Section[ColumnEffects]):
    """A table of the movements of columns along the dimensions of the code."""

    name = "effects"
    title = "Effect of the code on the columns"
    template = """
<p class="lead">Change of the decoded column, in standard deviations of the column, when one
  dimension of the code goes from one standard deviation below its mean to one above{{
  ", for the label " ~ data.label if data.label is not none }}.</p>
<div class="scroll">
<table class="heat">
  <thead><tr><th></th>{% for axis in data.axes %}<th scope="col" class="n">{{ axis }}</th>{%
    endfor %}</tr></thead>
  <tbody>
    {% for column in data.columns %}
    <tr><th scope="row">{{ column }}</th>
      {% for value in data["values"][loop.index0] %}
      <td style="background:rgb({{ '179 88 6' if value > 0 else '33 102 172' }} / {{
        ([value | abs / 2.5, 0.75] | min) | round(2) }})">{{ "%+.2f" | format(value) }}</td>
      {% endfor %}
    </tr>
    {% endfor %}
  </tbody>
</table>
</div>
"""

    def collect(self, fit: EvaluatedFit, metrics: Metrics) -> ColumnEffects | None:
        if fit.model.image_shape is not None:
            return None
        axes, codes = codes_along_axes(fit.codes, np.array([-1.0, 1.0]))
        decoded = np.asarray(fit.decode(codes), np.float64)
        std = fit.results.get("train", fit.measured).statistics.std
        moved = (decoded[1::2] - decoded[::2]) / np.where(std > 0, std, 1.0)  # (axes, D)
        columns = np.sort(np.argsort(-np.abs(moved).max(axis=0), kind="stable")[:SHOWN])
        names = fit.model.column_names
        return ColumnEffects(
            axes=[f"code {axis + 1}" for axis in axes],
            columns=[names[i] for i in columns],
            values=moved[:, columns].T,
            label=fit.label,
        )
