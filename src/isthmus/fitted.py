"""What a report asks of a fitted autoencoder: attributes and methods, without the model inside."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:  # the command line's first answers come without NumPy
    from pathlib import Path

    import numpy as np

    from isthmus.annotations import ExamplesLike, RandomState, Targets
    from isthmus.plainjson import Facts, JsonObject


class DescribedScaling(Protocol):
    """A scaling that can say what it is."""

    def describe(self) -> str:
        """Return the scaling and the reason for it, in one line."""
        ...


class CarriedPart(Protocol):
    """A part of a model as a page carries it: `isthmus.export.carrying.Carried`."""

    @property
    def description(self) -> "JsonObject":
        """Plain JSON, as the page's runtime takes it."""
        ...

    @property
    def weights(self) -> str:
        """``"float16"`` or ``"float32"``."""
        ...

    @property
    def deviation(self) -> float:
        """Largest difference that float16 makes, as a share of the range of the outputs."""
        ...

    @property
    def size(self) -> int:
        """Bytes that its numbers take in the page."""
        ...

    @property
    def work(self) -> int:
        """Numbers that a run computes."""
        ...


class SymbolValues(Protocol):
    """What each symbol of a discrete code adds to the code."""

    @property
    def base(self) -> "np.ndarray":
        """The code (d,) of which every symbol is 0."""
        ...

    @property
    def steps(self) -> "tuple[np.ndarray, ...]":
        """For each symbol, what every value adds to that code, (values, d)."""
        ...


class FittedAutoencoder(Protocol):
    """A fitted estimator as reports and figures see it.

    Examples X are (n, D), (n, H, W) or (n, H, W, C) in their own units, codes Z (n, d). Where a
    method takes labels (n,), a model that is conditioned on labels needs them, and no other does.
    """

    latent_dim: int
    n_features_in_: int
    image_shape_: tuple[int, int, int] | None
    history_: dict[str, list[float | None]]
    best_epoch_: int
    n_epochs_: int
    stop_reason_: str
    fit_seconds_: float
    n_parameters_: int
    n_trainable_parameters_: int

    @property
    def target_kind(self) -> str:
        """What the fit did with targets: "none", "condition", "classes" or "quantities"."""
        ...

    @property
    def classes_(self) -> "np.ndarray":
        """The labels, sorted, where targets are labels."""
        ...

    @property
    def likelihood_(self) -> object:
        """What an error costs."""
        ...

    @property
    def scaling_(self) -> DescribedScaling:
        """How examples are scaled."""
        ...

    @property
    def paired_neighbours_(self) -> int:
        """Nearest neighbours that each training example was paired with; 0 without such pairs."""
        ...

    @property
    def generative_(self) -> bool:
        """Whether the code has a prior to sample from."""
        ...

    @property
    def first_layer_weights_(self) -> "np.ndarray | None":
        """Input weights of the first hidden units, (units, D), or None for other networks."""
        ...

    def get_params(self, deep: bool = True) -> "JsonObject":
        """Return the settings by name."""
        ...

    def assess(
        self, X: "ExamplesLike", labels: "Targets | None" = None
    ) -> "Mapping[str, np.ndarray]":
        """Return code, scaled values and errors, one row per example."""
        ...

    def measure(self, X: "ExamplesLike", labels: "Targets | None" = None) -> "Facts":
        """Return errors and likelihoods of the reconstructions of examples."""
        ...

    def encode_table(self, X: "ExamplesLike") -> "np.ndarray":
        """Return the rows of a table as the model sees them."""
        ...

    def of_encoded_rows(self) -> "FittedAutoencoder":
        """Return this model as one of the rows that `encode_table` gives."""
        ...

    def labels_from(self, y: "Targets | None") -> "Targets | None":
        """Return targets as ``labels`` of the other methods; None where they need none."""
        ...

    def transform(self, X: "ExamplesLike", labels: "Targets | None" = None) -> "np.ndarray":
        """Return the codes of examples."""
        ...

    def inverse_transform(
        self, Z: "ExamplesLike", /, labels: "Targets | None" = None
    ) -> "np.ndarray":
        """Return the examples that codes decode to, in the data's own units."""
        ...

    def reconstruct(self, X: "ExamplesLike", labels: "Targets | None" = None) -> "np.ndarray":
        """Return examples encoded and decoded, in the data's own units."""
        ...

    def scale(self, X: "ExamplesLike") -> "np.ndarray":
        """Return examples (n, D) in the scaled space that the model and PCA share."""
        ...

    def unscale(self, X: "ExamplesLike") -> "np.ndarray":
        """Return scaled examples in the data's own units."""
        ...

    def corrupt(self, X: "ExamplesLike", seed: int = 0) -> "np.ndarray":
        """Return examples as the encoder sees them in training, in the data's own units."""
        ...

    def sample(self, n: int = 1, /, random_state: "RandomState" = None) -> "np.ndarray":
        """Return new examples, decoded from codes of the prior."""
        ...

    def sample_codes(self, n: int = 1, random_state: "RandomState" = None) -> "np.ndarray":
        """Return codes of the prior."""
        ...

    def examine(
        self,
        X: "ExamplesLike",
        y: "Targets | None" = None,
        X_test: "ExamplesLike | None" = None,
        y_test: "Targets | None" = None,
        names: Sequence[str] | None = None,
    ) -> tuple[Any, tuple[Any, ...]]:
        """Return the model as plain numbers, and what `isthmus.doctor` finds, if anything."""
        ...

    def carry(self, part: str, X: "ExamplesLike", labels: "Targets | None" = None) -> "CarriedPart":
        """Return the encoder or the decoder as a page carries it: `isthmus.export.Carried`."""
        ...

    def symbols(self, X: "ExamplesLike") -> "tuple[np.ndarray, SymbolValues] | None":
        """Return the symbols (n, T) of examples and the codes of symbols; None without symbols."""
        ...

    def save(self, path: "Path") -> "Path":
        """Write the model file."""
        ...


class Predictor(FittedAutoencoder, Protocol):
    """A fitted estimator that predicts labels or quantities."""

    def predict(self, X: "ExamplesLike") -> "np.ndarray":
        """Return the predicted label or quantities of each example."""
        ...

    def predict_proba(self, X: "ExamplesLike") -> "np.ndarray":
        """Return the probability of every class for each example, (n, classes)."""
        ...

    def score(self, X: "ExamplesLike", y: "Targets") -> float:
        """Return the accuracy, or R², of the predictions."""
        ...


class HasColumns(Protocol):
    """Anything that knows how many columns it was fitted on."""

    n_features_in_: int


def column_names(estimator: HasColumns) -> list[str]:
    """Return the names of an estimator's input columns; without names ``x0``, ``x1``, ...

    Examples
    --------
    >>> from sklearn.preprocessing import StandardScaler
    >>> column_names(StandardScaler().fit([[0.0, 1.0]]))
    ['x0', 'x1']
    """
    names: Sequence[object] | None = getattr(estimator, "feature_names_in_", None)
    if names is None:
        return [f"x{i}" for i in range(int(estimator.n_features_in_))]
    return [str(name) for name in names]
