"""Running a fitted model on rows and, where it is conditioned on labels, on the rows' labels."""

import copy
from collections.abc import Sized
from typing import Self

import jax.numpy as jnp
import numpy as np
from sklearn.utils.validation import check_is_fitted

from isthmus.annotations import Examples, Targets
from isthmus.errors import DataError, SettingError
from isthmus.estimators import inference
from isthmus.estimators.learner import FittedAttributes
from isthmus.estimators.targets import condition_numbers


class Conditioned(FittedAttributes):
    """What the methods of a fitted autoencoder share: rows, labels, shapes."""

    def given(self, label: object) -> Self:
        """Return the fitted autoencoder of one label: all its methods, conditioned on that label.

        Raises
        ------
        SettingError
            If the model is not conditioned on labels.
        DataError
            If the fit had no such label.
        """
        check_is_fitted(self)
        numbers = self._label_numbers(np.array([label]), "given", [label])
        assert numbers is not None
        one = copy.copy(self)
        one.model_ = self.model_.given(jnp.asarray(numbers))
        vars(one).pop("classes_")
        vars(one)["condition"] = False
        return one

    def labels_from(self, y: Targets | None) -> Targets | None:
        """Return targets of examples as ``labels`` of the other methods: None where they need none.

        So ``transform(X, labels_from(y))`` encodes with any estimator, conditioned or not.
        """
        check_is_fitted(self)
        return y if self.model_.conditional else None

    def _map(
        self, function: inference.Rowwise, rows: Examples, labels: Targets | None, method: str
    ) -> np.ndarray:
        """Return a function of every row, under its label where the model is conditioned."""
        numbers = self._label_numbers(labels, method, rows)
        return inference.map_rows(function, self.model_, rows, numbers)

    def _rows(self, function: inference.Rowwise, rows: Examples) -> np.ndarray:
        """Return a function of every row that does not depend on labels."""
        return inference.map_rows(function, self.model_, rows)

    def _label_numbers(self, labels: Targets | None, method: str, rows: Sized) -> np.ndarray | None:
        """Return the numbers of the rows' labels; None where the model is not conditioned."""
        name = type(self).__name__
        if not self.model_.conditional:
            if labels is None:
                return None
            raise SettingError(
                f"{name}.{method} got labels, and this model is not conditioned on labels: leave "
                "them out, or fit with condition=True."
            )
        if labels is None:
            raise DataError(
                f"This model is conditioned on labels, so {name}.{method} requires y, one "
                "label per row or one for all: give it as labels=."
            )
        return condition_numbers(self.classes_, labels, rows)

    def _own_units(self, flat: np.ndarray) -> np.ndarray:
        """Return what the model gives (n, D) with the offsets of the columns added again."""
        return flat if self.offset_ is None else flat.astype(np.float64) + self.offset_

    def _as_given(self, flat: np.ndarray) -> np.ndarray:
        return self._shaped(self._own_units(flat))

    def _shaped(self, flat: np.ndarray) -> np.ndarray:
        shape = self._example_shape
        return flat.reshape(len(flat), *shape) if len(shape) > 1 else flat

    @property
    def paired_neighbours_(self) -> int:
        """Number of neighbours that each training example was placed next to, or 0."""
        check_is_fitted(self)
        arranging = [one.paired for one in self.model_.penalties if one.arranges_codes]
        return max((pairs.neighbours for pairs in arranging if pairs is not None), default=0)

    @property
    def generative_(self) -> bool:
        """Whether the latent has a prior of its own to sample from."""
        check_is_fitted(self)
        return self.model_.latent.stochastic

    @property
    def _n_features_out(self) -> int:
        return self.model_.latent_dim
