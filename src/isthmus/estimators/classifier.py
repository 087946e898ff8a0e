"""The autoencoder with a classifier on its code, trained jointly, as a scikit-learn classifier."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import softmax
from sklearn.base import ClassifierMixin
from sklearn.utils import check_random_state, compute_sample_weight

from isthmus.annotations import Examples, ExamplesLike, RandomState, Targets
from isthmus.checks import check_whole
from isthmus.data.source import Rows
from isthmus.errors import SettingError
from isthmus.estimators import fitting, inference
from isthmus.estimators.base import AbstractAutoencoder
from isthmus.estimators.propagating import is_worth_trying, propagated, setting_of
from isthmus.estimators.registry import registered
from isthmus.estimators.rollback import rolled_back_on_failure
from isthmus.estimators.scaled import scaled_examples
from isthmus.estimators.supervising import automatic_weight, head_weight
from isthmus.estimators.targets import (
    LEAST_LABELLED,
    TargetKind,
    class_numbers,
    labelled_rows,
    partial_labels_of,
)
from isthmus.evaluation.asking import ask
from isthmus.evaluation.calibration import best_temperature
from isthmus.heads import AbstractHead, Classifier
from isthmus.model import Model
from isthmus.plainjson import Facts
from isthmus.propagation import Propagation
from isthmus.unlabelled import known_labels, plain_labels

WHY = "a classifier learns from labels"


@registered
@dataclass(eq=False, repr=False)
class AutoencoderClassifier(ClassifierMixin, AbstractAutoencoder):
    """Learn a code that reconstructs the examples and tells their classes.

    The loss is the autoencoder's, plus the cross-entropy of a logistic regression on the code.
    With ``decoder=None`` it is a plain classifier.

    Labels may be missing: None, NaN, or -1 where that is the one negative number among whole
    numbers with two others at least (of -1 and 1 both are labels; give labels as strings where -1
    is one of several). The classifier learns from the labelled examples, the rest of the loss from
    all.

    Parameters
    ----------
    classification_weight : "auto" or float, default="auto"
        Weight of the cross-entropy, in nats as the reconstruction error is. ``"auto"`` is 1, and 10
        where some examples have no label.
    class_weight : dict, "balanced" or None, default=None
        Weights of the examples by their label, as everywhere in scikit-learn; they weigh the
        reconstruction too.
    unlabelled : "auto", "ignore", "propagate" or isthmus.propagation.Propagation, default="auto"
        What the classifier learns from examples without a label. ``"ignore"``: nothing.
        ``"propagate"``: labels spread to them from their neighbours before training. ``"auto"``:
        they do where fewer than a quarter of the examples are labelled, and where labelled examples
        are predicted from the other labelled ones better than by logistic regression on principal
        axes, by more than one standard error.
    latent_dim, encoder, hidden, ...
        As of `isthmus.Autoencoder`.

    Attributes
    ----------
    classes_ : ndarray
        The labels, sorted.
    classification_weight_ : float
        The weight, chosen if it was automatic.
    propagation_ : dict or None
        Whether labels were propagated (``used``), and the accuracies of labelled examples that were
        predicted from the others, by their neighbours (``accuracy``) and by logistic regression
        (``linear_accuracy``); None where it was not tried.
    temperature_ : float
        What logits are divided by for probabilities, found on the validation set; 1 where that has
        fewer than 100 labels, or none of the fit's. Early stopping has seen that set too.

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
    classification_weight: float | str = "auto"
    class_weight: Mapping[object, float] | str | None = None
    unlabelled: str | Propagation = "auto"

    calibrated_from: ClassVar[int] = LEAST_LABELLED
    """Fewest labelled validation examples from which the temperature is found."""

    classification_weight_: ClassVar[float] = 1.0
    propagation_: ClassVar[Facts | None] = None
    temperature_: ClassVar[float] = 1.0
    _plain = (*AbstractAutoencoder._plain, "classification_weight_", "propagation_", "temperature_")
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
            known = partial_labels_of(self, X, y, WHY)[1]
            vars(self)["classification_weight_"] = automatic_weight(bool(known.all()))
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
        return softmax(self._read_head(X) / self.temperature_, axis=1)

    def ask(self, X: ExamplesLike, n: int = 20, random_state: RandomState = 0) -> np.ndarray:
        """Return which examples to label next: unsure ones, that differ from each other.

        Parameters
        ----------
        X : (m, D), (m, H, W) or (m, H, W, C)
            Examples without a label.
        n
            How many, at most m.
        random_state
            As everywhere in scikit-learn; decides among examples that would teach as much.

        Returns
        -------
        ndarray of whole numbers, shape (n,)
            Their rows, the one that would teach most first. `isthmus.evaluation.asking.ask` has the
            rule and its source.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> X, y = load_digits(return_X_y=True)
        >>> few = np.where(np.arange(len(y)) < 50, y, -1)
        >>> fitted = AutoencoderClassifier(8, hidden=(32,), epochs=2, random_state=0).fit(X, few)
        >>> fitted.ask(X[50:], 5).shape
        (5,)
        """
        check_whole("ask", "n", n, 1)
        codes, probabilities = self.transform(X), self.predict_proba(X)
        seed = check_random_state(random_state).randint(2**31 - 1)
        return ask(probabilities, codes, n, seed=seed)

    def predict(self, X: ExamplesLike) -> np.ndarray:
        """Return the likeliest class (n,) of each example."""
        logits = self._read_head(X)
        return self.classes_[logits.argmax(axis=1)]

    def score(self, X: ExamplesLike, y: Targets, sample_weight: ArrayLike | None = None) -> float:
        """Return the accuracy on the examples that have a label.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples.
        y : (n,)
            Labels; examples without one are left out.
        sample_weight : (n,), optional
            Weights of the examples.
        """
        from sklearn.metrics import accuracy_score

        y, known = labelled_rows(y, self.classes_)
        weights = None if sample_weight is None else np.asarray(sample_weight)[known]
        return float(accuracy_score(y, self.predict(X)[known], sample_weight=weights))

    def _learn_targets(self, X: ExamplesLike, y: Targets | None) -> np.ndarray:
        vars(self)["temperature_"] = 1.0  # until the validation set says otherwise
        y, known = partial_labels_of(self, X, y, WHY)
        self.classes_ = np.unique(y if known.all() else plain_labels(y[known]))
        vars(self)["classification_weight_"] = automatic_weight(bool(known.all()))
        return class_numbers(self.classes_, y)

    def _encode_targets(self, y: Targets | None) -> np.ndarray:
        return class_numbers(self.classes_, y)

    def _teach(self, model: Model, examples: Examples, target: np.ndarray, seed: int) -> np.ndarray:
        propagation, decide = setting_of(self.unlabelled)
        vars(self)["propagation_"] = None
        if propagation is None or (target >= 0).all():
            return target
        k = len(self.classes_)
        if decide and not is_worth_trying(target, k, propagation.neighbours):
            return target
        scaled = scaled_examples(model, examples)
        if 4 * np.prod(scaled.shape) <= self.memory_limit:
            scaled = scaled[:]
        made = propagation.create(self.image_shape_)
        found = propagated(scaled, target, k, made, decide=decide, seed=seed)
        vars(self)["propagation_"] = found.described()
        return target if found.probabilities is None else found.probabilities

    def _calibrate(self, examples: Examples, target: np.ndarray) -> None:
        rows = np.flatnonzero(target >= 0)
        if len(rows) >= self.calibrated_from:
            some = Rows(examples, rows)
            logits = inference.map_rows(inference.read_head, self.model_, some)
            vars(self)["temperature_"] = best_temperature(logits.astype(np.float64), target[rows])

    def _weigh(self, y: Targets | None, sample_weight: ArrayLike | None) -> ArrayLike | None:
        if self.class_weight is None:
            return sample_weight
        labels = np.asarray(y)
        known = known_labels(labels, self.classes_)
        of_classes = np.ones(len(known))
        try:
            of_classes[known] = compute_sample_weight(self.class_weight, labels[known])
        except ValueError as error:
            raise SettingError(f"class_weight does not fit the labels: {error}") from None
        return of_classes if sample_weight is None else of_classes * np.asarray(sample_weight)

    def _heads(self, rng: np.random.Generator) -> tuple[AbstractHead, ...]:
        setting, automatic = self.classification_weight, self.classification_weight_
        weight = head_weight("classification_weight", setting, automatic)
        vars(self)["classification_weight_"] = weight
        return (Classifier.create(rng, int(self.latent_dim), len(self.classes_), weight),)
