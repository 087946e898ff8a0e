"""How the code uses its dimensions."""

from isthmus.evaluation.latent import diagnose
from isthmus.plainjson import JsonObject
from isthmus.report.evaluated_fit import EvaluatedFit
from isthmus.report.section import Metrics, Section


class Code(Section[bool]):
    """Diagnostics of the code."""

    name = "code"
    title = "Latent code"
    template = """
{% set latent = metrics.latent %}
<table class="facts"><tbody>
  <tr><th scope="row">Active dimensions</th><td>{{ latent.active }} of {{ latent.dim }}</td></tr>
  <tr><th scope="row">Effective rank</th><td>{{ latent.effective_rank | number }}</td></tr>
  {% if latent.max_correlation is not none %}
  <tr><th scope="row">Correlation of dimensions</th><td>{{ latent.max_correlation | number }}
    {% if latent.dim > 2 %}at most, {{ latent.mean_correlation | number }} on average
    {% endif %}(absolute)</td></tr>
  {% endif %}
</tbody></table>
"""

    def measure(self, fit: EvaluatedFit) -> JsonObject:
        part = fit.measured
        return {"latent": diagnose(part.coded.codes, part.errors.kl_per_dimension)}

    def collect(self, fit: EvaluatedFit, metrics: Metrics) -> bool:
        return True
