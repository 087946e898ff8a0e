"""The schema of a table: its columns, their kinds, and the one space that they share."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from isthmus.errors import DataError
from isthmus.plainjson import Facts, JsonObject
from isthmus.tables import kinds, left_out, moments, quantities
from isthmus.tables.entry_types import as_fitted, as_type
from isthmus.tables.kinds import AbstractKind, Level, Member, Scale
from isthmus.tables.values import functions, plain

if TYPE_CHECKING:
    import pyarrow

KINDS: dict[str, type[AbstractKind]] = {
    kind.name: kind
    for kind in (
        kinds.Number, kinds.Skewed, kinds.Count, kinds.Binary, kinds.Category, kinds.Ordered,
        moments.Moment, quantities.Quantity, left_out.Identifier, left_out.Text, left_out.Constant,
        left_out.Dropped, left_out.Other,
    )
}  # fmt: skip
"""The kinds of columns by the names that people and model files use."""


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name
        Its title.
    kind
        What it is.
    missing
        How many of its entries were missing when the schema was inferred.
    declared
        All the levels of a categorical type, in its order; None for other types.
    """

    name: str
    kind: AbstractKind
    missing: int = 0
    declared: tuple[Level, ...] | None = None

    @property
    def used(self) -> bool:
        """Whether anything is learned from it."""
        return bool(self.kind.parts)


@dataclass(frozen=True)
class Group:
    """Encoded columns that one likelihood models.

    Parameters
    ----------
    member
        The likelihood's name.
    columns
        Their numbers, from 0.
    sizes
        Of a categorical likelihood, how many columns each variable has.
    """

    member: Member
    columns: tuple[int, ...]
    sizes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Schema:
    """What every column of a table is, and how rows become numbers and come back.

    Parameters
    ----------
    columns
        In the table's order.
    make
        The library that the table was of: "pandas", "polars" or "pyarrow".
    arrow
        The table's Arrow schema, which holds every type.

    Examples
    --------
    >>> import pyarrow
    >>> from isthmus.tables import infer
    >>> table = pyarrow.table({"size": [1.5, 2.5, 4.0] * 9, "kind": ["u", "v", "u"] * 9})
    >>> schema = infer(table)
    >>> [(column.name, column.kind.name) for column in schema.columns]
    [('size', 'number'), ('kind', 'binary')]
    >>> rows = schema.encode(table)
    >>> schema.decode(rows).equals(table)
    True
    """

    columns: tuple[Column, ...]
    make: str
    arrow: "pyarrow.Schema"

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The columns' titles."""
        return tuple(column.name for column in self.columns)

    @property
    def width(self) -> int:
        """How many encoded columns there are."""
        return sum(len(column.kind.parts) for column in self.columns)

    @cached_property
    def feature_names(self) -> tuple[str, ...]:
        """The encoded columns' titles, such as ``colour=red``."""
        return tuple(f"{c.name}{part}" for c in self.columns for part in c.kind.parts)

    @cached_property
    def places(self) -> dict[str, slice]:
        """Which encoded columns belong to each column."""
        ends = np.cumsum([0, *(len(column.kind.parts) for column in self.columns)]).tolist()
        pairs = zip(self.names, pairwise(ends), strict=True)
        return {name: slice(start, stop) for name, (start, stop) in pairs}

    @property
    def level_places(self) -> list[int]:
        """Numbers of the encoded columns of categories, of which one is 1."""
        one_hot = [self.places[c.name] for c in self.columns if c.kind.member == "categorical"]
        return [place for span in one_hot for place in range(span.start, span.stop)]

    def column(self, name: str) -> Column:
        """Return a column by its title."""
        return self.columns[self.names.index(name)]

    def groups(self) -> tuple[Group, ...]:
        """Return the encoded columns by the likelihood that models them; each is in one group."""
        found: dict[Member, list[int]] = {}
        sizes: list[int] = []
        for column in self.columns:
            place, member = self.places[column.name], column.kind.member
            if member is None:
                continue
            found.setdefault(member, []).extend(range(place.start, place.stop))
            if member == "categorical":
                sizes.append(place.stop - place.start)
        return tuple(
            Group(member, tuple(places), tuple(sizes) if member == "categorical" else ())
            for member, places in found.items()
        )

    def encode(self, table: "pyarrow.Table") -> np.ndarray:
        """Return rows in the shared space.

        Parameters
        ----------
        table : pyarrow.Table
            With the columns of this schema, in any order: see `isthmus.tables.matching.align`.

        Returns
        -------
        ndarray (n, width), float32
            NaN where an entry is missing or not known.
        """
        blocks = [c.kind.encode(table.column(c.name)) for c in self.columns if c.used]
        return np.concatenate(blocks, axis=1).astype(np.float32)

    def decode(
        self,
        rows: np.ndarray,
        *,
        rng: np.random.Generator | None = None,
        source: "pyarrow.Table | None" = None,
    ) -> "pyarrow.Table":
        """Return the table that rows of the shared space stand for.

        Parameters
        ----------
        rows : (n, width)
            Encoded rows, means of a decoder, or draws.
        rng : optional
            For draws: levels that share a column are drawn too.
        source : pyarrow.Table, optional
            The n rows that were encoded: columns that are left out are taken from there.

        Returns
        -------
        pyarrow.Table
            With the columns, types, levels and order of the table that was inferred.
        """
        import pyarrow

        arrays = []
        for column, field in zip(self.columns, self.arrow, strict=True):
            if source is not None and not column.used:
                own = plain(source.column(column.name))
                try:
                    arrays.append(as_type(own, field, column.declared))
                except pyarrow.ArrowException:  # of another type, and nothing depends on it
                    arrays.append(pyarrow.nulls(len(own), field.type))
                continue
            entries = column.kind.decode(rows[:, self.places[column.name]], rng)
            arrays.append(as_type(entries, field, column.declared))
        return _table(arrays, self.arrow)

    def fill(self, table: "pyarrow.Table", rows: np.ndarray) -> "pyarrow.Table":
        """Return a table whose missing entries are those that rows (n, width) stand for.

        Entries that are there stay as they are. Those that cannot be read as the column's kind
        count as missing, unless they are levels that the fit did not see.
        """
        compute = functions()
        arrays = []
        decoded = self.decode(rows, source=table)
        for column, field in zip(self.columns, self.arrow, strict=True):
            made = plain(decoded.column(column.name))
            if column.used:
                own = as_fitted(plain(table.column(column.name)), made.type, column.kind)
                made = compute.coalesce(own, made)
            arrays.append(as_type(made, field, column.declared))
        return _table(arrays, self.arrow)

    def within_range(self, rows: np.ndarray) -> np.ndarray:
        """Return rows (n, width) cut to the range that each encoded column was seen in."""
        limits = [c.kind.limits() for c in self.columns if c.used]
        low, high = (np.concatenate(ends) for ends in zip(*limits, strict=True))
        return np.clip(rows, low, high)

    def rows(self) -> list[JsonObject]:
        """Return a row for each column, to be shown: its kind, missing entries, levels or range."""
        return [
            {
                "column": c.name,
                "kind": c.kind.name,
                "missing": c.missing,
                "levels or range": c.kind.summary(),
                "encoded as": _columns_in_words(len(c.kind.parts)),
            }
            for c in self.columns
        ]

    def decodings(self) -> list[JsonObject]:
        """Return how each used column comes back from the encoded columns, as plain JSON.

        ``name``, ``kind``, the first encoded column ``start`` and their number ``width``, and what
        `isthmus.tables.kinds.AbstractKind.decoding` says.
        """
        return [
            {
                "name": c.name,
                "kind": c.kind.name,
                "start": self.places[c.name].start,
                "width": len(c.kind.parts),
                **c.kind.decoding(),
            }
            for c in self.columns
            if c.used
        ]

    def describe(self) -> str:
        """Return in one line how many columns there are of each kind, and which are left out."""
        counts: dict[str, int] = {}
        for column in self.columns:
            if column.used:
                counts[column.kind.name] = counts.get(column.kind.name, 0) + 1
        kinds_seen = ", ".join(f"{count} {name}" for name, count in counts.items())
        out = [f"{c.name} ({c.kind.name})" for c in self.columns if not c.used]
        line = f"columns: {kinds_seen}; encoded as {self.width} numbers"
        return line + (f"; left out: {', '.join(out)}" if out else "")

    def to_plain(self) -> JsonObject:
        """Return the schema as what JSON holds."""
        return {
            "make": self.make,
            "arrow": base64.b64encode(self.arrow.serialize().to_pybytes()).decode("ascii"),
            "columns": [
                {
                    "name": c.name,
                    "missing": c.missing,
                    "declared": None if c.declared is None else list(c.declared),
                    **c.kind.to_plain(),
                }
                for c in self.columns
            ],
        }

    @classmethod
    def from_plain(cls, plain_schema: Facts) -> "Schema":
        """Return the schema that `to_plain` wrote.

        Raises
        ------
        DataError
            If it is none.
        """
        import pyarrow

        try:
            data = base64.b64decode(plain_schema["arrow"], validate=True)
            arrow = pyarrow.ipc.read_schema(pyarrow.py_buffer(data))
            columns = tuple(_column(one) for one in plain_schema["columns"])
            schema = cls(columns, str(plain_schema["make"]), arrow)
        except (LookupError, TypeError, ValueError, pyarrow.ArrowException) as error:
            raise DataError(f"The schema of the table cannot be read ({error}).") from error
        if schema.names != tuple(arrow.names):
            raise DataError("The schema of the table names other columns than its types do.")
        return schema

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Schema) and self.to_plain() == other.to_plain()

    def __hash__(self) -> int:
        return hash(self.names)


