"""What a check found: how serious it is, what it means, and what to do."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["stop", "look", "note"]

SEVERITIES: tuple[Severity, ...] = ("stop", "look", "note")
"""From the most serious: the result cannot be trusted; look at this first; good to know."""

_SETTING = re.compile(r"\[\[(\w+)=(.*?)\]\]")


@dataclass(frozen=True)
class Finding:
    """One thing that a check found.

    Parameters
    ----------
    severity
        ``"stop"``: what follows from this fit cannot be trusted. ``"look"``: probably a mistake.
        ``"note"``: good to know.
    sentence
        What was found, with its numbers, for a newcomer.
    remedy
        What to do about it. Settings are written ``[[name=value]]``; `words` turns them into
        options of the command line or parameters in Python.
    evidence
        The numbers behind it, by name.
    check
        Name of the check.
    """

    severity: Severity
    sentence: str
    remedy: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    check: str = ""

    def words(self, *, options: bool = False) -> str:
        """Return sentence and remedy in one line.

        Parameters
        ----------
        options
            Write settings as options of the command line; otherwise as parameters in Python.

        Examples
        --------
        >>> found = Finding("look", "The loss still falls.", "Train longer: [[epochs=50]].")
        >>> found.words(), found.words(options=True)
        ('The loss still falls. Train longer: epochs=50.',
         'The loss still falls. Train longer: --epochs 50.')
        """
        return f"{self.sentence} {_written(self.remedy, options=options)}"

    def record(self, *, options: bool = False) -> dict[str, Any]:
        """Return the finding as plain values, for JSON."""
        return {
            "check": self.check,
            "severity": self.severity,
            "sentence": self.sentence,
            "remedy": _written(self.remedy, options=options),
            "evidence": dict(self.evidence),
        }


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings, the most serious first, otherwise in the order in which they came."""
    return tuple(sorted(findings, key=lambda one: SEVERITIES.index(one.severity)))


def setting(name: str, value: object) -> str:
    """Return a setting as a remedy holds it.

    >>> setting("scaling", "standard")
    "[[scaling='standard']]"
    """
    return f"[[{name}={value!r}]]"


def _written(remedy: str, *, options: bool) -> str:
    def one(match: re.Match[str]) -> str:
        name, value = match.groups()
        if not options:
            return f"{name}={value}"
        return f"--{name.replace('_', '-')} {value.strip(chr(39))}"

    return _SETTING.sub(one, remedy)
