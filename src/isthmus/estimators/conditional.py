"""The earlier name of an autoencoder that is conditioned on labels, for old code and files."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from isthmus.annotations import ExamplesLike, RandomState, Targets
from isthmus.engine import Checkpoint
from isthmus.errors import DataError, SettingError
from isthmus.estimators.autoencoder import Autoencoder
from isthmus.estimators.base import AbstractAutoencoder
from isthmus.estimators.fitted import Fitted
from isthmus.estimators.learner import FittedAttributes
from isthmus.estimators.measuring import Measures
from isthmus.estimators.registry import registered
from isthmus.estimators.rollback import rolled_back_on_failure
from isthmus.estimators.stored import copy_of
from isthmus.estimators.targets import TargetKind, ValidationData, need_targets
from isthmus.plainjson import JsonObject

WHY = "it is conditioned on labels"

PARAMETERS = frozenset(Autoencoder.__dataclass_fields__)
ATTRIBUTES = frozenset((*FittedAttributes.__annotations__, "feature_names_in_"))
"""What is found on the autoencoder where it is not found here."""


@registered
@dataclass(eq=False, repr=False)
class ConditionalAutoencoder(Fitted, BaseEstimator):
    """An autoencoder conditioned on labels: ``Autoencoder(condition=True)`` under an earlier name.

    Its methods are those of `isthmus.Autoencoder`, but that labels come second in all of them, and
    may be called ``y`` as well as ``labels``.

    Parameters
    ----------
    autoencoder : isthmus.Autoencoder, default=None
        Unfitted: any recipe but with a tied decoder, networks of one's own or a VampPrior. None is
        ``Autoencoder(latent="gaussian")``.

    Attributes
    ----------
    classes_ : ndarray
        The labels, sorted.
    autoencoder_ : isthmus.Autoencoder
        What was fitted, with ``condition=True``. All its fitted attributes are found here too.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> X, y = load_digits(return_X_y=True)
    >>> inner = Autoencoder(4, latent="gaussian", hidden=(32,), epochs=2, random_state=0)
    >>> conditional = ConditionalAutoencoder(inner).fit(X, y)
    >>> conditional.transform(X, y).shape
    (1797, 4)
    >>> conditional.sample([3, 3, 5], random_state=0).shape
    (3, 64)
    """

    autoencoder: Autoencoder | None = None

    @property
    def target_kind(self) -> TargetKind:
        """``"condition"``: it is conditioned on labels."""
        return "condition"

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
        """Fit the autoencoder to examples and their labels, as `isthmus.Autoencoder.fit` does."""
        need_targets(self, y, WHY)
        self.autoencoder_ = _unfitted(self.autoencoder)
        more = {"validation_data": validation_data, "checkpoint": checkpoint}
        self.autoencoder_.fit(X, y, sample_weight, **more)
        return self

    def as_autoencoder(self) -> Autoencoder:
        """Return the `isthmus.Autoencoder` that this stands for: the fitted one after a fit."""
        fitted = vars(self).get("autoencoder_")
        return _unfitted(self.autoencoder) if fitted is None else fitted

    def given(self, label: object) -> Autoencoder:
        """Return the fitted autoencoder of one label: all its methods under that label."""
        check_is_fitted(self)
        return self.autoencoder_.given(label)

    def transform(
        self, X: ExamplesLike, labels: Targets | None = None, *, y: Targets | None = None
    ) -> np.ndarray:
        """Encode examples (n, ...) with labels (n,): codes (n, d)."""
        return super().transform(X, self._one_of(labels, y))

    def inverse_transform(
        self, X: ExamplesLike, labels: Targets | None = None, *, y: Targets | None = None
    ) -> np.ndarray:
        """Decode codes (n, d) with labels (n,), in the data's own units."""
        return super().inverse_transform(X, self._one_of(labels, y))

    def reconstruct(
        self, X: ExamplesLike, labels: Targets | None = None, *, y: Targets | None = None
    ) -> np.ndarray:
        """Encode and decode examples (n, ...) with labels (n,), in their own units."""
        return super().reconstruct(X, self._one_of(labels, y))

    def impute(
        self, X: ExamplesLike, labels: Targets | None = None, *, y: Targets | None = None
    ) -> np.ndarray:
        """Return examples (n, ...) with labels (n,), their missing entries reconstructed."""
        return super().impute(X, self._one_of(labels, y))

    def measure(
        self, X: ExamplesLike, labels: Targets | None = None, *, y: Targets | None = None
    ) -> Measures:
        """Measure the reconstructions of examples (n, ...) with labels (n,)."""
        return super().measure(X, self._one_of(labels, y))

    def score_samples(
        self, X: ExamplesLike, labels: Targets | None = None, *, y: Targets | None = None
    ) -> np.ndarray:
        """Return how usual each example (n, ...) is given its label (n,): nats, (n,)."""
        return super().score_samples(X, self._one_of(labels, y))

    def score(
        self, X: ExamplesLike, y: Targets | None = None, *, labels: Targets | None = None
    ) -> float:
        """Return the mean of `score_samples`: nats per example, higher is better."""
        return float(np.mean(self.score_samples(X, labels, y=y)))

    def log_likelihood(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        X: ExamplesLike,
        y: Targets | None = None,
        n_samples: int = 5000,
        random_state: RandomState = None,
        *,
        labels: Targets | None = None,
    ) -> np.ndarray:
        """Estimate the log likelihood of each example (n, ...) given its label (n,): nats, (n,)."""
        return super().log_likelihood(X, n_samples, random_state, self._one_of(labels, y))

    def sample(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        y: Targets | None = None,
        random_state: RandomState = None,
        *,
        labels: Targets | None = None,
    ) -> np.ndarray:
        """Generate an example for every label (n,), in the data's own units."""
        return super().sample(None, random_state, self._one_of(labels, y))

    def _one_of(self, labels: Targets | None, y: Targets | None) -> Targets | None:
        """Return the labels, by whichever name they were given."""
        labels = y if labels is None else labels
        if labels is not None and not np.isscalar(labels) and not len(np.asarray(labels)):
            raise DataError("There are no examples: at least one is needed.")
        return labels

    def __getattr__(self, name: str) -> Any:
        """Return a fitted attribute, or a parameter, of the autoencoder."""
        own = vars(self)
        fitted, unfitted = own.get("autoencoder_"), own.get("autoencoder")
        if fitted is not None and (name in ATTRIBUTES or name in PARAMETERS):
            return getattr(fitted, name)
        if name in PARAMETERS:
            return getattr(_unfitted(unfitted), name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _described(self) -> Autoencoder:
        return self.autoencoder_

    @classmethod
    def _restored(
        cls, settings: JsonObject, restore: Callable[[AbstractAutoencoder], None]
    ) -> Self:
        settings["condition"] = True
        fitted = Autoencoder(**settings)
        restore(fitted)
        conditional = cls(copy_of(fitted).set_params(condition=False))
        conditional.autoencoder_ = fitted
        return conditional

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags


def _unfitted(given: Autoencoder | None) -> Autoencoder:
    """Return a copy of the autoencoder to fit; its callbacks are shared, not copied."""
    if given is None:
        return Autoencoder(latent="gaussian", condition=True)
    if not isinstance(given, Autoencoder):
        raise SettingError(
            f"autoencoder is {type(given).__name__}; it must be an isthmus.Autoencoder."
        )
    settings: JsonObject = given.get_params(deep=False) | {"callbacks": ()}
    silent = copy_of(type(given)(**settings))
    return silent.set_params(callbacks=given.callbacks, condition=True)


AnyAutoencoder: TypeAlias = AbstractAutoencoder | ConditionalAutoencoder
"""Every estimator that `isthmus.load` returns."""
