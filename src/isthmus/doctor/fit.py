"""What the checks after a fit look at: numbers and arrays that were computed from a model."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from isthmus.plainjson import Facts


@dataclass(frozen=True, eq=False)
class Errors:
    """Mean squared errors of the examples of one part, scaled space.

    Parameters
    ----------
    own : (n,)
        Of the model.
    pca : (n,)
        Of PCA with a code of the same size, fitted to the training part.
    mean : (n,)
        Of the training part's mean.
    """

    own: np.ndarray
    pca: np.ndarray
    mean: np.ndarray

    @property
    def ratio(self) -> float:
        """Error of the model over that of the mean."""
        return float(self.own.mean()) / max(float(self.mean.mean()), 1e-30)


@dataclass(frozen=True)
class Head:
    """How well labels or quantities are predicted from the code.

    Parameters
    ----------
    kind
        ``"accuracy"`` or ``"r2"``.
    score, chance, linear
        Of the model; of one value for all; of a linear model on the scaled columns.
    difference, error
        Score less that of the linear model, paired by example, and its standard error.
    """

    kind: str
    score: float
    chance: float
    linear: float
    difference: float
    error: float


@dataclass(frozen=True, eq=False)
class Imputed:
    """Mean squared errors (n,) of entries that were hidden from examples, scaled space.

    Parameters
    ----------
    own, regression, mean
        As the model fills them in; by regression of each column on the others, in rounds; by the
        training part's mean.
    """

    own: np.ndarray
    regression: np.ndarray
    mean: np.ndarray


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model as plain numbers; what does not apply to it is None.

    Parameters
    ----------
    features, latent_dim, examples
        Columns D, size d of the code, rows of the training part that were read.
    settings
        What was set or chosen: ``learning_rate``, ``epochs``, ``batch_size``, ``beta`` (numbers),
        ``corruption``, ``penalties``, ``likelihood``, ``scaling``, ``latent``, ``activation`` of
        the code (words, None where there is none), ``automatic_penalties``.
    history
        A column of numbers for every column of the history, an entry per epoch.
    best_epoch
        The epoch whose weights were kept; 0 for the start.
    floor
        Least possible loss, nats per example.
    train, test
        Errors of some examples of either part; a part that was not given is None.
    codes : (m, d)
        Of training examples.
    stochastic
        Whether the code is drawn.
    kl : (d,)
        Divergence of each dimension, nats per example.
    drawn, prior : (m, d)
        Codes drawn from the posteriors of training examples, and from the prior.
    kept : (d + 1,)
        Mean squared error of the reconstructions from the first k principal directions of the code.
    pca_curve : (K + 1,)
        Mean squared error of PCA with k components.
    corrupted : (m,)
        Squared errors of the reconstructions of corrupted examples.
    noise : (m,)
        Squared errors of the corrupted examples themselves.
    outputs, samples : (m, D)
        Reconstructions and samples, in the data's own units.
    low, high
        Least and greatest value of the training examples (D,), or of all where one range is shared.
    distances
        Of reconstructions and of samples, of each to the nearest training example.
    symbols
        How many values of how many the code uses, and of how many were drawn.
    head
        What is predicted from the code.
    pca_corrupted : (m,)
        Squared errors of PCA's reconstructions of corrupted examples.
    bound, linear_bound : (m,)
        Lower bound of the log likelihood of the measured examples, and their log likelihood under
        probabilistic PCA of the same size, nats, where both are densities of the scaled examples.
    imputed
        Errors of entries that were hidden, where the fit had missing ones.
    samples_apart
        Share of samples and reconstructions whose nearest neighbour is of their own kind.
    """

    features: int
    latent_dim: int
    examples: int
    settings: Facts
    history: Mapping[str, np.ndarray]
    best_epoch: int
    floor: float
    train: Errors
    test: Errors | None = None
    codes: np.ndarray = field(default_factory=lambda: np.zeros((0, 1)))
    stochastic: bool = False
    kl: np.ndarray | None = None
    drawn: np.ndarray | None = None
    prior: np.ndarray | None = None
    kept: np.ndarray | None = None
    pca_curve: np.ndarray | None = None
    corrupted: np.ndarray | None = None
    noise: np.ndarray | None = None
    outputs: np.ndarray | None = None
    samples: np.ndarray | None = None
    low: np.ndarray | float | None = None
    high: np.ndarray | float | None = None
    distances: tuple[np.ndarray, np.ndarray] | None = None
    symbols: tuple[int, int, int] | None = None
    head: Head | None = None
    imputed: Imputed | None = None
    pca_corrupted: np.ndarray | None = None
    bound: np.ndarray | None = None
    linear_bound: np.ndarray | None = None
    samples_apart: float | None = None

    @property
    def penalised(self) -> bool:
        """Whether penalties were asked for, besides automatic weight decay."""
        asked = self.settings.get("penalties") is not None
        return asked and not self.settings.get("automatic_penalties", False)

    @property
    def measured(self) -> Errors:
        """Errors on the test set, or on the training set where there is none."""
        return self.train if self.test is None else self.test

    @cached_property
    def loss(self) -> np.ndarray:
        """Training loss of every epoch, nats per example."""
        return np.asarray(self.history.get("train_loss", ()), np.float64)

    @cached_property
    def validation(self) -> np.ndarray | None:
        """Validation loss of every epoch, or None."""
        column = self.history.get("validation_loss")
        if column is None or len(column) == 0 or any(one is None for one in column):
            return None
        return np.asarray(column, np.float64)


def beyond_error(difference: np.ndarray, errors: float = 2.0) -> int:
    """Return 1 or -1 where a mean is above or below zero by that number of standard errors, else 0.

    Of a single value nothing is known.

    >>> beyond_error(np.array([1.0, 1.1, 0.9])), beyond_error(np.array([1.0, -1.0]))
    (1, 0)
    """
    if len(difference) < 2:
        return 0
    mean = float(difference.mean())
    spread = float(difference.std(ddof=1)) / np.sqrt(len(difference))
    if abs(mean) <= errors * spread or mean == 0:
        return 0
    return 1 if mean > 0 else -1
