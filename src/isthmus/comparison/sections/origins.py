"""Where the runs come from."""

from isthmus.comparison.comparing import Comparison
from isthmus.comparison.section import ComparisonSection


class Origins(ComparisonSection[list[tuple[str, str]]]):
    """The command of every run that was written by one."""

    name = "runs"
    title = "How to repeat these runs"
    template = """
<table class="facts"><tbody>
  {% for name, command in data %}
  <tr><th scope="row">{{ name }}</th><td><code>{{ command }}</code></td></tr>
  {% endfor %}
</tbody></table>
"""

    def collect(self, comparison: Comparison) -> list[tuple[str, str]] | None:
        commands = [
            (run.name, str(run.facts["command"]))
            for run in comparison.runs
            if "command" in run.facts
        ]
        return commands or None
