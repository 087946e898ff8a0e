"""What every fitted autoencoder can do: encode, decode, score, sample, save."""

from abc import ABCMeta, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import jax
import jax.numpy as jnp
import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_array, check_is_fitted

from isthmus.errors import DataError, SettingError
from isthmus.estimators import importance, inference
from isthmus.estimators.inputs import examples_to_walk, is_indexed
from isthmus.estimators.settings import set_nested
from isthmus.estimators.slots import takes_missing
from isthmus.evaluation.pca import PCABaseline
from isthmus.heads import AbstractHead
from isthmus.model import Model
from isthmus.networks import Chain, nonlinear_branch
from isthmus.networks.layers import Linear
from isthmus.typing import check_whole

SQUARES = ("squares", "squares_input")
"""What is averaged over observed entries, where some are missing."""


class AbstractAutoencoder(
    ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator, metaclass=ABCMeta
):
    """The methods that the estimators share."""

    model_: Model
    n_features_in_: int
    history_: dict[str, list[Any]]
    n_epochs_: int
    best_epoch_: int
    stop_reason_: str
    fit_seconds_: float
    n_parameters_: int
    n_trainable_parameters_: int
    code_mean_: np.ndarray
    code_covariance_: np.ndarray
    pca_: PCABaseline | None
    """PCA of the scaled training examples, where training started from it."""
    _example_shape: tuple[int, ...]

    @abstractmethod
    def _heads(self, rng: np.random.Generator) -> tuple[AbstractHead, ...]:
        """Draw the heads."""

    def set_params(self, **params: Any) -> Self:
        """Set parameters; ``slot__name`` replaces the slot's specification by a changed one."""
        set_nested(self, params)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Encode.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples in their own units.

        Returns
        -------
        ndarray (n, d)
            Codes: of a stochastic latent, the posterior means.
        """
        check_is_fitted(self)
        wide = getattr(X, "dtype", None) == np.float64 or not hasattr(X, "dtype")
        codes = self._map(inference.encode, examples_to_walk(self, X))
        return codes.astype(np.float64) if wide else codes

    def inverse_transform(self, X: Any) -> np.ndarray:
        """Decode.

        Parameters
        ----------
        X : (n, d)
            Codes.

        Returns
        -------
        ndarray (n, D), or images as they were given to fit
            Mean reconstructions in the data's own units.
        """
        check_is_fitted(self)
        self._need_decoder()
        codes = check_array(X, dtype="float32")
        if codes.shape[1] != self.model_.latent_dim:
            raise DataError(
                f"The codes have {codes.shape[1]} columns, and this model's code has "
                f"{self.model_.latent_dim}."
            )
        return self._as_given(self._map(inference.decode, codes))

    def reconstruct(self, X: Any) -> np.ndarray:
        """Encode and decode; of corrupted examples this denoises.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples in their own units.

        Returns
        -------
        ndarray, shaped as the examples given to fit
            Mean reconstructions in the data's own units.
        """
        check_is_fitted(self)
        self._need_decoder()
        return self._as_given(self._map(inference.reconstruct, examples_to_walk(self, X)))

    def impute(self, X: Any) -> np.ndarray:
        """Fill in missing entries.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples in their own units, NaN where entries are missing.

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
        self._need_decoder()
        self._need_masked()
        back = self._map(inference.reconstruct, examples_to_walk(self, X))
        X = X[:] if is_indexed(X) else X
        rows = X.reshape(len(X), -1) if isinstance(X, np.ndarray) else X
        dtypes: Any = ("float64", "float32")
        known = check_array(rows, dtype=dtypes, ensure_all_finite=False)
        return self._as_given(np.where(np.isnan(known), back, known).astype(known.dtype))

    def corrupt(self, X: Any, seed: int = 0) -> np.ndarray:
        """Return what the encoder would see of ``X`` in training, in the data's own units."""
        check_is_fitted(self)
        scaled = jnp.asarray(self.scale(X))
        if self.model_.corruption is not None:
            scaled = self.model_.corruption(jax.random.key(seed), scaled)
        return self._as_given(self._map(inference.unscale, np.asarray(scaled)))

    def scale(self, X: Any) -> np.ndarray:
        """Return examples in the scaled space that the model and PCA share: float32 (n, D).

        Missing entries are zero, as the encoder sees them.
        """
        check_is_fitted(self)
        return self._map(inference.scale, examples_to_walk(self, X))

    def unscale(self, X: Any) -> np.ndarray:
        """Return scaled examples (n, D) in the data's own units."""
        check_is_fitted(self)
        scaled = check_array(X, dtype="float32", ensure_all_finite=False)
        if scaled.shape[1] != self.n_features_in_:
            raise DataError(
                f"The scaled examples have {scaled.shape[1]} features, and this model's have "
                f"{self.n_features_in_}."
            )
        return self._as_given(self._map(inference.unscale, scaled))

    def assess(self, X: Any) -> dict[str, np.ndarray]:
        """Return all that a report needs of examples, computed in one pass.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples in their own units, few enough that D values for each fit in memory.

        Returns
        -------
        dict of arrays, one row per example
            ``code`` (n, d); ``scaled`` (n, D): the examples in the scaled space, zero where they
            are missing; ``squares``, ``squares_input`` (n, D): squared errors of the
            reconstruction in the scaled space and in the data's own units; ``nats`` (n,): negative
            log likelihood at the code; ``floor_nats`` (n,): its lower bound; for a masked
            likelihood ``observed`` (n, D): 0 for missing entries and 1 for the others; for a
            stochastic latent ``kl`` (n,), ``drawn_nats`` (n,) of one draw and, where the latent
            gives it, ``kl_dimensions`` (n, d).
        """
        check_is_fitted(self)
        self._need_decoder()
        rows = self._map(inference.assess_with_code, examples_to_walk(self, X))
        if not self.model_.latent.stochastic:
            del rows["kl"], rows["drawn_nats"]
        return rows

    def measure(self, X: Any) -> dict[str, Any]:
        """Measure the reconstructions of ``X``.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples in their own units.

        Returns
        -------
        dict
            ``mse``: squared error an element, scaled space, missing ones left out; ``mse_input``:
            in the data's own units; ``nats``: negative log likelihood at the code, nats an example;
            ``floor_nats``: the least that the likelihood allows; ``kl`` and ``elbo``: divergence
            and negative evidence lower bound of one draw, nats an example, for stochastic latents;
            ``kl_per_dimension`` (d,); ``errors`` (n,): mean squared error an example, scaled;
            ``column_mse``, ``column_mse_input`` (D,).
        """
        check_is_fitted(self)
        self._need_decoder()
        examples = examples_to_walk(self, X)
        sums: dict[str, Any] = {}
        errors = []
        for rows in inference.iterate_rows(inference.assess, self.model_, examples):
            counts = rows["observed"].sum(axis=1) if "observed" in rows else self.n_features_in_
            squares = rows["squares"].sum(axis=1, dtype=np.float64)
            errors.append(squares / np.maximum(counts, 1))
            for name, values in rows.items():
                sums[name] = sums.get(name, 0.0) + values.sum(axis=0, dtype=np.float64)
        observed = sums.pop("observed", np.full(self.n_features_in_, float(len(examples))))
        mse, mse_input = (sums[name].sum() / observed.sum() for name in SQUARES)
        means = {
            name: total / (np.maximum(observed, 1) if name in SQUARES else len(examples))
            for name, total in sums.items()
        }
        measured = {
            "mse": float(mse),
            "mse_input": float(mse_input),
            "nats": float(means["nats"]),
            "floor_nats": float(means["floor_nats"]),
            "errors": np.concatenate(errors),
            "column_mse": means["squares"],
            "column_mse_input": means["squares_input"],
        }
        if self.model_.latent.stochastic:
            measured["kl"] = float(means["kl"])
            measured["elbo"] = float(means["drawn_nats"] + means["kl"])
        if "kl_dimensions" in means:
            measured["kl_per_dimension"] = means["kl_dimensions"]
        return measured

    def score_samples(self, X: Any) -> np.ndarray:
        """Return how usual each example is.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples in their own units.

        Returns
        -------
        ndarray (n,)
            Log likelihood at the code, less the posterior's divergence where there is one; nats,
            higher is more usual.
        """
        check_is_fitted(self)
        self._need_decoder()
        examples = examples_to_walk(self, X)
        parts = [
            -(rows["nats"] + rows["kl"]).astype(np.float64)
            for rows in inference.iterate_rows(inference.assess, self.model_, examples)
        ]
        return np.concatenate(parts)

    def log_likelihood(self, X: Any, n_samples: int = 5000, random_state: Any = None) -> np.ndarray:
        r"""Estimate the log likelihood of each example, the code integrated out.

        .. math:: \log \frac1K \sum_{k=1}^K \frac{p(x | z_k) \, p(z_k)}{q(z_k | x)},
            \quad z_k \sim q(z | x)

        In expectation a lower bound of log p(x) that rises with K, and with one draw the evidence
        lower bound. Time is that of decoding K codes an example; memory does not grow with K.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples in their own units.
        n_samples
            Draws K of each posterior, >= 1; the first of more are those of fewer.
        random_state
            As everywhere in scikit-learn.

        Returns
        -------
        ndarray (n,)
            Nats an example, higher is likelier. Of a density it is that of the scaled examples: in
            units of the data's own it is less by the sum of the logarithms of the scales. Of
            bits it is a log probability; of grey levels under the Bernoulli likelihood neither, but
            minus their cross-entropy.

        Raises
        ------
        SettingError
            If the latent is not stochastic, or there is no decoder.

        References
        ----------
        Burda, Grosse and Salakhutdinov, Importance weighted autoencoders, ICLR 2016, section 5.1:
        5,000 draws.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from isthmus.recipes import vae
        >>> X = load_digits().data[:200]
        >>> fitted = vae(2, hidden=(16,), epochs=2, random_state=0).fit(X)
        >>> few, many = (fitted.log_likelihood(X, k, random_state=0).mean() for k in (1, 50))
        >>> bool(few < many)
        True
        """
        check_is_fitted(self)
        self._need_decoder()
        if not self.model_.latent.stochastic:
            raise SettingError(
                f"log_likelihood needs a code that is drawn, and the latent here is "
                f"{type(self.model_.latent).__name__}: fit with latent='gaussian' for instance."
            )
        check_whole("log_likelihood", "n_samples", n_samples, 1)
        examples = examples_to_walk(self, X)
        seed = check_random_state(random_state).randint(2**31 - 1)
        return importance.log_likelihood(self.model_, examples, n_samples, seed)

    def sample(self, n: int = 1, random_state: Any = None) -> np.ndarray:
        """Generate examples.

        Codes are drawn from the prior, or, for a code without one, from a normal distribution with
        the mean and covariance of the training codes.

        Parameters
        ----------
        n
            How many, >= 1.
        random_state
            As everywhere in scikit-learn.

        Returns
        -------
        ndarray, shaped as the examples given to fit
            Mean reconstructions of the codes, in the data's own units.
        """
        return self.inverse_transform(self.sample_codes(n, random_state))

    def sample_codes(self, n: int = 1, random_state: Any = None) -> np.ndarray:
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

    def save(self, path: str | Path) -> Path:
        """Write the fitted estimator to one ``.safetensors`` file; `isthmus.load` reads it."""
        from isthmus.estimators.persistence import save

        return save(self, path)

    @property
    def generative_(self) -> bool:
        """Whether the latent has a prior of its own to sample from."""
        check_is_fitted(self)
        return self.model_.latent.stochastic

    @property
    def first_layer_weights_(self) -> np.ndarray | None:
        """Input weights of the first hidden units, (units, D), or None for other networks."""
        check_is_fitted(self)
        network = nonlinear_branch(self.model_.encoder)
        first = network.affines[0] if isinstance(network, Chain) else None
        return np.asarray(first.weight).T if isinstance(first, Linear) else None

    @property
    def _n_features_out(self) -> int:
        return self.model_.latent_dim

    def _map(self, function: Callable[..., Any], rows: Any) -> Any:
        return inference.map_rows(function, self.model_, rows)

    def _as_given(self, flat: np.ndarray) -> np.ndarray:
        shape = self._example_shape
        return flat.reshape(len(flat), *shape) if len(shape) > 1 else flat

    def _need_masked(self) -> None:
        if not self.model_.likelihood.masked:
            raise SettingError(
                f"The likelihood is {type(self.model_.likelihood).__name__}, under which no entry "
                "is missing: fit with likelihood='masked', or a member of "
                "isthmus.likelihoods.Masked."
            )

    def _need_decoder(self) -> None:
        if self.model_.decoder is None:
            raise SettingError(
                "This model has no decoder (decoder=None), so it reconstructs nothing."
            )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = takes_missing(self.get_params(deep=False)["likelihood"])
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]  # pyright: ignore[reportOptionalMemberAccess]
        return tags
