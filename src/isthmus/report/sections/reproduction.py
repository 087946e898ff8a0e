"""The command, the versions and the settings of a fit."""

from dataclasses import dataclass

from isthmus.plainjson import Facts
from isthmus.report.evaluated_fit import EvaluatedFit
from isthmus.report.section import Metrics, Section


@dataclass(frozen=True)
class Circumstances:
    """What ``run.json`` holds, and every setting of the estimator as text."""

    run: Facts
    settings: dict[str, str]


class Reproduction(Section[Circumstances]):
    """What is needed to fit again."""

    name = "reproduction"
    title = "How to repeat this fit"
    template = """
{% set run = data.run %}
{% if run.command is defined %}
<pre>{{ run.command if run.command is string else run.command | join(" ") }}</pre>
{% endif %}
<table class="facts"><tbody>
  {% if run.seed is defined %}<tr><th scope="row">Seed</th><td>{{ run.seed }}</td></tr>{% endif %}
  {% if run.versions is defined %}
  <tr><th scope="row">Versions</th><td>{% for package, version in run.versions.items() %}{{ package
    }} {{ version }}{{ ", " if not loop.last }}{% endfor %}</td></tr>
  {% endif %}
</tbody></table>
<details><summary>All settings</summary>
  <table class="facts"><tbody>
    {% for key, value in data.settings.items() %}
    <tr><th scope="row">{{ key }}</th><td><code>{{ value }}</code></td></tr>
    {% endfor %}
  </tbody></table>
</details>
"""

    def collect(self, fit: EvaluatedFit, metrics: Metrics) -> Circumstances:
        settings = fit.model.estimator.get_params(deep=False)
        return Circumstances(fit.run, {name: repr(value) for name, value in settings.items()})
