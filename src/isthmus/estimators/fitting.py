"""What the estimators share: fitting, and everything that a fitted autoencoder can do."""

import sys
from abc import ABCMeta, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import jax
import jax.numpy as jnp
import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_array, check_is_fitted

from isthmus.engine import Checkpoint, EpochRecord, Feed, Optimiser, State, Trained, train
from isthmus.errors import DataError, SettingError
from isthmus.estimators import inference
from isthmus.estimators.construction import build_model
from isthmus.estimators.inputs import (
    check_varied,
    example_shape_of,
    flat_examples,
    image_shape_of,
    is_indexed,
)
from isthmus.estimators.settings import check_settings, fingerprint, set_nested
from isthmus.heads import AbstractHead
from isthmus.model import Model, count_parameters
from isthmus.networks import Chain, LinearPath
from isthmus.networks.layers import Linear
from isthmus.scaling import choose

LEAST_VALIDATED = 20
"""With fewer examples none are held out."""


class AbstractAutoencoder(
    ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator, metaclass=ABCMeta
):
    """Settings in, a fitted model out; encode, decode, score, sample, save."""

    latent_dim: int

    @abstractmethod
    def _heads(self, rng: np.random.Generator) -> tuple[AbstractHead, ...]:
        """Draw the heads."""

    def set_params(self, **params: Any) -> Self:
        """Set parameters; ``slot__name`` replaces the slot's specification by a changed one."""
        plain = set_nested(self, params)
        return super().set_params(**plain)

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
        codes = self._map(inference.encode, self._examples(X))
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
        codes = check_array(X, dtype=np.float32)
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
        return self._as_given(self._map(inference.reconstruct, self._examples(X)))

    def corrupt(self, X: Any, seed: int = 0) -> np.ndarray:
        """Return what the encoder would see of ``X`` in training, in the data's own units."""
        check_is_fitted(self)
        scaled = jnp.asarray(self.scale(X))
        if self.model_.corruption is not None:
            scaled = self.model_.corruption(jax.random.key(seed), scaled)
        return self._as_given(self._map(inference.unscale, np.asarray(scaled)))

    def scale(self, X: Any) -> np.ndarray:
        """Return examples in the scaled space that the model and PCA share: float32 (n, D)."""
        check_is_fitted(self)
        return self._map(inference.scale, self._examples(X))

    def unscale(self, X: Any) -> np.ndarray:
        """Return scaled examples (n, D) in the data's own units."""
        check_is_fitted(self)
        return self._as_given(self._map(inference.unscale, np.asarray(X, np.float32)))

    def measure(self, X: Any) -> dict[str, Any]:
        """Measure the reconstructions of ``X``.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples in their own units.

        Returns
        -------
        dict
            ``mse``: squared error an element, scaled space; ``mse_input``: in the data's own
            units; ``nats``: negative log likelihood at the code, nats an example; ``floor_nats``:
            the least that the likelihood allows; ``kl`` and ``elbo``: divergence and negative
            evidence lower bound of one draw, nats an example, for stochastic latents;
            ``kl_per_dimension`` (d,); ``errors`` (n,): mean squared error an example, scaled;
            ``column_mse``, ``column_mse_input`` (D,).
        """
        check_is_fitted(self)
        self._need_decoder()
        examples = self._examples(X)
        sums: dict[str, Any] = {}
        errors = []
        for rows in inference.iterate_rows(inference.assess, self.model_, examples):
            errors.append(rows["squares"].mean(axis=1, dtype=np.float64))
            for name, values in rows.items():
                sums[name] = sums.get(name, 0.0) + values.sum(axis=0, dtype=np.float64)
        means = {name: total / len(examples) for name, total in sums.items()}
        measured = {
            "mse": float(means["squares"].mean()),
            "mse_input": float(means["squares_input"].mean()),
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
        examples = self._examples(X)
        parts = [
            -(rows["nats"] + rows["kl"]).astype(np.float64)
            for rows in inference.iterate_rows(inference.assess, self.model_, examples)
        ]
        return np.concatenate(parts)

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
        if n < 1:
            raise SettingError(f"n is {n}: at least one sample is needed.")
        random = check_random_state(random_state)
        key = jax.random.key(random.randint(2**31 - 1))
        codes = self.model_.latent.sample_prior(key, n, self.model_.latent_dim)
        if codes is not None:
            return np.asarray(codes)
        covariance = np.atleast_2d(self.code_covariance_)
        return random.multivariate_normal(self.code_mean_, covariance, n).astype(np.float32)

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
        network = self.model_.encoder
        network = network.network if isinstance(network, LinearPath) else network
        first = network.affines[0] if isinstance(network, Chain) else None
        return np.asarray(first.weight).T if isinstance(first, Linear) else None

    @property
    def _n_features_out(self) -> int:
        return self.model_.latent_dim

    def _fit(
        self,
        X: Any,
        target: np.ndarray | None,
        validation_data: Any,
        validation_target: np.ndarray | None,
        checkpoint: Checkpoint | None,
    ) -> Self:
        check_settings(self)
        examples = self._first_examples(X)
        seed = check_random_state(self.random_state).randint(2**31 - 1)
        held_out = None
        if validation_data is not None:
            held_out = (self._loaded(self._examples(validation_data)), validation_target)
        elif len(examples) >= LEAST_VALIDATED and self.validation_fraction > 0:
            (examples, target), held_out = self._hold_out(examples, target, seed)
        model = self._build(examples, seed)
        self._announce(len(examples), held_out)
        feed = Feed(self._placed(examples), target, self._batch(len(examples)), seed)
        validation = None
        if held_out is not None:
            size = max(self._batch(len(held_out[0])), min(256, len(held_out[0])))
            validation = Feed(self._placed(held_out[0]), held_out[1], size, None)
        if checkpoint is not None:
            checkpoint = replace(checkpoint, settings=fingerprint(self, examples))
        trained = train(
            model,
            self._optimiser(self.schedule),
            feed,
            epochs=self.epochs,
            seed=seed,
            validation=validation,
            patience=self.patience,
            callbacks=(*self.callbacks, *((_print_record,) if self.verbose else ())),
            checkpoint=checkpoint,
        )
        self._note(trained, examples)
        self._state = None
        return self

    def _partial_fit(self, X: Any, target: np.ndarray | None) -> Self:
        check_settings(self)
        first = not hasattr(self, "model_")
        examples = self._first_examples(X) if first else self._examples(X)
        seed = check_random_state(self.random_state).randint(2**31 - 1)
        model = self._build(examples, seed) if first else self.model_
        state: State | None = getattr(self, "_state", None)
        feed = Feed(self._placed(examples), target, self._batch(len(examples)), seed)
        trained = train(
            model, self._optimiser("constant"), feed, epochs=1, seed=seed, state=state
        )
        self._note(trained, examples, None if first else self.history_)
        self._state = trained.last
        return self

    def _first_examples(self, X: Any) -> Any:
        examples = self._loaded(flat_examples(self, X, fitting=True))
        self.image_shape_ = image_shape_of(X, self.image_shape, self.n_features_in_)
        self._example_shape = example_shape_of(X)
        check_varied(examples)
        return examples

    def _examples(self, X: Any) -> Any:
        return flat_examples(self, X, fitting=False)

    def _loaded(self, examples: Any) -> Any:
        """Return examples on disk as an array in memory, if the limit allows it."""
        if not is_indexed(examples):
            return examples
        if len(examples) * self.n_features_in_ * examples.dtype.itemsize > self.memory_limit:
            return examples
        return np.asarray(examples[:]).reshape(len(examples), -1)

    def _placed(self, examples: Any) -> Any:
        """Return examples on the accelerator, where there is one and they fit the limit."""
        if isinstance(examples, np.ndarray) and jax.default_backend() != "cpu":
            return jax.device_put(examples) if examples.nbytes <= self.memory_limit else examples
        return examples

    def _hold_out(self, examples: Any, target: np.ndarray | None, seed: int) -> tuple[Any, Any]:
        stratify = target
        if target is not None and np.unique(target, return_counts=True)[1].min() < 2:
            stratify = None
        try:
            parts = train_test_split(
                np.arange(len(examples)),
                test_size=self.validation_fraction,
                random_state=seed,
                stratify=stratify,
            )
        except ValueError:  # more classes than held-out examples
            parts = train_test_split(
                np.arange(len(examples)), test_size=self.validation_fraction, random_state=seed
            )
        kept, held = (np.sort(part) for part in parts)
        return tuple(
            (_taken(examples, part), None if target is None else target[part])
            for part in (kept, held)
        )  # pyright: ignore[reportReturnType]

    def _build(self, examples: Any, seed: int) -> Model:
        flat = _Flat(examples)
        self.scaling_ = choose(self.scaling, flat, image=self.image_shape_ is not None)  # pyright: ignore[reportArgumentType]
        sample = flat[:: -(-len(examples) // 60_000)]
        scaled = inference.map_scaling(self.scaling_.scaling, sample)
        model = build_model(
            self,
            scaled,
            self.scaling_,
            self.image_shape_,
            self._heads,
            np.random.default_rng(seed),
        )
        self.likelihood_ = model.likelihood
        _check_domain(model, scaled)
        return model

    def _announce(self, n: int, held_out: Any) -> None:
        if self.verbose:
            held = "none" if held_out is None else len(held_out[0])
            sys.stdout.write(
                f"{n} examples to learn from, {held} held out; scaling {self.scaling_.describe()}; "
                f"likelihood {type(self.likelihood_).__name__}\n"
            )

    def _batch(self, n: int) -> int:
        return min(self.batch_size, n)

    def _optimiser(self, schedule: Any) -> Optimiser:
        return Optimiser(self.optimizer, self.learning_rate, schedule, self.gradient_clip)

    def _note(
        self, trained: Trained, examples: Any, earlier: dict[str, list] | None = None
    ) -> None:
        self.model_ = trained.model
        self.history_ = _history(trained, earlier)
        self.n_epochs_ = len(self.history_["epoch"])
        self.best_epoch_ = trained.best_epoch if earlier is None else self.n_epochs_
        self.stop_reason_ = trained.stop_reason
        self.fit_seconds_ = trained.seconds
        self.n_parameters_, self.n_trainable_parameters_ = count_parameters(trained.model)
        rows = _Flat(examples)[:: -(-len(examples) // 20_000)]
        codes = self._map(inference.encode, rows).astype(np.float64)
        self.code_mean_, self.code_covariance_ = codes.mean(axis=0), np.cov(codes.T)

    def _map(self, function: Callable[..., Any], rows: Any) -> Any:
        return inference.map_rows(function, self.model_, rows)

    def _as_given(self, flat: np.ndarray) -> np.ndarray:
        shape = self._example_shape
        return flat.reshape(len(flat), *shape) if len(shape) > 1 else flat

    def _need_decoder(self) -> None:
        if self.model_.decoder is None:
            raise SettingError("This model has no decoder (decoder=None), so it reconstructs nothing.")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]  # pyright: ignore[reportOptionalMemberAccess]
        return tags


class _Flat:
    """Rows of examples, flat, whatever their shape and wherever they lie."""

    def __init__(self, examples: Any):
        self._examples = examples

    def __len__(self) -> int:
        return len(self._examples)

    def __getitem__(self, rows: slice) -> np.ndarray:
        part = np.asarray(self._examples[rows])
        return part.reshape(len(part), -1)


class _Rows:
    """Some of the examples that lie on disk, in the order of an index."""

    def __init__(self, examples: Any, index: np.ndarray):
        self._examples, self._index = examples, index
        self.shape, self.dtype = (len(index), *examples.shape[1:]), examples.dtype

    def __len__(self) -> int:
        return len(self._index)

    def __getitem__(self, rows: Any) -> np.ndarray:
        return self._examples[self._index[rows]]


def _taken(examples: Any, index: np.ndarray) -> Any:
    return _Rows(examples, index) if is_indexed(examples) else examples[index]


def _check_domain(model: Model, scaled: np.ndarray) -> None:
    low, high = model.likelihood.domain()
    if scaled.min() < low or scaled.max() > high:
        raise SettingError(
            f"likelihood {type(model.likelihood).__name__} needs values within [{low:g}, {high:g}], "
            f"and the scaled data has [{scaled.min():g}, {scaled.max():g}]: use scaling='minmax' or "
            "another likelihood."
        )


def _history(trained: Trained, earlier: dict[str, list] | None) -> dict[str, list]:
    columns: dict[str, list] = {} if earlier is None else {k: list(v) for k, v in earlier.items()}
    offset = len(columns.get("epoch", []))
    for record in trained.records:
        row = {
            "epoch": offset + record.epoch,
            "train_loss": record.train_loss,
            "validation_loss": record.validation_loss,
            "learning_rate": record.learning_rate,
            "seconds": record.seconds,
            **record.terms,
        }
        for name, value in row.items():
            columns.setdefault(name, []).append(value)
    return columns


def _print_record(record: EpochRecord) -> None:
    validation = (
        "" if record.validation_loss is None else f"  validation {record.validation_loss:.4f}"
    )
    sys.stdout.write(
        f"epoch {record.epoch}/{record.epochs}  train {record.train_loss:.4f}{validation}  "
        f"{record.seconds:.1f} s\n"
    )
