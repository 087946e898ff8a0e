"""What the doctor found in the data, the settings and the model."""

from isthmus.doctor import Finding
from isthmus.plainjson import JsonObject
from isthmus.report.evaluated_fit import EvaluatedFit
from isthmus.report.section import Metrics, Section


class Findings(Section[list[Finding]]):
    """Findings, the most serious first, each with its remedy."""

    name = "findings"
    title = "Findings"
    template = """
<table class="facts findings"><tbody>
  {% for one in data %}
  <tr class="{{ one.severity }}"><th scope="row">{{ one.severity }}</th>
    <td>{{ one.sentence }} <span class="soft">{{ one.remedy }}</span></td></tr>
  {% endfor %}
</tbody></table>
<p class="hint"><small>stop: the result cannot be trusted. look: probably a mistake. note: good to
  know.</small></p>
"""

    def measure(self, fit: EvaluatedFit) -> JsonObject:
        return {"findings": [one.record() for one in fit.findings]}

    def warn(self, fit: EvaluatedFit, metrics: Metrics) -> list[str]:
        return [one.words() for one in fit.findings if one.severity != "note"]

    def collect(self, fit: EvaluatedFit, metrics: Metrics) -> list[Finding] | None:
        return list(fit.findings) or None
