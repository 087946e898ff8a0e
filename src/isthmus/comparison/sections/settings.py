"""The settings in which groups differ."""

from isthmus.comparison.comparing import Comparison
from isthmus.comparison.section import ComparisonSection


class Settings(ComparisonSection[dict[str, list[str]]]):
    """A row per setting that is not the same in all groups."""

    name = "settings"
    title = "Settings that differ"
    template = """
{% if data %}
<div class="scroll">
<table>
  <thead><tr><th></th>{% for group in groups %}<th scope="col">{{ group.name }}</th>{% endfor %}
  </tr></thead>
  <tbody>
    {% for name, texts in data.items() %}
    <tr><th scope="row">{{ name }}</th>{% for text in texts %}<td>{{ text }}</td>{% endfor %}</tr>
    {% endfor %}
  </tbody>
</table>
</div>
{% else %}
<p class="lead">None: the runs differ in the seed alone.</p>
{% endif %}
"""

    def collect(self, comparison: Comparison) -> dict[str, list[str]]:
        return comparison.differences
