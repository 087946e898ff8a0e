"""What every kind of source is read into."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from isthmus.annotations import Examples, Index

ImageShape = tuple[int, int, int]


@dataclass(frozen=True, eq=False, repr=False)
class Source:
    """Examples to learn from, with what is known about them.

    Attributes
    ----------
    name : str
        What to call it in a sentence, such as ``"digits"`` or ``"table.csv"``.
    examples : array-like, shape (n, ...)
        Numbers in their stored type. Images are (n, H, W) or (n, H, W, C), tables
        (n, features). Indexed by an integer, a slice or an integer array it gives NumPy
        arrays; files larger than memory are read only where they are indexed.
    labels : ndarray, shape (n,), or None
    feature_names : tuple of str or None
        One a column, for tables.
    image_shape : (H, W, C) or None
        Set when an example is an image, whether stored flat or not.
    test : Source or None
        The split that the source itself sets aside for testing.
    validation : Source or None
        The split that the source itself sets aside to decide when to stop.
    notes : tuple of str
        What was found when it was read and may surprise, a sentence each.
    """

    name: str
    examples: Examples
    labels: np.ndarray | None = None
    feature_names: tuple[str, ...] | None = None
    image_shape: ImageShape | None = None
    test: "Source | None" = None
    validation: "Source | None" = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.examples)

    def __repr__(self) -> str:
        shape = "x".join(map(str, self.examples.shape[1:]))
        labelled = "" if self.labels is None else ", labelled"
        test = "" if self.test is None else f", {len(self.test)} for testing"
        return f"<Source {self.name}: {len(self)} of {shape} {self.examples.dtype}{labelled}{test}>"


def take(X: Any, rows: np.ndarray | slice) -> Any:
    """Return chosen rows of an array, a data frame or an Arrow table.

    Examples
    --------
    >>> take(np.array([[1], [2], [3]]), np.array([0, 2])).tolist()
    [[1], [3]]
    """
    from isthmus.tables.frames import make_of

    if hasattr(X, "iloc"):
        return X.iloc[rows]
    by_number = make_of(X) == "pyarrow" and not isinstance(rows, slice)
    return X.take(rows) if by_number else X[rows]


class Rows:
    """Chosen rows of examples, read only where they are indexed.

    Parameters
    ----------
    examples
        Array-like (m, ...).
    index : (n,)
        Which rows.
    """

    def __init__(self, examples: Examples, index: np.ndarray) -> None:
        self.examples, self.index = examples, index
        self.shape, self.dtype = (len(index), *examples.shape[1:]), examples.dtype

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, rows: Index) -> np.ndarray:
        return self.examples[self.index[rows]]


class Columns:
    """Chosen columns of examples, read only where they are indexed.

    Parameters
    ----------
    examples
        Array-like (n, m).
    columns
        Which columns, in order.

    Examples
    --------
    >>> Columns(np.arange(6).reshape(2, 3), [2, 0])[:]
    array([[2, 0],
           [5, 3]])
    """

    def __init__(self, examples: Examples, columns: Sequence[int]) -> None:
        self._examples, self._columns = examples, list(columns)
        self.shape, self.dtype = (len(examples), len(self._columns)), examples.dtype

    def __len__(self) -> int:
        return len(self._examples)

    def __getitem__(self, rows: Index) -> np.ndarray:
        return self._examples[rows][..., self._columns]


class Computed:
    """Examples that a function gives for an index, and that are kept nowhere.

    Parameters
    ----------
    rows
        From a slice or an array of integers to examples (b, ...).
    shape, dtype
        Of all of them.

    Examples
    --------
    >>> whole = np.arange(6.0).reshape(3, 2)
    >>> halves = Computed(lambda rows: whole[rows] / 2, whole.shape, np.float64)
    >>> halves[1:], np.mean(halves)
    (array([[1. , 1.5],
           [2. , 2.5]]), np.float64(1.25))
    """

    def __init__(
        self,
        rows: Callable[[Index], np.ndarray],
        shape: tuple[int, ...],
        dtype: DTypeLike = np.float32,
    ) -> None:
        self._rows, self.shape, self.dtype = rows, tuple(shape), np.dtype(dtype)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: Index) -> np.ndarray:
        return self._rows(rows)

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> np.ndarray:
        """Return all of them, in memory."""
        return np.asarray(self[:], dtype)


def blocks(examples: Examples, *, values: int = 1 << 22) -> Iterator[tuple[int, np.ndarray]]:
    """Walk through examples in blocks of about `values` numbers, so that none fills the memory.

    Yields
    ------
    start : int
        Index of the block's first example.
    block : ndarray, shape (b, ...)
    """
    step = max(1, values // max(1, math.prod(examples.shape[1:])))
    for start in range(0, len(examples), step):
        yield start, np.asarray(examples[start : start + step])
