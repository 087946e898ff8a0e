"""What a fitted autoencoder can do: encode, decode, measure, score, generate, save."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

import jax
import jax.numpy as jnp
import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import check_array, check_is_fitted

from isthmus.annotations import ExamplesLike, RandomState, Targets
from isthmus.checks import check_whole
from isthmus.errors import DataError, SettingError
from isthmus.estimators import door, inference, persistence
from isthmus.estimators.inputs import examples_to_walk, is_indexed
from isthmus.estimators.measured import Measured
from isthmus.estimators.slots import takes_missing
from isthmus.estimators.stored import StoredAsNumPy
from isthmus.likelihoods import AbstractLikelihood
from isthmus.networks import nonlinear_branch
from isthmus.plainjson import JsonObject

if TYPE_CHECKING:
    from isthmus.estimators.base import AbstractAutoencoder
    from isthmus.estimators.conditional import AnyAutoencoder
    from isthmus.export import Carried, Export
    from isthmus.report import ReportPage


class Fitted(StoredAsNumPy, ClassNamePrefixFeaturesOutMixin, TransformerMixin, Measured):
    """The methods of a fitted autoencoder.

    Where the model is conditioned on labels, every method that meets examples or codes takes their
    ``labels``: one per row, or one label for all of them.
    """

    likelihood: str | AbstractLikelihood

    _plain: ClassVar[tuple[str, ...]] = (
        "n_features_in_", "image_shape_", "_example_shape", "history_", "best_epoch_", "n_epochs_",
        "stop_reason_", "fit_seconds_", "n_parameters_", "n_trainable_parameters_",
    )  # fmt: skip
    """Fitted attributes that a model file holds as JSON (tuples come back as tuples)."""

    _arrays: ClassVar[tuple[str, ...]] = ("feature_names_in_", "offset_")
    """Fitted attributes, where there are such, that are short arrays of numbers or words."""

    def fit_transform(
        self, X: ExamplesLike, y: Targets | None = None, **fit_params: object
    ) -> np.ndarray:
        """Fit to examples, with targets where the estimator takes some, and encode the examples.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples, n >= 2.
        y : (n,) or (n, quantities), optional
            Targets; labels that the model is conditioned on serve the encoding too.
        **fit_params
            Passed to ``fit``.

        Returns
        -------
        ndarray (n, d)
            Codes.
        """
        fitted: Self = self.fit(X, y, **fit_params)  # pyright: ignore[reportAttributeAccessIssue]
        return fitted.transform(X, fitted.labels_from(y))

    def transform(self, X: ExamplesLike, labels: Targets | None = None) -> np.ndarray:
        """Encode.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples in their own units.
        labels : (n,), optional
            Labels of the examples, where the model is conditioned on labels.

        Returns
        -------
        ndarray (n, d)
            Codes: of a stochastic latent, the posterior means.
        """
        check_is_fitted(self)
        wide = getattr(X, "dtype", None) == np.float64 or not hasattr(X, "dtype")
        codes = self._map(inference.encode, examples_to_walk(self, X), labels, "transform")
        return codes.astype(np.float64) if wide else codes

    def inverse_transform(self, X: ExamplesLike, labels: Targets | None = None) -> np.ndarray:
        """Decode.

        Parameters
        ----------
        X : (n, d)
            Codes.
        labels : (n,), optional
            Labels of the codes, where the model is conditioned on labels.

        Returns
        -------
        ndarray (n, D), or images as they were given to fit
            Mean reconstructions in the data's own units.
        """
        check_is_fitted(self)
        self.need_decoder()
        codes = check_array(X, dtype="float32")
        if codes.shape[1] != self.model_.latent_dim:
            raise DataError(
                f"The codes have {codes.shape[1]} columns, and this model's code has "
                f"{self.model_.latent_dim}."
            )
        return self._as_given(self._map(inference.decode, codes, labels, "inverse_transform"))

    def reconstruct(self, X: ExamplesLike, labels: Targets | None = None) -> np.ndarray:
        """Encode and decode; of corrupted examples this denoises.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples in their own units.
        labels : (n,), optional
            Labels of the examples, where the model is conditioned on labels.

        Returns
        -------
        ndarray, shaped as the examples given to fit
            Mean reconstructions in the data's own units.
        """
        check_is_fitted(self)
        self.need_decoder()
        rows = self._map(inference.reconstruct, examples_to_walk(self, X), labels, "reconstruct")
        return self._as_given(rows, X)

    def impute(self, X: ExamplesLike, labels: Targets | None = None) -> np.ndarray:
        """Fill in missing entries.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples in their own units, NaN where entries are missing.
        labels : (n,), optional
            Labels of the examples, where the model is conditioned on labels.

        Returns
        -------
        ndarray, shaped as the examples given to fit
            The observed entries as they are, to the bit, and the mean reconstructions elsewhere:
            of a category's columns probabilities, for instance. Float64, unless all of ``X``
            is float32.

        Raises
        ------
        SettingError
            If the likelihood is not masked.
        """
        check_is_fitted(self)
        self.need_decoder()
        self.need_masked()
        back = self._map(inference.reconstruct, examples_to_walk(self, X), labels, "impute")
        if self.schema_ is not None:
            return door.fill(self, back, X)
        X = door.enter(self, X)
        X = X[:] if is_indexed(X) else X
        rows = X.reshape(len(X), -1) if isinstance(X, np.ndarray) else X
        dtypes: Any = ("float64", "float32")
        known = check_array(rows, dtype=dtypes, ensure_all_finite=False)
        filled = np.where(np.isnan(known), self._own_units(back), known)
        return self._shaped(filled.astype(known.dtype))

    def corrupt(self, X: ExamplesLike, seed: int = 0, labels: Targets | None = None) -> np.ndarray:
        """Return what the encoder would see of ``X`` in training, in the data's own units.

        Corruption does not depend on ``labels``.
        """
        check_is_fitted(self)
        scaled = jnp.asarray(self.scale(X))
        if self.model_.corruption is not None:
            scaled = self.model_.corruption(jax.random.key(seed), scaled)
        return self._as_given(self._rows(inference.unscale, np.asarray(scaled)))

    def scale(self, X: ExamplesLike) -> np.ndarray:
        """Return examples in the scaled space that the model and PCA share: float32 (n, D).

        Missing entries are zero, as the encoder sees them.
        """
        check_is_fitted(self)
        return self._rows(inference.scale, examples_to_walk(self, X))

    def unscale(self, X: ExamplesLike) -> np.ndarray:
        """Return scaled examples (n, D) in the data's own units."""
        check_is_fitted(self)
        scaled = check_array(X, dtype="float32", ensure_all_finite=False)
        if scaled.shape[1] != self.width_:
            raise DataError(
                f"The scaled examples have {scaled.shape[1]} features, and this model's have "
                f"{self.width_}."
            )
        return self._as_given(self._rows(inference.unscale, scaled))

    def sample(
        self, n: int | None = None, random_state: RandomState = None, labels: Targets | None = None
    ) -> np.ndarray:
        """Generate examples.

        Codes are drawn from the prior, or, for a code without one, from a normal distribution with
        the mean and covariance of the training codes.

        Parameters
        ----------
        n
            How many, >= 1; by default as many as there are labels, or one.
        random_state
            As everywhere in scikit-learn.
        labels : (n,), or one label, optional
            What to generate, where the model is conditioned on labels.

        Returns
        -------
        ndarray, shaped as the examples given to fit
            Mean reconstructions of the codes, in the data's own units. Of a table, rows that are
            drawn from the likelihood of each column, within the range of the fit;
            ``inverse_transform(sample_codes(n))`` gives the means.
        """
        n = (
            (1 if labels is None or np.isscalar(labels) else np.asarray(labels).size)
            if n is None
            else n
        )
        random = check_random_state(random_state)
        codes = self.sample_codes(n, random)
        return self.draw(codes, random, labels)

    def sample_codes(self, n: int = 1, random_state: RandomState = None) -> np.ndarray:
        """Return the codes (n, d) that `sample` decodes."""
        check_is_fitted(self)
        check_whole("sample", "n", n, 1)
        random = check_random_state(random_state)
        key = jax.random.key(random.randint(2**31 - 1))
        codes = self.model_.attached_latent().sample_prior(key, n, self.model_.latent_dim)
        if codes is not None:
            return np.asarray(codes)
        codes = random.multivariate_normal(self.code_mean_, self.code_covariance_, n)
        return codes.astype(np.float32)

    def as_autoencoder(self) -> "AbstractAutoencoder":
        """Return the autoencoder itself; `ConditionalAutoencoder` returns the one that it names."""
        return self._described()

    def save(self, path: str | Path) -> Path:
        """Write the fitted estimator to one ``.safetensors`` file; `isthmus.load` reads it."""
        check_is_fitted(self)
        return persistence.save(self._described(), type(self).__name__, path)

    def export(
        self,
        path: str | Path,
        *,
        to: str | None = None,
        part: str = "reconstruct",
        X: ExamplesLike | None = None,
        labels: Targets | None = None,
        unchecked: bool = False,
    ) -> "Export":
        """Write a part of the model for programs without isthmus, checked against this estimator.

        Parameters
        ----------
        path
            Where to write.
        to
            ``onnx``, ``numpy``, ``js`` or ``c``; None takes it from the end of ``path``.
        part
            ``encoder``, ``decoder``, ``reconstruct``, ``score`` or ``predict``.
        X : (n, ...), optional
            Examples to check on, of which up to 1,000 are taken; without them the model generates
            some.
        labels : (n,), optional
            Their labels, where the model is conditioned on labels.
        unchecked
            Write it too where the tool that would run it is not installed.

        Returns
        -------
        isthmus.export.Export
            What was written, and how far it is from this estimator.

        Raises
        ------
        SettingError
            If the part cannot be exported, or the export differs by more than 1e-5 (relative).
        """
        from isthmus.export import export  # a layer above, by way of exception

        return export(self, path, to=to, part=part, X=X, labels=labels, unchecked=unchecked)

    def carry(self, part: str, X: ExamplesLike, labels: Targets | None = None) -> "Carried":
        """Return a part for a page, as `isthmus.export.carry` does."""
        from isthmus.export import carry

        check_is_fitted(self)
        return carry(self._described(), part, X, labels)

    def report(
        self,
        X: ExamplesLike,
        y: Targets | None = None,
        path: str | Path | None = None,
        *,
        X_test: ExamplesLike | None = None,
        y_test: Targets | None = None,
        live_limit: float | None = None,
    ) -> "ReportPage":
        """Return the report of this fit: a page that a notebook shows, a browser or a file holds.

        Parameters
        ----------
        X : (n, ...)
            The examples of the fit, which PCA is fitted to as well.
        y : (n,), optional
            Their labels or quantities.
        path
            Where to write the page, too.
        X_test, y_test
            Further examples and their targets, which the model is then measured on.
        live_limit
            Largest size, in MB, of the decoder that the page carries to decode any code; 0 carries
            none, None is 5.

        Returns
        -------
        isthmus.report.ReportPage
            ``html``, ``metrics`` and ``save(path)``.
        """
        from isthmus.report import report_page

        check_is_fitted(self)
        parts = {"train": (X, y)} | ({} if X_test is None else {"test": (X_test, y_test)})
        page = report_page(self._described(), parts, live_limit=live_limit)
        if path is not None:
            page.save(path)
        return page

    def _described(self) -> "AbstractAutoencoder":
        """Return the estimator whose parameters and fitted attributes a model file holds."""
        return cast("AbstractAutoencoder", self)

    @classmethod
    def _restored(
        cls, settings: JsonObject, restore: Callable[["AbstractAutoencoder"], None]
    ) -> "AnyAutoencoder":
        """Return the estimator of a model file.

        Parameters
        ----------
        settings
            Parameters of the described estimator, as the file has them.
        restore
            Gives the unfitted estimator that was described its fitted attributes.
        """
        estimator = cast("AbstractAutoencoder", cls(**settings))
        restore(estimator)
        return estimator

    @property
    def paired_neighbours_(self) -> int:
        """Number of neighbours that each training example was placed next to, or 0."""
        check_is_fitted(self)
        arranging = [one.paired for one in self.model_.penalties if one.arranges_codes]
        return max((pairs.neighbours for pairs in arranging if pairs is not None), default=0)

    @property
    def first_layer_weights_(self) -> np.ndarray | None:
        """Input weights of the first hidden units, (units, D), or None for other networks."""
        check_is_fitted(self)
        network = nonlinear_branch(self.model_.encoder)
        weights = None if network is None else network.first_weights
        return None if weights is None else np.asarray(weights).T

    def need_masked(self) -> None:
        """Raise `SettingError` unless the likelihood lets entries be missing."""
        if not self.model_.likelihood.masked:
            raise SettingError(
                f"The likelihood is {type(self.model_.likelihood).__name__}, under which no entry "
                "is missing: fit with likelihood='masked'."
            )

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()  # pyright: ignore[reportAttributeAccessIssue]
        tags.input_tags.allow_nan = takes_missing(self.likelihood)
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