def _table(arrays: "list[pyarrow.Array]", schema: "pyarrow.Schema") -> "pyarrow.Table":
    import pyarrow

    return pyarrow.Table.from_arrays(arrays, schema=schema)


def _columns_in_words(count: int) -> str:
    return "left out" if not count else f"{count} column{'s' if count > 1 else ''}"


def _column(stored: Facts) -> Column:
    fields = {k: v for k, v in stored.items() if k not in ("name", "missing", "declared", "kind")}
    kind = KINDS[stored["kind"]]
    if "scale" in fields and isinstance(fields["scale"], Mapping):
        fields["scale"] = Scale.from_plain(dict(fields["scale"]))
    if "notation" in fields:
        fields["notation"] = quantities.Notation(**fields["notation"])
    for name in ("levels", "cycles"):
        if name in fields:
            fields[name] = tuple(fields[name])
    if "rare" in fields:
        fields["rare"] = tuple((level, int(count)) for level, count in fields["rare"])
    declared = stored["declared"]
    return Column(
        str(stored["name"]),
        kind(**fields),
        int(stored["missing"]),
        None if declared is None else tuple(declared),
    )


def dropped(schema: Schema, name: str) -> Schema:
    """Return a schema under which one more column is left out."""
    columns = (replace(c, kind=left_out.Dropped()) if c.name == name else c for c in schema.columns)
    return replace(schema, columns=tuple(columns))
