"""Kinds of columns: how each becomes numbers, what models them, and how it comes back.

Every kind is plain data. `encode` takes an Arrow column to (n, width) floats, NaN where an entry is
missing or not known; `decode` takes such floats, or what a decoder made of them, to a column.
"""

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from isthmus.plainjson import JsonObject
from isthmus.tables.bends import Bend
from isthmus.tables.levels import Level, as_entries, index_of, of_levels
from isthmus.tables.values import numbers

if TYPE_CHECKING:
    import pyarrow

Member = Literal["learned_gaussian", "bernoulli", "categorical"]
"""Names of `isthmus.likelihoods.MEMBERS`, which this room does not import."""


class AbstractKind(ABC):
    """What one column is."""

    name: ClassVar[str]
    """What people call it, and what ``--kind`` takes."""

    member: ClassVar[Member | None] = None
    """The likelihood of its encoded columns; None for one that is left out."""

    @property
    @abstractmethod
    def parts(self) -> tuple[str, ...]:
        """What each encoded column stands for, after the column's name; empty if left out."""

    @abstractmethod
    def encode(self, column: "pyarrow.ChunkedArray") -> np.ndarray:
        """Return entries as (n, width) float64, NaN where missing."""

    @abstractmethod
    def decode(self, block: np.ndarray, rng: np.random.Generator | None) -> "pyarrow.Array":
        """Return the entries that rows (n, width) stand for: the nearest, or most probable.

        NaN stands for a missing entry.
        With ``rng``, rare levels that share a column are drawn by their shares.
        """

    def known(self, column: "pyarrow.ChunkedArray") -> np.ndarray:
        """Return which entries (n,) are there and can be read."""
        return np.logical_not(np.isnan(self.encode(column)).any(axis=1))

    def restated(self, column: "pyarrow.ChunkedArray") -> "pyarrow.Array":
        """Return entries of another type as the fit had them; missing where they are not known."""
        return self.decode(self.encode(column), None)

    @abstractmethod
    def summary(self) -> str:
        """Return its levels or its range in a few words."""

    def limits(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the least and the greatest encoded values seen, (width,) each."""
        return np.zeros(len(self.parts)), np.ones(len(self.parts))

    def decoding(self) -> JsonObject:
        """Return how encoded columns become an entry, for programs without isthmus: plain JSON.

        ``how`` is ``number``: with ``shift``, ``scale``, ``bend``, ``decimals``, ``range`` and
        ``least``, as of `Scale`, and of `Notation` where it has a unit;
        ``bit``, ``first`` or ``sum``: which of the ``levels`` it is, by one column, by the greatest
        column, or by the sum of the columns; ``moment``: as of `isthmus.tables.moments.Moment`.
        Empty for a kind that is left out.
        """
        return {}

    def to_plain(self) -> JsonObject:
        """Return it as what JSON holds."""
        return {"kind": self.name, **asdict(self)}  # pyright: ignore[reportArgumentType]


@dataclass(frozen=True)
class Scale:
    """A map of numbers to mean 0 and variance 1, after a bend for skewed ones.

    Parameters
    ----------
    shift, scale
        Mean and standard deviation of the numbers, bent.
    low, high
        The range seen, in the column's unit.
    decimals
        With how many the numbers are written; None for any.
    bend
        For skewed numbers.
    """

    shift: float
    scale: float
    low: float
    high: float
    decimals: int | None
    bend: Bend | None = None

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Return numbers scaled: subtracted in double precision, so that no offset costs digits."""
        return ((x if self.bend is None else self.bend(x)) - self.shift) / self.scale

    def inverse(self, y: np.ndarray) -> np.ndarray:
        """Return scaled numbers in the column's unit, rounded to its decimals."""
        x = np.asarray(y, np.float64) * self.scale + self.shift
        x = x if self.bend is None else self.bend.inverse(x)
        return x if self.decimals is None else np.round(x, self.decimals)

    def limits(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the range seen, scaled, (1,) each."""
        low, high = self(np.array([self.low])), self(np.array([self.high]))
        return low, high

    @classmethod
    def from_plain(cls, plain: JsonObject) -> "Scale":
        """Return the scale that ``dataclasses.asdict`` wrote."""
        bend = plain["bend"]
        fields: JsonObject = plain | {"bend": None if bend is None else Bend(**bend)}
        return cls(**fields)


@dataclass(frozen=True)
class AbstractNumeric(AbstractKind):
    """Numbers on a line.

    Parameters
    ----------
    scale
        From the numbers to mean 0 and variance 1.
    """

    scale: Scale

    member = "learned_gaussian"
    bounded: ClassVar[bool] = True
    """Whether none is negative if none was."""

    @property
    def parts(self) -> tuple[str, ...]:
        """One column."""
        return ("",)

    def encode(self, column: "pyarrow.ChunkedArray") -> np.ndarray:
        """Return the numbers scaled."""
        return self.scale(self.values(column))[:, None]

    def values(self, column: "pyarrow.ChunkedArray") -> np.ndarray:
        """Return the numbers (n,) in the column's unit, NaN where one is missing."""
        return numbers(column)

    def decode(self, block: np.ndarray, rng: np.random.Generator | None) -> "pyarrow.Array":
        """Return the numbers in the column's unit."""
        import pyarrow

        x = self.scale.inverse(block[:, 0])
        x = np.maximum(x, 0) if self.bounded and self.scale.low >= 0 else x
        return pyarrow.array(x, from_pandas=True)

    def restated(self, column: "pyarrow.ChunkedArray") -> "pyarrow.Array":
        """Return the numbers, no digit lost."""
        import pyarrow

        return pyarrow.array(self.values(column), from_pandas=True)

    def limits(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the range seen."""
        return self.scale.limits()

    def decoding(self) -> JsonObject:
        """Return the inverse of the scale."""
        scale = asdict(self.scale)
        seen = [scale.pop("low"), scale.pop("high")]
        least = 0 if self.bounded and seen[0] >= 0 else None
        return {"how": "number", "range": seen, "least": least, **scale}

    def summary(self) -> str:
        """Return the range seen."""
        return f"{self.scale.low:.6g} to {self.scale.high:.6g}"


class Number(AbstractNumeric):
    """Numbers on a line, standardised."""

    name = "number"
    bounded = False


class Skewed(AbstractNumeric):
    """Skewed numbers, such as prices: bent, then standardised; not negative if none was."""

    name = "skewed"


class Count(AbstractNumeric):
    """Whole numbers from 0 or 1 on: bent where they are skewed, standardised, not negative."""

    name = "count"


@dataclass(frozen=True)
class Binary(AbstractKind):
    """Two levels, as 0 and 1.

    Parameters
    ----------
    levels
        The two.
    """

    levels: tuple[Level, Level]

    name = "binary"
    member = "bernoulli"

    @property
    def parts(self) -> tuple[str, ...]:
        """The level that is 1."""
        return (f"={self.levels[1]}",)

    def encode(self, column: "pyarrow.ChunkedArray") -> np.ndarray:
        """Return 0 and 1."""
        place = index_of(column, self.levels)
        return np.where(place < 0, np.nan, place)[:, None].astype(np.float64)

    def decode(self, block: np.ndarray, rng: np.random.Generator | None) -> "pyarrow.Array":
        """Return the more probable level."""
        chosen = np.where(np.isnan(block[:, 0]), -1, block[:, 0] >= 0.5)
        return as_entries(chosen.astype(np.int64), self.levels)

    def restated(self, column: "pyarrow.ChunkedArray") -> "pyarrow.Array":
        """Return the levels as the fit had them."""
        return of_levels(column, self.levels)

    def decoding(self) -> JsonObject:
        """Return the levels; the second is the more probable one from 0.5 on."""
        return {"how": "bit", "levels": [*map(str, self.levels)]}

    def summary(self) -> str:
        """Return the two levels."""
        return " or ".join(map(str, self.levels))


@dataclass(frozen=True)
class Category(AbstractKind):
    """Levels without an order, as columns of which one is 1.

    Parameters
    ----------
    levels
        Those with a column of their own, the most frequent first.
    rare
        Those that share the last column, where there are any, and how often each was seen.
    """

    levels: tuple[Level, ...]
    rare: tuple[tuple[Level, int], ...] = ()

    name = "category"
    member = "categorical"

    @property
    def parts(self) -> tuple[str, ...]:
        """The levels."""
        return tuple(f"={level}" for level in self.levels) + (("=(rare)",) if self.rare else ())

    def encode(self, column: "pyarrow.ChunkedArray") -> np.ndarray:
        """Return one-hot columns; levels that were not seen are rare, or else missing."""
        names = (*self.levels, *(level for level, _ in self.rare))
        place = index_of(column, names)
        last = len(self.levels)
        unseen = last if self.rare else -1
        place = np.where(place == -2, unseen, np.minimum(place, last))
        block = (place[:, None] == np.arange(len(self.parts))).astype(np.float64)
        block[place < 0] = np.nan
        return block

    def decode(self, block: np.ndarray, rng: np.random.Generator | None) -> "pyarrow.Array":
        """Return the most probable level."""
        chosen = block.argmax(axis=1)
        names = (*self.levels, *(level for level, _ in self.rare))
        shared = np.flatnonzero(chosen == len(self.levels))
        if rng is not None and len(shared):
            seen = np.array([count for _, count in self.rare], float)
            chosen[shared] += rng.choice(len(seen), len(shared), p=seen / seen.sum())
        return as_entries(np.where(np.isnan(block[:, 0]), -1, chosen), names)

    def restated(self, column: "pyarrow.ChunkedArray") -> "pyarrow.Array":
        """Return the levels as the fit had them."""
        return of_levels(column, (*self.levels, *(level for level, _ in self.rare)))

    def decoding(self) -> JsonObject:
        """Return the levels, the rare ones under one name."""
        rare = ["(rare)"] if self.rare else []
        return {"how": "first", "levels": [*map(str, self.levels), *rare]}

    def summary(self) -> str:
        """Return how many levels there are, and the most frequent."""
        shown = ", ".join(map(str, self.levels[:4])) + (", ..." if len(self.levels) > 4 else "")
        rare = f", {len(self.rare)} rare together" if self.rare else ""
        return f"{len(self.levels) + len(self.rare)} levels: {shown}{rare}"


@dataclass(frozen=True)
class Ordered(AbstractKind):
    """Levels with an order, as bits that say whether an entry lies above each level but the last.

    Parameters
    ----------
    levels
        In their order.

    References
    ----------
    Frank and Hall, A simple approach to ordinal classification, ECML 2001.
    """

    levels: tuple[Level, ...]

    name = "ordered"
    member = "bernoulli"

    @property
    def parts(self) -> tuple[str, ...]:
        """The levels that are passed."""
        return tuple(f">{level}" for level in self.levels[:-1])

    def encode(self, column: "pyarrow.ChunkedArray") -> np.ndarray:
        """Return as many ones as there are levels below."""
        place = index_of(column, self.levels)
        block = (place[:, None] > np.arange(len(self.levels) - 1)).astype(np.float64)
        block[place < 0] = np.nan
        return block

    def decode(self, block: np.ndarray, rng: np.random.Generator | None) -> "pyarrow.Array":
        """Return the level that lies above as many as the bits add up to."""
        above = block.sum(axis=1)
        chosen = np.where(np.isnan(above), -1, np.rint(above))
        return as_entries(chosen.astype(np.int64), self.levels)

    def restated(self, column: "pyarrow.ChunkedArray") -> "pyarrow.Array":
        """Return the levels as the fit had them."""
        return of_levels(column, self.levels)

    def decoding(self) -> JsonObject:
        """Return the levels in their order."""
        return {"how": "sum", "levels": [*map(str, self.levels)]}

    def summary(self) -> str:
        """Return the levels in their order."""
        return " < ".join(map(str, self.levels))
