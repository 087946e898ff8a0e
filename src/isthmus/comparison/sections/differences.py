"""Paired tests of the errors."""

from dataclasses import dataclass

from isthmus.comparison.comparing import Comparison
from isthmus.comparison.paired import LEAST_ROWS, Difference
from isthmus.comparison.section import ComparisonSection


@dataclass(frozen=True)
class PairedErrors:
    """The differences, and the unit of the errors."""

    rows: list[Difference]
    unit: str
    least: int


class Differences(ComparisonSection[PairedErrors]):
    """The difference of every group's error to that of the first group."""

    name = "differences"
    title = "Are the differences of the error real?"
    template = """
<p class="lead">Mean squared error ({{ data.unit }}) less that of <b>{{ groups[0].name }}</b>, with
  the 95% confidence interval. Below zero is better. p-values are of paired t-tests, adjusted for
  the number of groups (Holm).</p>
<div class="scroll">
<table>
  <thead><tr><th></th>
    <th scope="col" class="n">over test examples</th><th scope="col" class="n">p</th>
    <th scope="col" class="n">examples</th>
    <th scope="col" class="n">over seeds</th><th scope="col" class="n">p</th>
    <th scope="col" class="n">seeds</th></tr></thead>
  <tbody>
    {% for test in data.rows %}
    <tr><th scope="row">{{ test.name }}</th>
      {% for found in (test.rows, test.seeds) %}
      {% if found is none %}
      <td class="n">–</td><td class="n">–</td><td class="n">–</td>
      {% else %}
      <td class="n">{{ found.mean | number }} <small>({{ found.low | number }} to {{
        found.high | number }})</small></td>
      <td class="n{{ ' wins' if found.counts and found.mean < 0 }}">{{
        "< 0.0001" if found.p < 0.0001 else found.p | number }}</td>
      <td class="n">{{ found.pairs | number }}</td>
      {% endif %}
      {% endfor %}
    </tr>
    {% endfor %}
  </tbody>
</table>
</div>
<p class="soft"><small>The test over examples pairs the errors of examples that are in the test
  sets of both groups ({{ data.least }} at least): it says which of these fits does better on new
  examples, and nothing about another fit. The test over seeds pairs runs of equal seed (2 at
  least): it says whether the settings are better, whatever the seed.</small></p>
"""  # noqa: RUF001 - a dash stands for "none"

    def collect(self, comparison: Comparison) -> PairedErrors | None:
        if len(comparison.groups) < 2:
            return None
        unit = "scaled" if comparison.error == "mse" else "input units, since scalings differ"
        return PairedErrors(comparison.tests, unit, LEAST_ROWS)
