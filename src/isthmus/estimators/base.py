"""What every autoencoder is: parameters, a fit, and the methods of a fitted one."""

from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from isthmus.annotations import ExamplesLike, Targets
from isthmus.engine import Checkpoint
from isthmus.estimators import fitting, inference
from isthmus.estimators.fitted import Fitted
from isthmus.estimators.inputs import examples_to_walk
from isthmus.estimators.learner import AbstractLearner
from isthmus.estimators.rollback import rolled_back_on_failure
from isthmus.estimators.targets import ValidationData


class AbstractAutoencoder(Fitted, AbstractLearner):
    """An autoencoder as a scikit-learn estimator.

    A subclass says what it does with targets: `target_kind`, how they are encoded, and which heads
    learn from them. A subclass without further fitted attributes says no more.
    """

    @rolled_back_on_failure
    def fit(
        self,
        X: ExamplesLike,
        y: Targets | None = None,
        sample_weight: ArrayLike | None = None,
        *,
        validation_data: ValidationData | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> Self:
        """Fit the autoencoder, and the head where there is one.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Arrays, data frames, memory maps or lazy readers of examples, n >= 2.
        y : (n,) or (n, quantities), optional
            Labels, numbers or strings, of a classifier or of an autoencoder that is conditioned on
            them; quantities of a regressor. An autoencoder that learns from examples alone ignores
            it.
        sample_weight : (n,), optional
            Weights of the examples in the loss, >= 0, relative to the others of their batch.
            Examples of weight zero are left out; scaling and start are those of the others alike.
        validation_data : pair of (X, y), optional
            The validation set, instead of a share of the examples. An autoencoder that learns from
            examples alone takes the examples alone.
        checkpoint : isthmus.engine.Checkpoint, optional
            Where to keep training's state, and whether to go on from it.

        Returns
        -------
        self
        """
        fitting.fit(self, X, y, validation_data, checkpoint, sample_weight)
        return self

    @rolled_back_on_failure
    def partial_fit(
        self, X: ExamplesLike, y: Targets | None = None, *, sample_weight: ArrayLike | None = None
    ) -> Self:
        """Take one pass over ``X`` from where the weights stand, at a constant learning rate.

        The optimiser goes on too, but for a model that was loaded: its file has weights alone. The
        first call decides, from its own examples and targets, the scaling, the likelihood, the
        labels, and by which mean and deviation quantities are standardised.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples.
        y : (n,) or (n, quantities), optional
            Targets, as of `fit`.
        sample_weight : (n,), optional
            Weights of the examples, as of `fit`.

        Returns
        -------
        self
        """
        first = not hasattr(self, "model_")
        target = self._learn_targets(X, y) if first else self._encode_targets(y)
        fitting.partial_fit(self, X, target, y, sample_weight)
        return self

    def _read_head(self, X: ExamplesLike) -> np.ndarray:
        """Return what the head reads from the codes of examples, (n, outputs)."""
        check_is_fitted(self)
        read = self._rows(inference.read_head, examples_to_walk(self, X))
        return read.astype(np.float64)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = self.target_kind != "none"
        return tags
