"""PCA as the baseline: what a linear code of the same size achieves on the same data."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from isthmus.errors import SettingError
from isthmus.evaluation.reconstruction import blocks

EXACT_LIMIT = 4096
"""Most features (or examples) of which eigenvectors are computed exactly."""

KEPT_VALUES = 2**28
"""Most values that randomised PCA keeps in memory: 1 GB in single precision."""


class Rows(Protocol):
    """Rows (n, D) of numbers: an array, or what reads them when asked."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Examples and features."""
        ...

    def __len__(self) -> int: ...
    def __getitem__(self, rows: slice | np.ndarray, /) -> np.ndarray: ...


@dataclass(frozen=True)
class PCABaseline:
    """A fitted PCA; one fit serves every code size up to the number of components.

    Attributes
    ----------
    mean : ndarray of shape (D,)
        Mean of the training set.
    components : ndarray of shape (K, D)
        Orthonormal rows, the most variance first.
    variances : ndarray of shape (K,)
        Variance along each component (divided by n, not n - 1).
    """

    mean: np.ndarray
    components: np.ndarray
    variances: np.ndarray

    def transform(self, X: np.ndarray, k: int) -> np.ndarray:
        """Project ``X`` (n, D) on the first ``k`` components: float32 codes (n, k)."""
        W = self._leading(k)
        codes = np.empty((len(X), k), np.float32)
        for rows in blocks(len(X)):
            codes[rows] = self._centre(X[rows]) @ W.T
        return codes

    def reconstruct(self, X: np.ndarray, k: int) -> np.ndarray:
        """Project ``X`` (n, D) on ``k`` components and back: float32 (n, D).

        With ``k=0`` every row becomes the training mean.
        """
        W = self._leading(k)
        X_hat = np.empty((len(X), len(self.mean)), np.float32)
        for rows in blocks(len(X)):
            X_hat[rows] = (self._centre(X[rows]) @ W.T) @ W + self.mean
        return X_hat

    def column_mse(self, X: np.ndarray, k: int) -> np.ndarray:
        """Mean squared error (D,) of each column at ``k`` components."""
        W = self._leading(k)
        total = np.zeros(len(self.mean))
        for rows in blocks(len(X)):
            centred = self._centre(X[rows])
            residual = centred - (centred @ W.T) @ W
            total += np.square(residual, dtype=np.float64).sum(axis=0)
        return total / len(X)

    def mse(self, X: np.ndarray, k: int) -> float:
        """Mean squared error per value at ``k`` components; ``k=0`` gives the variance."""
        return float(self.column_mse(X, k).mean())

    def _centre(self, X: np.ndarray) -> np.ndarray:
        return np.asarray(X, np.float32) - self.mean.astype(np.float32)

    def _leading(self, k: int) -> np.ndarray:
        if not 0 <= k <= len(self.components):
            raise SettingError(
                f"PCA was asked for {k} components, but {len(self.components)} were fitted; "
                f"ask for 0 to {len(self.components)}, or fit it with a larger k_max."
            )
        return self.components[:k].astype(np.float32)


def fit_pca(X: Rows, k_max: int | None = None) -> PCABaseline:
    """Fit PCA (centred, not standardised) to the rows of ``X``, which are read twice.

    Exact up to 4096 features (eigenvectors of the covariance) and, with fewer examples than
    features, up to 4096 examples (eigenvectors of the Gram matrix); mean and covariance are
    accumulated in float64, block by block. Above both, scikit-learn's randomised PCA with a
    fixed seed, which is close but not exact, of at most 2**28 values of evenly spaced examples.

    Parameters
    ----------
    X : ndarray of shape (n, D)
        Training set, in the scaled space that the model sees; or anything with a length and
        a shape that gives such rows for a slice, so that they need not all be in memory.
    k_max : int, optional
        The most components that will be asked for; all of them (64 for the randomised
        method) when not given. Never more than ``min(n, D)``.

    Returns
    -------
    PCABaseline

    Examples
    --------
    >>> X = np.array([[0.0, 0.0], [1.0, 2.0], [2.0, 4.0]], np.float32)
    >>> pca = fit_pca(X)
    >>> round(pca.mse(X, 1), 6), round(pca.mse(X, 0), 6)
    (0.0, 1.666667)
    """
    n, features = X.shape
    mean = np.sum([X[rows].sum(axis=0, dtype=np.float64) for rows in blocks(n)], axis=0) / n
    moments = PCAMoments(n, features, mean)
    for rows in blocks(n):
        moments.add(X[rows])
    return moments.fit(k_max)


