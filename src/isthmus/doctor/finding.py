"""What a check found: how serious it is, what it means, and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from isthmus.plainjson import Facts, JsonObject

Severity = Literal["stop", "look", "note"]

SEVERITIES: tuple[Severity, ...] = ("stop", "look", "note")
"""From the most serious: the result cannot be trusted; look at this first; good to know."""


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
        What to do about it, in parameters of Python.
    evidence
        The numbers behind it, by name.
    check
        Name of the check.
    """

    severity: Severity
    sentence: str
    remedy: str
    evidence: Facts = field(default_factory=dict)
    check: str = ""

    def words(self) -> str:
        """Return sentence and remedy in one line.

        Examples
        --------
        >>> Finding("look", "The loss still falls.", "Train longer: epochs=50.").words()
        'The loss still falls. Train longer: epochs=50.'
        """
        return f"{self.sentence} {self.remedy}"

    def record(self) -> JsonObject:
        """Return the finding as plain values, for JSON."""
        return {
            "check": self.check,
            "severity": self.severity,
            "sentence": self.sentence,
            "remedy": self.remedy,
            "evidence": dict(self.evidence),
        }


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings, the most serious first, otherwise in the order in which they came."""
    return tuple(sorted(findings, key=lambda one: SEVERITIES.index(one.severity)))


def setting(name: str, value: object) -> str:
    """Return a setting as Python has it; the command line translates it into its option.

    >>> setting("scaling", "standard")
    "scaling='standard'"
    """
    return f"{name}={value!r}"
