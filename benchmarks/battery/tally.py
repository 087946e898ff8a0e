"""What was tried, and what of it held."""

from collections import Counter
from dataclasses import dataclass, field

SHOWN = 40
"""Cases that did not hold that are printed at most."""


@dataclass
class Tally:
    r"""Counts of cases, by kind.

    Examples
    --------
    >>> tally = Tally()
    >>> tally.add("model", None)
    >>> tally.add("model", "loaded and then failed")
    model: loaded and then failed
    >>> tally.summary()
    'model: 2 tried, 1 held\n2 tried, 1 held'
    """

    by_kind: Counter[str] = field(default_factory=Counter)
    held_by_kind: Counter[str] = field(default_factory=Counter)

    @property
    def tried(self) -> int:
        """Return how many cases were tried."""
        return self.by_kind.total()

    @property
    def held(self) -> int:
        """Return how many cases held."""
        return self.held_by_kind.total()

    def add(self, kind: str, fault: str | None) -> None:
        """Count a case; print the fault, if there is one."""
        self.by_kind[kind] += 1
        self.held_by_kind[kind] += fault is None
        if fault is not None and self.tried - self.held <= SHOWN:
            print(f"{kind}: {fault}", flush=True)

    def summary(self) -> str:
        """Return the counts by kind, and the sum as the last line."""
        kinds = [f"{k}: {n} tried, {self.held_by_kind[k]} held" for k, n in self.by_kind.items()]
        return "\n".join([*kinds, f"{self.tried} tried, {self.held} held"])
