"""What an identity is, and its outcome."""

import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Identity:
    """Something that theory says.

    Parameters
    ----------
    proves
        What holds if the deviation is small, in a sentence.
    deviation
        Returns how far the two sides are apart on this machine.
    allowed
        How far they may be apart: rounding, and for draws five standard errors.
    """

    proves: str
    deviation: Callable[[], float]
    allowed: float

    @property
    def name(self) -> str:
        """Name of the identity: that of its function."""
        return self.deviation.__name__.replace("_", "-")  # pyright: ignore[reportFunctionMemberAccess]


@dataclass(frozen=True)
class Outcome:
    """What came of an identity: its deviation, infinite after an error, and the error's words."""

    identity: Identity
    deviation: float
    seconds: float
    error: str = ""

    @property
    def holds(self) -> bool:
        """Whether the deviation is within what is allowed."""
        return self.deviation <= self.identity.allowed


def run(identities: Iterable[Identity]) -> Iterator[Outcome]:
    """Yield the outcome of each identity; one that raises has failed."""
    for identity in identities:
        start = time.perf_counter()
        error = ""
        try:
            deviation = float(identity.deviation())
        except Exception as raised:  # whatever an accelerator or a new version does
            deviation, error = math.inf, f"{type(raised).__name__}: {raised}".splitlines()[0]
        if math.isnan(deviation):
            deviation = math.inf
        yield Outcome(identity, deviation, time.perf_counter() - start, error)