class PCAMoments:
    """What PCA is fitted from, gathered in one pass over rows that come in blocks.

    Parameters
    ----------
    n, features : int
        How many rows of how many columns will come.
    mean : ndarray of shape (D,), optional
        Mean of all the rows, where an earlier pass has found it. Without it, rows are centred by
        the mean of the first block, and the difference is corrected at the end.

    Examples
    --------
    >>> X = np.array([[0.0, 0.0], [1.0, 2.0], [2.0, 4.0]], np.float32)
    >>> moments = PCAMoments(3, 2)
    >>> moments.add(X[:1])
    >>> moments.add(X[1:])
    >>> round(moments.fit(1).mse(X, 1), 6)
    0.0
    """

    def __init__(self, n: int, features: int, mean: np.ndarray | None = None) -> None:
        self._n, self._features, self._known_mean = n, features, mean
        self._centre = mean
        self._sum = np.zeros(features)
        self._by_covariance = features <= min(EXACT_LIMIT, n)
        self._squares = np.zeros((features, features) if self._by_covariance else 0)
        self._kept: list[np.ndarray] = []
        self._step = 1 if n <= EXACT_LIMIT else max(1, -(-n * features // KEPT_VALUES))
        self._seen = 0

    def add(self, X: np.ndarray) -> None:
        """Take in the next rows (b, D)."""
        if self._centre is None:
            self._centre = X.mean(axis=0, dtype=np.float64)
        if self._by_covariance:
            for rows in blocks(len(X)):
                centred = X[rows].astype(np.float64) - self._centre
                self._sum += centred.sum(axis=0)
                self._squares += centred.T @ centred
        else:
            for rows in blocks(len(X)):
                self._sum += (X[rows].astype(np.float64) - self._centre).sum(axis=0)
            spread = X[-self._seen % self._step :: self._step]
            self._kept.append(spread if self._step == 1 else spread.copy())
        self._seen += len(X)

    @property
    def mean(self) -> np.ndarray:
        """Mean (D,) of the rows so far."""
        if self._known_mean is not None:
            return self._known_mean
        return (0.0 if self._centre is None else self._centre) + self._sum / self._seen

    def fit(self, k_max: int | None = None) -> PCABaseline:
        """Return PCA with at most ``k_max`` components; see `fit_pca`."""
        most, mean = min(self._n, self._features), self.mean
        k = most if k_max is None else min(k_max, most)
        if self._by_covariance:
            covariance = self._squares / self._seen
            if self._known_mean is None:
                covariance -= np.outer(self._sum, self._sum) / self._seen**2
            variances, components = _leading_eigenpairs(covariance, k)
        elif self._n <= EXACT_LIMIT:
            variances, components = _from_gram(np.concatenate(self._kept), mean, k)
        else:
            k = k if k_max is not None else min(64, most)
            variances, components = _randomised(np.concatenate(self._kept), mean, k)
        return PCABaseline(mean, _fix_signs(components), np.maximum(variances, 0.0))


def _leading_eigenpairs(S: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the ``k`` largest eigenvalues of S, falling, and their eigenvectors as rows."""
    from scipy.linalg import eigh

    size = len(S)
    values, vectors = eigh(S, subset_by_index=(size - k, size - 1), overwrite_a=True)
    return values[::-1], vectors[:, ::-1].T


def _from_gram(X: np.ndarray, mean: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    centred = X.astype(np.float64) - mean
    variances, vectors = _leading_eigenpairs(centred @ centred.T / len(X), k)
    # Centring takes one direction from the n examples; qr completes it, orthonormal.
    components = np.linalg.qr((vectors @ centred).T)[0].T
    return variances, components


def _randomised(X: np.ndarray, mean: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.utils.extmath import randomized_svd

    centred = X - mean.astype(np.float32)
    _, singular, components = randomized_svd(centred, k, random_state=0)
    return singular.astype(np.float64) ** 2 / len(X), components


def _fix_signs(components: np.ndarray) -> np.ndarray:
    """Make each component's largest loading positive, so that a refit gives the same picture."""
    largest = np.abs(components).argmax(axis=1)
    signs = np.sign(components[np.arange(len(components)), largest])
    return components * np.where(signs == 0, 1.0, signs)[:, None]
