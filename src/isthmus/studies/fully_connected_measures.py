"""What the study of two fully connected autoencoders measures on images and codes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

import isthmus

DIGITS = range(10)
PAIRS = tuple(combinations(DIGITS, 2))


@dataclass(frozen=True, eq=False)
class Images:
    """MNIST's two parts: images (n, 28, 28) of 8 bits, and their digits (n,)."""

    train: np.ndarray
    train_digits: np.ndarray
    test: np.ndarray
    test_digits: np.ndarray

    @property
    def examples(self) -> np.ndarray:
        """The index of the first test image of each digit."""
        return np.array([np.flatnonzero(self.test_digits == digit)[0] for digit in DIGITS])


@dataclass(frozen=True, eq=False)
class System:
    """What came out of an autoencoder, or of PCA.

    Parameters
    ----------
    name, size
        What it is called, and the size d of its code.
    train_codes, test_codes : (n, d)
        Codes of the images.
    rebuilt : (n, 28, 28)
        Reconstructions of the test images; the pixels of the originals are in [0, 1].
    """

    name: str
    size: int
    train_codes: np.ndarray
    test_codes: np.ndarray
    rebuilt: np.ndarray

    @property
    def setting(self) -> str:
        """The code's size, as the records have it."""
        return f"d={self.size}"

    @property
    def title(self) -> str:
        """The name with the code's size."""
        return f"{self.name}, {self.setting}"


def first_live_seed(codes_of: Callable[[int], np.ndarray], seeds: Sequence[int]) -> int:
    """Return the first seed whose codes have no dead unit, or the last where all have one."""
    alive = (s for s in seeds if not isthmus.evaluation.diagnose(codes_of(s))["dead"])
    return next(alive, seeds[-1])


def flat(images: np.ndarray) -> np.ndarray:
    """Return images of 8 bits as rows in [0, 1].

    Examples
    --------
    >>> flat(np.full((1, 2, 2), 255, np.uint8)).tolist()
    [[1.0, 1.0, 1.0, 1.0]]
    """
    return images.reshape(len(images), -1).astype(np.float32) / 255


def by_digit(values: np.ndarray, digits: np.ndarray) -> np.ndarray:
    """Average over the images of each digit.

    Examples
    --------
    >>> by_digit(np.arange(20.0), np.repeat(np.arange(10), 2))[:3].tolist()
    [0.5, 2.5, 4.5]
    """
    return np.array([values[digits == digit].mean(axis=0) for digit in DIGITS])


def errors(system: System, images: Images) -> np.ndarray:
    """Return the squared error a pixel of each test image."""
    return ((flat(images.test) - system.rebuilt.reshape(len(images.test), -1)) ** 2).mean(axis=1)


def still_read(
    system: System, images: Images, reader: "isthmus.AutoencoderClassifier"
) -> np.ndarray:
    """Tell of each test image whether its reconstruction is read as its digit."""
    return reader.predict(255 * system.rebuilt) == images.test_digits


def shares_of(shares: Mapping[str, np.ndarray], digit: int) -> str:
    """Write a digit's share in every system.

    Examples
    --------
    >>> shares_of({"a": np.full(10, 0.9), "b": np.full(10, 0.5)}, 3)
    '90% (a) and 50% (b)'
    """
    return " and ".join(f"{share[digit]:.0%} ({name})" for name, share in shares.items())


def boundary_accuracy(system: System, images: Images, pair: tuple[int, int]) -> float:
    """Return how many test codes of two digits lie on their side of a straight boundary."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    train, test = (np.isin(d, pair) for d in (images.train_digits, images.test_digits))
    boundary = make_pipeline(StandardScaler(), LogisticRegression())
    boundary.fit(system.train_codes[train], images.train_digits[train])
    return float(boundary.score(system.test_codes[test], images.test_digits[test]))


def closest(points: np.ndarray) -> list[tuple[int, int]]:
    """Return all pairs of digits by the distance of their points (10, k), closest first."""
    from scipy.spatial.distance import pdist

    return [PAIRS[place] for place in np.argsort(pdist(points), kind="stable")]


def mantel(
    left: np.ndarray, right: np.ndarray, *, shuffles: int = 9999, seed: int = 0
) -> tuple[float, float]:
    """Return the rank correlation of two sets of distances, and how often chance gives as much.

    Parameters
    ----------
    left, right : (n, k), (n, l)
        A row a digit on both sides; the Euclidean distances of the pairs of rows are compared.
    shuffles, seed
        How many random orders of the right side's rows stand for chance, and their seed.

    Returns
    -------
    rho, p
        Spearman's correlation over pairs, and the share of orders, the given one included, that
        reach it.
    """
    from scipy.spatial.distance import pdist, squareform
    from scipy.stats import rankdata

    upper = np.triu_indices(len(left), 1)
    ranks, table = rankdata(pdist(left)), squareform(rankdata(pdist(right)))

    def correlation(order: np.ndarray) -> float:
        return float(np.corrcoef(ranks, table[np.ix_(order, order)][upper])[0, 1])

    rng = np.random.default_rng(seed)
    rho = correlation(np.arange(len(left)))
    reached = sum(correlation(rng.permutation(len(left))) >= rho - 1e-12 for _ in range(shuffles))
    return rho, (1 + reached) / (1 + shuffles)
