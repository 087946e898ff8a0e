"""What the checks before a fit look at: examples, what is known of them, what is planned."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from isthmus.data.source import Examples, ImageShape

SAMPLE_ROWS = 5_000
"""Maximum of rows that statistics of columns are computed from."""

SAMPLE_VALUES = 4_000_000
"""Maximum of values of that sample: 32 MB in double precision."""


@dataclass(frozen=True)
class Plan:
    """The settings of a fit that checks of data depend on, as the user gave them.

    Parameters
    ----------
    scaling
        Name of the scaling, or ``"auto"``.
    likelihood
        Name of the likelihood in small letters without underscores, or ``"auto"``.
    stochastic
        Whether the code is drawn from a posterior.
    latent_dim, batch_size, limit
        None where they are not known or chosen automatically.
    masked
        Whether entries may be missing.
    penalised
        Whether a penalty, a corruption or a drawn code limits what the code holds.
    """

    scaling: str = "auto"
    likelihood: str = "auto"
    stochastic: bool = False
    latent_dim: int | None = None
    batch_size: int | None = None
    limit: int | None = None
    masked: bool = False
    penalised: bool = False

    @property
    def counts(self) -> bool:
        """Whether the likelihood is one of counts."""
        return self.likelihood in ("poisson", "negativebinomial")


@dataclass(frozen=True, eq=False)
class TableFacts:
    """What a table of several kinds of columns says besides its encoded rows.

    Parameters
    ----------
    doubts
        What columns were taken for, where another kind is likely, and what to do: a sentence each.
    left_out
        The kinds of the columns that nothing is learned from, by title.
    numbers : dict of (n,)
        Numbers in their own units by title, double precision, NaN where one is missing.
    times : dict of (n,)
        Dates and times as numbers that rise, by title, NaN where one is missing.
    missing
        Shares of missing entries of the columns that are learned from, by title.
    spans
        First and end of the encoded columns of each column that is learned from.
    """

    doubts: Sequence[tuple[str, str]] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, np.ndarray] = field(default_factory=dict)
    times: Mapping[str, np.ndarray] = field(default_factory=dict)
    missing: Mapping[str, float] = field(default_factory=dict)
    spans: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True, eq=False)
class Data:
    """Examples and what is known about them.

    Parameters
    ----------
    examples : (n, ...)
        In their own units, read where they are indexed; missing entries are NaN.
    labels : (n,) or None
    names
        Of the columns; None for images and unnamed columns.
    image_shape
        (H, W, C) where examples are images.
    test : (m, ...) or None
        Examples that are kept apart for testing.
    plan
        The settings of the fit.
    table
        Of a table of several kinds of columns, whose examples are encoded rows.
    """

    examples: Examples
    labels: np.ndarray | None = None
    names: Sequence[str] | None = None
    image_shape: ImageShape | None = None
    test: Examples | None = None
    plan: Plan = field(default_factory=Plan)
    table: TableFacts = field(default_factory=TableFacts)

    @cached_property
    def in_units(self) -> "Data":
        """The numbers of a table in their own units, or these data where that is what they are."""
        if not self.table.numbers:
            return self
        columns, names = np.column_stack([*self.table.numbers.values()]), [*self.table.numbers]
        return Data(columns, self.labels, names, plan=replace(self.plan, masked=True))

    def __len__(self) -> int:
        return len(self.examples)

    @property
    def width(self) -> int:
        """Number D of columns."""
        return math.prod(self.examples.shape[1:])

    def rows(self, index: np.ndarray) -> np.ndarray:
        """Return chosen rows (m, D), double precision; what is infinite is missing."""
        values = np.asarray(self.examples[index], np.float64).reshape(len(index), -1)
        return np.where(np.isinf(values), np.nan, values)

    def spread(self, most: int) -> np.ndarray:
        """Return the indexes of up to ``most`` rows, evenly spaced and rising."""
        n = len(self)
        return np.arange(n) if n <= most else np.linspace(0, n - 1, most).astype(int)

    @cached_property
    def index(self) -> np.ndarray:
        """Indexes of the rows of the sample."""
        return self.spread(min(SAMPLE_ROWS, max(2, SAMPLE_VALUES // self.width)))

    @cached_property
    def sample(self) -> np.ndarray:
        """Up to 5,000 rows (m, D), evenly spaced; missing entries are NaN."""
        return self.rows(self.index)

    @cached_property
    def sample_labels(self) -> np.ndarray | None:
        """The labels of the sample's rows."""
        return None if self.labels is None else np.asarray(self.labels)[self.index]

    @cached_property
    def centre(self) -> np.ndarray:
        """Mean of every column of the sample, 0 where all is missing."""
        known = ~np.isnan(self.sample)
        return np.where(known, self.sample, 0).sum(0) / np.maximum(known.sum(0), 1)

    @cached_property
    def deviation(self) -> np.ndarray:
        """Standard deviation of every column of the sample."""
        known = ~np.isnan(self.sample)
        squares = np.where(known, self.sample - self.centre, 0) ** 2
        return np.sqrt(squares.sum(0) / np.maximum(known.sum(0), 1))

    @cached_property
    def varied(self) -> np.ndarray:
        """Whether a column (D,) varies in the sample by more than rounding."""
        return self.deviation > 1e-9 * np.maximum(np.abs(self.centre), 1e-30)

    def standardised(self, rows: np.ndarray) -> np.ndarray:
        """Return rows (m, D) in comparable units: missing entries are 0, the column's mean.

        The pixels of an image share one unit; columns of a table get variance 1.
        """
        if self.image_shape is not None:
            unit = max(float(self.deviation.max()), 1e-30)
            z = (rows - self.centre) / unit
        else:
            z = np.where(self.varied, (rows - self.centre), 0) / np.where(
                self.varied, self.deviation, 1
            )
        return np.nan_to_num(z, nan=0.0)

    def column(self, j: int) -> str:
        """Return how to call a column in a sentence."""
        return f"{j} (counted from 0)" if self.names is None else f'"{self.names[j]}"'

    def columns(self, which: Sequence[int] | np.ndarray, most: int = 4) -> str:
        """Return how to call several columns, the first few by name."""
        shown = [str(j) if self.names is None else f'"{self.names[j]}"' for j in which[:most]]
        more = f" and {len(which) - most} more" if len(which) > most else ""
        words = ", ".join(shown) + more
        return words if self.names is not None else f"{words} (counted from 0)"
