"""The fitted model of a report: what is asked of an estimator, with or without labels."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Literal

import numpy as np

from isthmus.evaluation.pca import PCABaseline
from isthmus.fitted import FittedAutoencoder, column_names

Head = Literal["accuracy", "r2"]


class ReportedModel:
    """A fitted estimator under one face, whether it is conditioned on labels or not.

    Parameters
    ----------
    estimator
        Fitted: an autoencoder, with a classifier or a regressor on its code, or conditioned on
        labels.
    names
        Of the input's columns, where the estimator does not know them.

    Attributes
    ----------
    estimator : FittedAutoencoder
        The autoencoder itself, which holds the fitted attributes.
    conditional : bool
        Whether it is conditioned on labels.
    """

    def __init__(self, estimator: Any, names: Sequence[str] | None = None) -> None:
        self._whole, self._names = estimator, names
        self.estimator: FittedAutoencoder = estimator
        self.conditional = getattr(estimator, "target_kind", "none") == "condition"

    @property
    def features(self) -> int:
        """Values of an example."""
        return int(self.estimator.n_features_in_)

    @property
    def code_size(self) -> int:
        """Dimensions of the code."""
        return int(self.estimator.latent_dim)

    @cached_property
    def image_shape(self) -> tuple[int, int, int] | None:
        """Height, width and channels of an example that is an image."""
        shape = self.estimator.image_shape_
        return None if shape is None else (int(shape[0]), int(shape[1]), int(shape[2]))

    @property
    def column_names(self) -> list[str]:
        """Names of the input's columns."""
        return column_names(self.estimator) if self._names is None else list(self._names)

    @property
    def labels(self) -> list[Any] | None:
        """The labels that the model is conditioned on, sorted."""
        return self._whole.classes_.tolist() if self.conditional else None

    @property
    def head(self) -> Head | None:
        """The score of what the estimator predicts from the code, if it predicts anything."""
        if self.conditional or not hasattr(self._whole, "predict"):
            return None
        return "accuracy" if hasattr(self._whole, "classes_") else "r2"

    def predict(self, X: Any) -> np.ndarray:
        """Return the predicted classes or quantities of examples."""
        return np.asarray(self._whole.predict(X))

    def assess(self, X: Any, labels: np.ndarray | None) -> dict[str, np.ndarray]:
        """Return code, scaled values and errors of examples, one row per example."""
        return dict(self._whole.assess(*self._with(X, labels)))

    def reconstruct(self, X: Any, labels: np.ndarray | None) -> np.ndarray:
        """Return examples encoded and decoded, in their own units."""
        return np.asarray(self._whole.reconstruct(*self._with(X, labels)))

    def decode(self, codes: np.ndarray, label: Any = None) -> np.ndarray:
        """Return what codes (m, d) decode to, of a conditional model under one label."""
        if not self.conditional:
            return np.asarray(self._whole.inverse_transform(codes))
        return np.asarray(self._whole.inverse_transform(codes, np.full(len(codes), label)))

    @property
    def pca(self) -> PCABaseline | None:
        """PCA of all the scaled training examples, where the fit started from it."""
        return getattr(self.estimator, "pca_", None)  # a loaded model has none

    def images(self, X: np.ndarray) -> np.ndarray:
        """Return examples of any layout as images (n, H, W, C)."""
        assert self.image_shape is not None
        return np.asarray(X).reshape(-1, *self.image_shape)

    def _with(self, X: Any, labels: np.ndarray | None) -> tuple[Any, ...]:
        return (X, labels) if self.conditional else (X,)
