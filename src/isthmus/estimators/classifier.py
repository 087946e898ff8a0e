"""The autoencoder with a classifier on its code, trained jointly, as a scikit-learn classifier."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from scipy.special import softmax
from sklearn.base import ClassifierMixin
from sklearn.preprocessing import LabelEncoder
from sklearn.utils.validation import column_or_1d

from isthmus.engine import Callback, Checkpoint, HearsProgress
from isthmus.estimators import fitting
from isthmus.estimators.abstract import AbstractAutoencoder
from isthmus.estimators.supervised import fit_with_targets, labels_of, read_head
from isthmus.estimators.undone import undone_by_failure
from isthmus.heads import AbstractHead, Classifier
from isthmus.typing import check_between


class AutoencoderClassifier(ClassifierMixin, AbstractAutoencoder):
    """Learn a code that reconstructs the examples and tells their classes.

    The loss is the autoencoder's, plus the cross-entropy of a logistic regression on the code.
    With ``decoder=None`` it is a plain classifier.

    Parameters
    ----------
    latent_dim : int, default=2
        Size d of the code, >= 1.
    classification_weight : float, default=1.0
        Weight of the cross-entropy, nats, beside the reconstruction's nats.
    encoder, hidden, activation, decoder, latent, likelihood, corruption, bound, penalties
        The slots, as of `isthmus.Autoencoder`.
    scaling, start, image_shape
        What is done to the data, and where training starts, as there.
    optimizer, learning_rate, schedule, epochs, batch_size, patience, validation_fraction
        Training, as there.
    gradient_clip, memory_limit, devices, callbacks, random_state, verbose
        Further settings, as there.

    Attributes
    ----------
    classes_ : ndarray
        The labels, sorted.

    Further attributes are as of `isthmus.Autoencoder`.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> X, y = load_digits(return_X_y=True)
    >>> classifier = AutoencoderClassifier(8, hidden=(32,), epochs=2, random_state=0).fit(X, y)
    >>> classifier.predict(X).shape, classifier.predict_proba(X).shape
    ((1797,), (1797, 10))
    """

    classes_: np.ndarray

    def __init__(
        self,
        latent_dim: int = 2,
        *,
        classification_weight: float = 1.0,
        encoder: Any = "dense",
        hidden: Any = "auto",
        activation: str = "gelu",
        decoder: Any = "mirror",
        latent: Any = "deterministic",
        likelihood: Any = "auto",
        corruption: Any = None,
        bound: Any = "elbo",
        penalties: Any = "auto",
        scaling: str = "auto",
        start: str = "auto",
        image_shape: tuple[int, ...] | None = None,
        optimizer: Any = "adam",
        learning_rate: float | str = "auto",
        schedule: Any = "warmup_cosine",
        epochs: int | str = "auto",
        batch_size: int | str = "auto",
        patience: int | str = "auto",
        validation_fraction: float = 0.1,
        gradient_clip: float | None = None,
        memory_limit: float = 2e9,
        devices: int | str | None = None,
        callbacks: Sequence[Callback | HearsProgress] = (),
        random_state: Any = None,
        verbose: int = 0,
    ):
        self.latent_dim = latent_dim
        self.classification_weight = classification_weight
        self.encoder = encoder
        self.hidden = hidden
        self.activation = activation
        self.decoder = decoder
        self.latent = latent
        self.likelihood = likelihood
        self.corruption = corruption
        self.bound = bound
        self.penalties = penalties
        self.scaling = scaling
        self.start = start
        self.image_shape = image_shape
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.epochs = epochs
        self.batch_size = batch_size
        self.patience = patience
        self.validation_fraction = validation_fraction
        self.gradient_clip = gradient_clip
        self.memory_limit = memory_limit
        self.devices = devices
        self.callbacks = callbacks
        self.random_state = random_state
        self.verbose = verbose

    @undone_by_failure
    def fit(
        self,
        X: Any,
        y: Any,
        *,
        validation_data: Any = None,
        checkpoint: Checkpoint | None = None,
    ) -> Self:
        """Fit the autoencoder and the classifier.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples, n >= 2.
        y : (n,)
            Labels: numbers or strings.
        validation_data : pair of (X, y), optional
            The held-out part, instead of a share of the examples.
        checkpoint : isthmus.engine.Checkpoint, optional
            Where to keep training's state, and whether to go on from it.

        Returns
        -------
        self
        """
        target = self._encoded(X, y, classes=None)
        fit_with_targets(self, X, target, validation_data, self._numbers, checkpoint)
        return self

    @undone_by_failure
    def partial_fit(self, X: Any, y: Any, classes: Any = None) -> Self:
        """Take one pass over ``X`` from where the weights stand, at a constant learning rate.

        The optimiser goes on too, but for a model that was loaded: its file has weights alone.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples.
        y : (n,)
            Labels.
        classes : array, optional
            All labels that will ever come; wanted at the first call only.

        Returns
        -------
        self
        """
        first = not hasattr(self, "model_")
        target = self._encoded(X, y, classes) if first else self._numbers(y)
        fitting.partial_fit(self, X, target)
        return self

    def decision_function(self, X: Any) -> np.ndarray:
        """Return logits (n, classes), or (n,) for two classes: the second's lead over the first."""
        logits = read_head(self, X)
        return logits[:, 1] - logits[:, 0] if logits.shape[1] == 2 else logits

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probabilities (n, classes) of the classes, in the order of ``classes_``."""
        return softmax(read_head(self, X), axis=1)

    def predict(self, X: Any) -> np.ndarray:
        """Return the likeliest class (n,) of each example."""
        logits = read_head(self, X)
        return self.classes_[logits.argmax(axis=1)]

    def _heads(self, rng: np.random.Generator) -> tuple[AbstractHead, ...]:
        check_between("The estimator", "classification_weight", self.classification_weight, 0, 1e9)
        return (
            Classifier.create(rng, self.latent_dim, len(self.classes_), self.classification_weight),
        )

    def _encoded(self, X: Any, y: Any, classes: Any) -> np.ndarray:
        """Learn the classes; return the labels' numbers."""
        y = labels_of(self, X, y, "a classifier learns from labels")
        self.classes_ = np.unique(y if classes is None else classes)
        return self._numbers(y)

    def _numbers(self, y: Any) -> np.ndarray:
        labels = LabelEncoder()
        labels.classes_ = self.classes_
        return labels.transform(column_or_1d(y)).astype(np.int32)
