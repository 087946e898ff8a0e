"""The autoencoder with a classifier on its code, trained jointly, as a scikit-learn classifier."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import softmax
from sklearn.base import ClassifierMixin
from sklearn.utils import compute_sample_weight

from isthmus.annotations import ExamplesLike, Targets
from isthmus.checks import check_between
from isthmus.errors import SettingError
from isthmus.estimators import fitting
from isthmus.estimators.base import AbstractAutoencoder
from isthmus.estimators.registry import registered
from isthmus.estimators.rollback import rolled_back_on_failure
from isthmus.estimators.targets import TargetKind, class_numbers, labels_of
from isthmus.heads import AbstractHead, Classifier

WHY = "a classifier learns from labels"


@registered
@dataclass(eq=False, repr=False)
class AutoencoderClassifier(ClassifierMixin, AbstractAutoencoder):
    """Learn a code that reconstructs the examples and tells their classes.

    The loss is the autoencoder's, plus the cross-entropy of a logistic regression on the code.
    With ``decoder=None`` it is a plain classifier.

    Parameters
    ----------
    classification_weight : float, default=1.0
        Weight of the cross-entropy, in nats as the reconstruction error is.
    class_weight : dict, "balanced" or None, default=None
        Weights of the examples by their label, as everywhere in scikit-learn; they weigh the
        reconstruction too.
    latent_dim, encoder, hidden, ...
        As of `isthmus.Autoencoder`.

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

    _: KW_ONLY
    classification_weight: float = 1.0
    class_weight: Mapping[object, float] | str | None = None

    _arrays = (*AbstractAutoencoder._arrays, "classes_")

    @property
    def target_kind(self) -> TargetKind:
        """``"classes"``: it predicts labels."""
        return "classes"

    @rolled_back_on_failure
    def partial_fit(
        self,
        X: ExamplesLike,
        y: Targets | None = None,
        classes: ArrayLike | None = None,
        *,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
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
        sample_weight : (n,), optional
            Weights of the examples, as of `fit`.

        Returns
        -------
        self
        """
        if hasattr(self, "model_"):
            target = self._encode_targets(y)
        elif classes is None:
            target = self._learn_targets(X, y)
        else:
            y = labels_of(self, X, y, WHY)
            self.classes_ = np.unique(classes)
            target = self._encode_targets(y)
        fitting.partial_fit(self, X, target, y, sample_weight)
        return self

    def decision_function(self, X: ExamplesLike) -> np.ndarray:
        """Return logits (n, classes), or (n,) for two classes: the second's lead over the first."""
        logits = self._read_head(X)
        return logits[:, 1] - logits[:, 0] if logits.shape[1] == 2 else logits

    def predict_proba(self, X: ExamplesLike) -> np.ndarray:
        """Return the probabilities (n, classes) of the classes, in the order of ``classes_``."""
        return softmax(self._read_head(X), axis=1)

    def predict(self, X: ExamplesLike) -> np.ndarray:
        """Return the likeliest class (n,) of each example."""
        logits = self._read_head(X)
        return self.classes_[logits.argmax(axis=1)]

    def _learn_targets(self, X: ExamplesLike, y: Targets | None) -> np.ndarray:
        y = labels_of(self, X, y, WHY)
        self.classes_ = np.unique(y)
        return class_numbers(self.classes_, y)

    def _encode_targets(self, y: Targets | None) -> np.ndarray:
        return class_numbers(self.classes_, y)

    def _weigh(self, y: Targets | None, sample_weight: ArrayLike | None) -> ArrayLike | None:
        if self.class_weight is None:
            return sample_weight
        try:
            of_classes = compute_sample_weight(self.class_weight, y)
        except ValueError as error:
            raise SettingError(f"class_weight does not fit the labels: {error}") from None
        return of_classes if sample_weight is None else of_classes * np.asarray(sample_weight)

    def _heads(self, rng: np.random.Generator) -> tuple[AbstractHead, ...]:
        weight = self.classification_weight
        check_between("The estimator", "classification_weight", weight, 0, 1e9)
        return (Classifier.create(rng, self.latent_dim, len(self.classes_), weight),)
