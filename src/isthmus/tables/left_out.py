"""Kinds of columns that nothing is learned from, each of which says why."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from isthmus.tables.kinds import AbstractKind

if TYPE_CHECKING:
    import pyarrow


@dataclass(frozen=True)
class _LeftOut(AbstractKind):
    @property
    def parts(self) -> tuple[str, ...]:
        """None."""
        return ()

    def encode(self, column: "pyarrow.ChunkedArray") -> np.ndarray:
        """Return no columns, (n, 0)."""
        return np.zeros((len(column), 0))

    def decode(self, block: np.ndarray, rng: np.random.Generator | None) -> "pyarrow.Array":
        """Return missing entries: nothing is known of them."""
        import pyarrow

        return pyarrow.nulls(len(block))


class Identifier(_LeftOut):
    """What tells rows or records apart: unique text, or whole numbers that hardly repeat."""

    name = "identifier"

    def summary(self) -> str:
        """Return why it is left out."""
        return "names the row or a record"


class Text(_LeftOut):
    """Words that hardly repeat."""

    name = "text"

    def summary(self) -> str:
        """Return why it is left out."""
        return "words that hardly repeat"


class Other(_LeftOut):
    """Lists, records, bytes: what is neither a number, a level nor a time."""

    name = "other"

    def summary(self) -> str:
        """Return why it is left out."""
        return "neither numbers, levels nor times"


class Dropped(_LeftOut):
    """What the user leaves out."""

    name = "dropped"

    def summary(self) -> str:
        """Return why it is left out."""
        return "as asked"


@dataclass(frozen=True)
class Constant(_LeftOut):
    """One value in every row, which comes back as it is.

    Parameters
    ----------
    value
        As text, or in ticks for dates and times; None where all entries are missing.
    """

    value: str | int | None = None

    name = "constant"

    def decode(self, block: np.ndarray, rng: np.random.Generator | None) -> "pyarrow.Array":
        """Return the value."""
        import pyarrow

        return pyarrow.array([self.value] * len(block))

    def summary(self) -> str:
        """Return the value."""
        return "all missing" if self.value is None else f"always {self.value}"
