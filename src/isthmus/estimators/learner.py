"""What `fitting` needs to know of an estimator: parameters, targets, heads, fitted attributes."""

from abc import ABCMeta, abstractmethod

import numpy as np
from numpy.typing import ArrayLike

from isthmus.annotations import Examples, ExamplesLike, Targets
from isthmus.estimators.inputs import ImageShape
from isthmus.estimators.number_columns import NumberColumns
from isthmus.estimators.parameters import Parameters
from isthmus.estimators.targets import TargetKind
from isthmus.estimators.units import Range
from isthmus.evaluation.pca import PCABaseline
from isthmus.heads import AbstractHead
from isthmus.likelihoods import AbstractLikelihood
from isthmus.model import Model
from isthmus.scaling import Choice
from isthmus.tables import Schema

History = dict[str, list[float | None]]
"""A column for each quantity of training, with a value per epoch."""


class FittedAttributes:
    """The attributes that a fit gives an autoencoder; `isthmus.Autoencoder` describes them."""

    model_: Model
    likelihood_: AbstractLikelihood
    scaling_: Choice
    schema_: Schema | None = None
    latent_dim: int
    n_features_in_: int
    feature_names_in_: np.ndarray
    image_shape_: ImageShape | None
    history_: History
    n_epochs_: int
    best_epoch_: int
    stop_reason_: str
    fit_seconds_: float
    n_parameters_: int
    n_trainable_parameters_: int
    code_mean_: np.ndarray
    code_covariance_: np.ndarray
    classes_: np.ndarray
    pca_: PCABaseline | None
    """PCA of the scaled training examples, where training started from it."""
    _example_shape: tuple[int, ...]
    offset_: np.ndarray | None = None
    """What is subtracted from columns far from zero before single precision, (D,)."""
    range_: Range | None = None
    """The range of each feature in the fit, in its own units."""
    number_columns_: NumberColumns | None = None
    """What the columns of a fit to rows of numbers were like."""
    _has_missing: bool = False
    """Whether entries of the training or validation examples were missing."""
    _state: object
    """The optimiser's state, where `partial_fit` goes on from it."""

    @property
    def width_(self) -> int:
        """Numbers in an example as the model sees it: of a table, its encoded columns."""
        return self.n_features_in_ if self.schema_ is None else self.schema_.width


class AbstractLearner(Parameters, FittedAttributes, metaclass=ABCMeta):
    """An autoencoder to fit: a kind of autoencoder says what it does with targets."""

    @property
    @abstractmethod
    def target_kind(self) -> TargetKind:
        """What ``fit`` does with ``y``.

        ``"none"``: it ignores ``y``. ``"condition"``: encoder and decoder are conditioned on these
        labels. ``"classes"``: it learns to predict these labels. ``"quantities"``: it learns to
        predict these numbers.
        """

    @abstractmethod
    def _learn_targets(self, X: ExamplesLike, y: Targets | None) -> np.ndarray | None:
        """Note what the targets of the first examples are, and return them encoded (n, ...)."""

    @abstractmethod
    def _encode_targets(self, y: Targets | None) -> np.ndarray | None:
        """Return targets (n, ...) encoded as those of the first examples were."""

    @abstractmethod
    def _heads(self, rng: np.random.Generator) -> tuple[AbstractHead, ...]:
        """Draw the heads."""

    def _teach(self, model: Model, examples: Examples, target: np.ndarray, seed: int) -> np.ndarray:
        """Return what the head learns from, given the encoded targets of the training examples.

        Parameters
        ----------
        model
            Before training; its scaling is that of the fit.
        examples : (n, ...)
            The training set.
        target : (n, ...)
            Its encoded targets, of which some may be unknown.
        seed
            Of the fit.
        """
        return target

    def _calibrate(self, examples: Examples, target: np.ndarray) -> None:
        """Note what the validation set says of the trained head; nothing by default."""

    def _weigh(self, y: Targets | None, sample_weight: ArrayLike | None) -> ArrayLike | None:
        """Return the weights of examples with these targets, given those of the user."""
        return sample_weight
