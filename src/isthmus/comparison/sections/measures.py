"""The table of all measures."""

from dataclasses import dataclass

from isthmus.comparison.comparing import Comparison
from isthmus.comparison.measures import Row
from isthmus.comparison.section import ComparisonSection


@dataclass(frozen=True)
class Table:
    """The rows, and whether a group has several seeds."""

    rows: list[Row]
    spread: bool


class Measures(ComparisonSection[Table]):
    """A row per measure and a column per group, with the spread over seeds."""

    name = "measures"
    title = "Measures"
    template = """
<p class="lead">On each run's {{ groups[0].runs[0].split | set_name }} set. A tick marks the best
  value.{% if data.spread %} Behind ±: the standard deviation over the seeds of a group.{% endif %}
</p>
<div class="scroll">
<table class="comparison">
  <thead><tr><th></th>
    {% for group in groups %}
    <th scope="col" class="n">{{ group.name }}{% if group.runs | length > 1 %}<br><small>{{
      group.runs | length }} seeds</small>{% endif %}</th>
    {% endfor %}
  </tr></thead>
  <tbody class="block">
    {% for row in data.rows %}
    <tr><th scope="row" class="method">{{ row.title }}</th>
      {% for cell in row.cells %}
      <td class="n{{ ' wins' if cell.best }}">{{ row.text(cell) }}</td>
      {% endfor %}
    </tr>
    {% endfor %}
  </tbody>
</table>
</div>
{% if data.rows | rejectattr("comparable") | list %}
<p class="soft"><small>* These values do not compare between all groups: their likelihoods or their
  scalings differ.</small></p>
{% endif %}
"""

    def collect(self, comparison: Comparison) -> Table:
        return Table(comparison.table, any(len(group.runs) > 1 for group in comparison.groups))
