"""The fitted model of a report: what is asked of an estimator, with or without labels."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal, cast

import numpy as np

from isthmus.annotations import ExamplesLike, Targets
from isthmus.doctor import Finding, Fit
from isthmus.evaluation.pca import PCABaseline
from isthmus.fitted import CarriedPart, FittedAutoencoder, Predictor, column_names

if TYPE_CHECKING:
    from isthmus.fitted import SymbolValues

Head = Literal["accuracy", "r2"]

SCORES: Mapping[str, Head] = {"classes": "accuracy", "quantities": "r2"}
"""What a prediction is scored by, for each kind of target."""


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

    def __init__(self, estimator: FittedAutoencoder, names: Sequence[str] | None = None) -> None:
        self._names = names
        self.estimator: FittedAutoencoder = estimator
        self.conditional: bool = estimator.target_kind == "condition"

    @property
    def features(self) -> int:
        """Values of an example."""
        return int(self.estimator.n_features_in_)

    @property
    def code_size(self) -> int:
        """Dimensions of the code."""
        return int(self.estimator.latent_dim)

    @property
    def is_map(self) -> bool:
        """Whether training kept neighbours of the data together in the code."""
        return self.estimator.paired_neighbours_ > 0

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
    def labels(self) -> list[object] | None:
        """The labels that the model is conditioned on, sorted."""
        return self.estimator.classes_.tolist() if self.conditional else None

    @property
    def head(self) -> Head | None:
        """The score of what the estimator predicts from the code, if it predicts anything."""
        return SCORES.get(self.estimator.target_kind)

    def predict(self, X: ExamplesLike) -> np.ndarray:
        """Return the predicted classes or quantities of examples."""
        return np.asarray(cast(Predictor, self.estimator).predict(X))

    def assess(self, X: ExamplesLike, labels: np.ndarray | None) -> dict[str, np.ndarray]:
        """Return code, scaled values and errors of examples, one row per example."""
        return dict(self.estimator.assess(X, self.estimator.labels_from(labels)))

    def reconstruct(self, X: ExamplesLike, labels: np.ndarray | None) -> np.ndarray:
        """Return examples encoded and decoded, in their own units."""
        return np.asarray(self.estimator.reconstruct(X, self.estimator.labels_from(labels)))

    def decode(self, codes: np.ndarray, label: object = None) -> np.ndarray:
        """Return what codes (m, d) decode to, of a conditional model under one label."""
        labels = self.estimator.labels_from(np.full(len(codes), label))
        return np.asarray(self.estimator.inverse_transform(codes, labels))

    def carry(self, part: str, X: ExamplesLike, labels: np.ndarray | None) -> CarriedPart:
        """Return a part as a page carries it, measured on codes or examples."""
        return self.estimator.carry(part, X, self.estimator.labels_from(labels))

    def symbols(self, X: ExamplesLike) -> "tuple[np.ndarray, SymbolValues] | None":
        """Return the symbols of examples, and the codes of symbols; None without symbols."""
        return self.estimator.symbols(X)

    def examine(
        self, parts: Mapping[str, tuple[ExamplesLike, Targets | None]]
    ) -> tuple[Fit | None, tuple[Finding, ...]]:
        """Return the model as numbers, and what the doctor finds; nothing without a training set.

        Parameters
        ----------
        parts : mapping of str to (X, y)
            ``"train"``, ``"validation"`` and ``"test"``, where they exist.
        """
        if "train" not in parts:
            return None, ()
        other = parts.get("test", parts.get("validation", (None, None)))
        return self.estimator.examine(*parts["train"], *other, names=self._names)

    @property
    def pca(self) -> PCABaseline | None:
        """PCA of all the scaled training examples, where the fit started from it."""
        return getattr(self.estimator, "pca_", None)  # a loaded model has none

    def images(self, X: ExamplesLike) -> np.ndarray:
        """Return examples of any layout as images (n, H, W, C)."""
        assert self.image_shape is not None
        return np.asarray(X).reshape(-1, *self.image_shape)
