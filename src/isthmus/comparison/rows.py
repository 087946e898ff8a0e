"""Examples of a test set, known again in every run by their contents."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from isthmus.annotations import ExamplesLike, Targets
from isthmus.data.source import take
from isthmus.evaluation.reconstruction import blocks
from isthmus.fitted import FittedAutoencoder

ROWS = 2_000
"""Most examples of a test set that runs are compared on one by one."""


@dataclass(frozen=True, eq=False)
class AssessedRows:
    """What a model makes of examples, one row per example.

    Attributes
    ----------
    keys : ndarray of shape (m,)
        Digests of the examples, rising and distinct: equal for equal examples.
    mse, mse_input : ndarray of shape (m,)
        Mean squared error of each example, in the scaled space and in the data's own units.
    codes : ndarray of shape (m, d)
    labels : ndarray of shape (m,) or None
    examples : ndarray of shape (m, ...) or data frame
    """

    keys: np.ndarray
    mse: np.ndarray
    mse_input: np.ndarray
    codes: np.ndarray
    labels: np.ndarray | None
    examples: ExamplesLike

    def __len__(self) -> int:
        return len(self.keys)

    def at(self, keys: np.ndarray) -> "AssessedRows":
        """Return the rows of the given keys, which must be there."""
        chosen = np.searchsorted(self.keys, keys)
        return AssessedRows(
            self.keys[chosen],
            self.mse[chosen],
            self.mse_input[chosen],
            self.codes[chosen],
            None if self.labels is None else self.labels[chosen],
            _rows(self.examples, chosen),
        )


def assess_rows(
    estimator: FittedAutoencoder, X: ExamplesLike, y: Targets | None, most: int = ROWS
) -> AssessedRows:
    """Encode and decode examples of a test set.

    Of more than ``most`` examples those with the smallest digests are taken, so that runs whose
    test sets overlap take the same ones. Equal examples count once.

    Parameters
    ----------
    estimator
        A fitted autoencoder.
    X : (n, ...)
        Examples in their own units.
    y : (n,) or None
        Their labels.
    """
    keys, first = np.unique(digests(X), return_index=True)
    keys, chosen = keys[:most], first[:most]
    examples = _rows(X, chosen)
    labels = None if y is None else np.asarray(y)[chosen]
    found = estimator.assess(examples, estimator.labels_from(labels))
    values = found["squares"].shape[1]
    counts = found["observed"].sum(axis=1) if "observed" in found else values
    mse, mse_input = (
        found[name].sum(axis=1, dtype=np.float64) / np.maximum(counts, 1)
        for name in ("squares", "squares_input")
    )
    return AssessedRows(keys, mse, mse_input, found["code"], labels, examples)


def digests(X: ExamplesLike) -> np.ndarray:
    """Return 64 bits of every example (n, ...) that are equal for equal examples.

    Examples
    --------
    >>> first, second, third = digests(np.array([[1.0, 2.0], [1.0, 3.0], [1.0, 2.0]]))
    >>> bool(first == third), bool(first == second)
    (True, False)
    """
    made = [np.empty(0, np.uint64)]
    for rows in blocks(len(X)):
        each = map(_digest, _contents(take(X, rows)))
        made.append(np.frombuffer(b"".join(each), np.uint64))
    return np.concatenate(made)


def _contents(block: Any) -> Iterator[bytes]:
    """Yield the bytes of every example of a block: its values in order, whatever their type."""
    if hasattr(block, "iloc"):  # a data frame of pandas
        yield from (repr(row).encode() for row in block.to_numpy().tolist())
    elif hasattr(block, "to_pylist"):  # a table of pyarrow
        columns = (column.to_pylist() for column in block.columns)
        yield from (repr(row).encode() for row in zip(*columns, strict=True))
    else:
        # A signed zero is a zero, and an integer's type does not matter.
        numbers = np.asarray(block, np.float64).reshape(len(block), -1) + 0.0
        yield from (row.tobytes() for row in numbers)


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=8).digest()


def _rows(X: Any, chosen: np.ndarray) -> ExamplesLike:
    """Return chosen examples of an array, of a data frame, or of a table of pyarrow."""
    return X.take(chosen) if hasattr(X, "to_pylist") else take(X, chosen)
