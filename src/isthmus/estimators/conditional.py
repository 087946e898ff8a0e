"""An autoencoder that is told each example's label: it encodes, and generates, under a label."""

import copy
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Self

import jax.numpy as jnp
import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.preprocessing import LabelEncoder
from sklearn.utils import _safe_indexing as rows_of
from sklearn.utils import check_random_state
from sklearn.utils.validation import (
    check_array,
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
)

from isthmus.data.source import Rows, blocks
from isthmus.engine import Checkpoint
from isthmus.errors import DataError, SettingError
from isthmus.estimators import fitting
from isthmus.estimators.autoencoder import Autoencoder
from isthmus.estimators.inputs import is_indexed
from isthmus.estimators.supervised import labels_of, need_targets, pair_of
from isthmus.estimators.undone import undone_by_failure


class ConditionalAutoencoder(BaseEstimator):
    """Learn a code of what the label leaves open, and to make examples of a label.

    Encoder and decoder are both told the label: the first layer of each has a bias of its own for
    every label, which is a layer of the input with the label beside it. Around a variational
    autoencoder this is the conditional variational autoencoder, whose prior is the same for all
    labels.

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
        What was fitted; by itself it can do nothing, `given` a label it is one like any other.

    References
    ----------
    Sohn, Lee and Yan, Learning structured output representation using deep conditional generative
    models, NIPS 2015; there the condition is an image, and the prior depends on it. With labels,
    and one prior for all: Kingma et al., Semi-supervised learning with deep generative models,
    NIPS 2014, section 2 (M2).

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from isthmus import Autoencoder
    >>> X, y = load_digits(return_X_y=True)
    >>> inner = Autoencoder(4, latent="gaussian", hidden=(32,), epochs=2, random_state=0)
    >>> conditional = ConditionalAutoencoder(inner).fit(X, y)
    >>> conditional.transform(X, y).shape
    (1797, 4)
    >>> conditional.sample([3, 3, 5], random_state=0).shape
    (3, 64)
    """

    classes_: np.ndarray
    autoencoder_: Autoencoder

    def __init__(self, autoencoder: Autoencoder | None = None):
        self.autoencoder = autoencoder

    @undone_by_failure
    def fit(
        self,
        X: Any,
        y: Any,
        *,
        validation_data: Any = None,
        checkpoint: Checkpoint | None = None,
    ) -> Self:
        """Fit the autoencoder to examples and their labels.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples, n >= 2.
        y : (n,)
            Labels: numbers or strings.
        validation_data : pair of (X, y), optional
            The held-out part, instead of a share of the examples.
        checkpoint : isthmus.engine.Checkpoint, optional
            Where to keep training's state, and whether to go on from it.

        Returns
        -------
        self
        """
        y = labels_of(self, X, y, "it is told the labels")
        self.classes_ = np.unique(y)
        held_out = None
        if validation_data is not None:
            examples, labels = pair_of(validation_data)
            held_out = (examples, self._numbers(labels))
        self.autoencoder_ = _unfitted(self.autoencoder)
        fitting.fit(
            self.autoencoder_, X, self._numbers(y), held_out, checkpoint, len(self.classes_)
        )
        return self

    def given(self, label: Any) -> Autoencoder:
        """Return the fitted autoencoder of one label: all its methods, under that label."""
        check_is_fitted(self)
        (number,) = self._numbers([label])
        told = copy.copy(self.autoencoder_)
        told.model_ = told.model_.given(jnp.asarray([number]))
        return told

    def transform(self, X: Any, y: Any) -> np.ndarray:
        """Encode examples (n, ...) under their labels (n,): codes (n, d)."""
        return self._under_labels("transform", X, y)

    def inverse_transform(self, X: Any, y: Any) -> np.ndarray:
        """Decode codes (n, d) under labels (n,), in the data's own units."""
        return self._under_labels("inverse_transform", X, y)

    def reconstruct(self, X: Any, y: Any) -> np.ndarray:
        """Encode and decode examples (n, ...) under their labels (n,), in their own units."""
        return self._under_labels("reconstruct", X, y)

    def impute(self, X: Any, y: Any) -> np.ndarray:
        """Return examples (n, ...) of labels (n,) with their missing entries reconstructed."""
        return self._under_labels("impute", X, y)

    def assess(self, X: Any, y: Any) -> dict[str, np.ndarray]:
        """Return what `isthmus.Autoencoder.assess` does of examples (n, ...) with labels (n,)."""
        rows = self._rows_of_labels(X, y)
        assessed = [self.given(label).assess(_part(X, own)) for label, own in rows.items()]
        return {
            name: _in_order(rows.values(), [one[name] for one in assessed]) for name in assessed[0]
        }

    def measure(self, X: Any, y: Any) -> dict[str, Any]:
        """Measure the reconstructions of examples (n, ...) under their labels (n,).

        The measures are those of `isthmus.Autoencoder.measure`: means over all the examples.
        """
        rows = self._rows_of_labels(X, y)
        measured = [self.given(label).measure(_part(X, own)) for label, own in rows.items()]
        observed = np.stack([_observed(_part(X, own)) for own in rows.values()])  # (labels, D)
        shares = np.array([len(own) for own in rows.values()]) / len(X)
        means: dict[str, Any] = {
            name: np.average(np.stack([one[name] for one in measured]), axis=0, weights=shares)
            for name in measured[0].keys() - {"errors"}
        }
        for name in ("mse", "mse_input"):  # of observed entries, which need not be equally many
            columns = np.stack([one[f"column_{name}"] for one in measured])
            squares = (columns * observed).sum(axis=0)
            means[f"column_{name}"] = squares / np.maximum(observed.sum(axis=0), 1)
            means[name] = squares.sum() / observed.sum()
        means = {name: mean if np.ndim(mean) else float(mean) for name, mean in means.items()}
        return means | {"errors": _in_order(rows.values(), [one["errors"] for one in measured])}

    def score_samples(self, X: Any, y: Any) -> np.ndarray:
        """Return how usual each example (n, ...) is under its label (n,): nats, (n,)."""
        return self._under_labels("score_samples", X, y)

    def log_likelihood(
        self, X: Any, y: Any, n_samples: int = 5000, random_state: Any = None
    ) -> np.ndarray:
        """Estimate the log likelihood of each example (n, ...) under its label (n,): nats, (n,).

        The estimate is that of `isthmus.Autoencoder.log_likelihood`.
        """
        if not isinstance(random_state, int | np.integer):  # one seed for all labels
            random_state = check_random_state(random_state).randint(2**31 - 1)
        draws = {"n_samples": n_samples, "random_state": random_state}
        return self._under_labels("log_likelihood", X, y, **draws)

    def score(self, X: Any, y: Any) -> float:
        """Return the mean of `score_samples`: nats an example, higher is better."""
        return float(np.mean(self.score_samples(X, y)))

    def sample(self, y: Any, random_state: Any = None) -> np.ndarray:
        """Generate an example for every label.

        Parameters
        ----------
        y : (n,)
            Labels; ``[3] * 16`` is sixteen of one.
        random_state
            As everywhere in scikit-learn.

        Returns
        -------
        ndarray, shaped as the examples given to fit
            Mean reconstructions of codes from the prior, in the data's own units.
        """
        check_is_fitted(self)
        y = column_or_1d(y)
        random = check_random_state(random_state)
        codes = self.autoencoder_.sample_codes(len(y), random)
        return self.inverse_transform(codes, y)

    def save(self, path: str | Path) -> Path:
        """Write the fitted estimator to one ``.safetensors`` file; `isthmus.load` reads it."""
        from isthmus.estimators.persistence import save

        return save(self, path)

    def _under_labels(self, method: str, X: Any, y: Any, **settings: Any) -> np.ndarray:
        """Apply a method of the autoencoder to the rows of each label; put them back in order."""
        rows = self._rows_of_labels(X, y)
        parts = [
            getattr(self.given(k), method)(_part(X, own), **settings) for k, own in rows.items()
        ]
        return _in_order(rows.values(), parts)

    def _rows_of_labels(self, X: Any, y: Any) -> dict[Any, np.ndarray]:
        """Return the places of the examples of each label that occurs."""
        check_is_fitted(self)
        need_targets(self, y, "it is told the labels")
        check_consistent_length(X, y)
        if not len(y):
            raise DataError("There are no examples: at least one is needed.")
        numbers = self._numbers(y)
        labels = self.classes_.tolist()
        return {labels[k]: np.flatnonzero(numbers == k) for k in np.unique(numbers)}

    def _numbers(self, y: Any) -> np.ndarray:
        """Return the numbers of labels."""
        y = column_or_1d(y)
        strange = set(y.tolist()) - set(self.classes_.tolist())
        if strange:
            known = ", ".join(map(str, self.classes_[:20].tolist()))
            raise DataError(f"{min(strange, key=str)!r} is no label of this model's: {known}.")
        labels = LabelEncoder()
        labels.classes_ = self.classes_
        return labels.transform(y).astype(np.int32)


