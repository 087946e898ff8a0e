"""Errors of a reconstruction, per value and per column, and the variance it explains."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

ROWS = 1024


def blocks(n: int, rows: int = ROWS) -> Iterator[slice]:
    """Cut ``n`` rows into slices of at most ``rows``, so that no large copy is ever made.

    Examples
    --------
    >>> list(blocks(5, rows=2))
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    for start in range(0, n, rows):
        yield slice(start, min(start + rows, n))


@dataclass(frozen=True)
class ReconstructionErrors:
    """Errors of the reconstructions of n examples; nats are per example.

    Attributes
    ----------
    mse, mse_input : float
        Squared error per value, in the scaled space and in the data's own units. Missing values
        are left out.
    nats, floor_nats : float
        Negative log likelihood at the code, and its lower bound for this data.
    column_mse, column_mse_input : ndarray of shape (D,)
        Squared error per column.
    kl, elbo : float or None
        Divergence of the posterior and evidence lower bound of one draw, for a stochastic code.
    kl_per_dimension : ndarray of shape (d,) or None
        The divergence of each dimension, where the code gives it.
    outside : int
        Examples outside the support of the likelihood, which the nats leave out.
    """

    mse: float
    mse_input: float
    nats: float
    floor_nats: float
    column_mse: np.ndarray
    column_mse_input: np.ndarray
    kl: float | None = None
    elbo: float | None = None
    kl_per_dimension: np.ndarray | None = None
    outside: int = 0


class ErrorSums:
    """Sums of the errors of examples that come in blocks.

    Examples
    --------
    >>> sums = ErrorSums()
    >>> rows = {"squares": np.eye(2), "squares_input": np.eye(2), "nats": np.ones(2)}
    >>> sums.add(rows | {"floor_nats": np.zeros(2)}).tolist()
    [0.5, 0.5]
    >>> sums.errors().mse
    0.5
    """

    def __init__(self) -> None:
        self._sums: dict[str, np.ndarray] = {}
        self._n = 0

    def add(self, rows: Mapping[str, np.ndarray]) -> np.ndarray:
        """Take in the next examples, as ``Autoencoder.assess`` gives them.

        Returns
        -------
        ndarray of shape (b,)
            Mean squared error of each example, scaled space.
        """
        squares, kept = rows["squares"], within_support(rows)
        for name in _SUMMED & kept.keys():
            self._sums[name] = self._sums.get(name, 0.0) + kept[name].sum(axis=0, dtype=np.float64)
        self._n += len(squares)
        counts = rows["observed"].sum(axis=1) if "observed" in rows else squares.shape[1]
        return squares.sum(axis=1, dtype=np.float64) / np.maximum(counts, 1)

    def errors(self) -> ReconstructionErrors:
        """Return the means of all examples so far."""
        sums = self._sums
        observed = sums.get("observed", np.full(len(sums["squares"]), float(self._n)))
        with np.errstate(invalid="ignore"):  # NaN where no example lies within the support
            means = {
                name: float(sums[name] / (sums["inside"] if name in NATS else self._n))
                for name in _SCALARS & sums.keys()
            }
        drawn, kl = means.pop("drawn_nats", None), means.get("kl")
        return ReconstructionErrors(
            mse=float(sums["squares"].sum() / observed.sum()),
            mse_input=float(sums["squares_input"].sum() / observed.sum()),
            column_mse=sums["squares"] / np.maximum(observed, 1),
            column_mse_input=sums["squares_input"] / np.maximum(observed, 1),
            elbo=None if drawn is None or kl is None else -(drawn + kl),
            kl_per_dimension=sums["kl_dimensions"] / self._n if "kl_dimensions" in sums else None,
            outside=self._n - int(sums["inside"]),
            **means,
        )


NATS = ("nats", "floor_nats", "drawn_nats")
"""What is not finite for examples outside the support of the likelihood."""

_SCALARS = {*NATS, "kl"}
_SUMMED = _SCALARS | {"squares", "squares_input", "observed", "kl_dimensions", "inside"}


def within_support(rows: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return rows of ``Autoencoder.assess`` whose nats are zero outside the support.

    ``inside`` (b,) is 1 for the other examples: their mean is the sum over the sum of these.

    Examples
    --------
    >>> within_support({"nats": np.array([2.0, np.inf])})
    {'nats': array([2., 0.]), 'inside': array([ True, False])}
    """
    inside = np.isfinite(rows["nats"])
    kept = {name: np.where(inside, rows[name], 0.0) for name in NATS if name in rows}
    return {**rows, **kept, "inside": inside}


def column_mse(X: np.ndarray, X_hat: np.ndarray) -> np.ndarray:
    """Mean squared error of each column, summed up in float64.

    Parameters
    ----------
    X, X_hat : ndarray of shape (n, D) or (n, ...)
        Originals and reconstructions, in the same unit; further axes are flattened.

    Returns
    -------
    ndarray of shape (D,)
        Squared unit of ``X``.

    Examples
    --------
    >>> column_mse(np.zeros((2, 2)), np.array([[1.0, 0.0], [3.0, 0.0]])).tolist()
    [5.0, 0.0]
    """
    n = len(X)
    total = np.zeros(int(np.prod(np.shape(X)[1:])))
    for rows in blocks(n):
        left = np.asarray(X[rows], np.float64).reshape(rows.stop - rows.start, -1)
        right = np.asarray(X_hat[rows], np.float64).reshape(left.shape)
        total += np.square(left - right).sum(axis=0)
    return total / n


def mse(X: np.ndarray, X_hat: np.ndarray) -> float:
    """Mean squared error per value.

    Parameters
    ----------
    X, X_hat : ndarray of shape (n, D) or (n, ...)
        Originals and reconstructions, in the same unit.

    Returns
    -------
    float
        Squared unit of ``X``.

    Examples
    --------
    >>> mse(np.zeros((2, 2)), np.ones((2, 2)))
    1.0
    """
    return float(column_mse(X, X_hat).mean())


def explained_variance(error: float, variance: float) -> float:
    """Share of the variance that a reconstruction explains, ``1 - MSE / variance``.

    Parameters
    ----------
    error : float
        Mean squared error per value.
    variance : float
        Mean squared distance per value from the mean of the *training* set, so that
        a reconstruction by that mean explains exactly nothing.

    Returns
    -------
    float
        At most 1; negative when the reconstruction is worse than the mean; NaN when there
        is no variance to explain.

    Examples
    --------
    >>> explained_variance(0.25, 1.0)
    0.75
    """
    return 1.0 - error / variance if variance > 0 else float("nan")