def _unfitted(given: Autoencoder | None) -> Any:
    """Return a copy of the autoencoder to fit; who listens to its fit is not copied."""
    if given is None:
        return Autoencoder(latent="gaussian")
    if not isinstance(given, Autoencoder):
        raise SettingError(
            f"autoencoder is {type(given).__name__}; it must be an isthmus.Autoencoder."
        )
    settings: dict[str, Any] = given.get_params(deep=False) | {"callbacks": ()}
    silent: Any = clone(type(given)(**settings))
    return silent.set_params(callbacks=given.callbacks)


def _part(X: Any, rows: np.ndarray) -> Any:
    """Return chosen examples, still to be read where they lie on disk."""
    return Rows(X, rows) if is_indexed(X) else rows_of(X, rows)


def _observed(X: Any) -> np.ndarray:
    """Return how many entries of every feature (D,) are not missing."""
    loose: Any = {"dtype": ("float64", "float32"), "ensure_all_finite": False, "allow_nd": True}
    read = blocks(X if is_indexed(X) else check_array(X, **loose))
    known = [(~np.isnan(block)).reshape(len(block), -1).sum(axis=0) for _, block in read]
    return np.sum(known, axis=0)


def _in_order(rows: Iterable[np.ndarray], parts: Sequence[np.ndarray]) -> np.ndarray:
    """Put parts back at the places that they were taken from."""
    return np.concatenate(parts)[np.argsort(np.concatenate(list(rows)))]
