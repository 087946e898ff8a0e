"""What a fitted autoencoder does about tables: rows in, rows out, rows drawn."""

import copy
from abc import abstractmethod
from typing import Any, Self

import jax
import jax.numpy as jnp
import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from isthmus.annotations import ExamplesLike, RandomState, Targets
from isthmus.estimators import door, inference
from isthmus.estimators.conditioning import Conditioned
from isthmus.estimators.number_columns import USUAL, NumberColumns, draw_rows
from isthmus.estimators.units import Range
from isthmus.tables import Schema, frame_like


class Tabular(Conditioned):
    """The methods that know the schema of a table."""

    @abstractmethod
    def inverse_transform(self, X: ExamplesLike, labels: Targets | None = None) -> Any:
        """Return mean reconstructions of codes (n, d)."""

    @abstractmethod
    def need_decoder(self) -> None:
        """Raise `SettingError` if the model has no decoder."""

    @abstractmethod
    def sample_codes(self, n: int, random_state: RandomState = None) -> np.ndarray:
        """Return codes (n, d) drawn from the prior."""

    def encode_table(self, X: ExamplesLike) -> np.ndarray:
        """Return the rows of a table as the model sees them.

        Parameters
        ----------
        X : data frame or Arrow table of n rows
            With the columns of the fit, in any order.

        Returns
        -------
        ndarray (n, width_), float32
            NaN where an entry is missing. Examples of a model without a schema come back as they
            are, as an array.
        """
        check_is_fitted(self)
        return np.asarray(door.enter(self, X))

    def of_encoded_rows(self) -> Self:
        """Return this model as one of the rows that `encode_table` gives: arrays in, arrays out."""
        check_is_fitted(self)
        if self.schema_ is None:
            return self
        of_rows = copy.copy(self)
        vars(of_rows).pop("feature_names_in_")
        vars(of_rows).update(schema_=None, range_=None, n_features_in_=self.schema_.width)
        return of_rows

    def of_table(self, schema: Schema) -> Self:
        """Return this model of encoded rows as one of the tables that a schema encodes so.

        Parameters
        ----------
        schema
            Its encoded rows are as wide as the examples that this model was fitted to.
        """
        check_is_fitted(self)
        of_tables = copy.copy(self)
        names = np.array(schema.names, dtype=object)
        vars(of_tables).update(schema_=schema, range_=None, number_columns_=None)
        vars(of_tables).update(feature_names_in_=names, n_features_in_=len(names))
        return of_tables

    def _as_given(self, flat: np.ndarray, given: ExamplesLike | None = None) -> Any:
        """Return examples (n, D) in the layout of the fit; ``given`` are those they come from."""
        return super()._as_given(flat) if self.schema_ is None else door.leave(self, flat, given)

    def draw(
        self, codes: np.ndarray, random_state: RandomState = None, labels: Targets | None = None
    ) -> Any:
        """Return an example for each code.

        Parameters
        ----------
        codes : (n, d)
            Codes.
        random_state
            As everywhere in scikit-learn.
        labels : (n,), optional
            Labels of the codes, where the model is conditioned on labels.

        Returns
        -------
        ndarray, or table of n rows
            Of a table, also of one of numbers alone, rows that are drawn from the likelihood of
            each column, within the range of the fit, with the column's decimals; of arrays, whose
            columns have no names, the mean reconstructions.
        """
        named = hasattr(self, "feature_names_in_")
        columns, limits = self.number_columns_, self.range_
        if self.schema_ is None and (columns is None or limits is None or not named):
            return self.inverse_transform(codes, labels)
        self.need_decoder()
        seed = check_random_state(random_state).randint(2**31 - 1)
        raw = self._map(inference.decode_raw, codes, labels, "sample")
        if self.schema_ is None:
            assert columns is not None
            assert limits is not None
            return self._shaped(self._drawn_numbers(columns, limits, raw, labels, seed))
        drawn = np.asarray(self.model_.likelihood.sample(jax.random.key(seed), jnp.asarray(raw)))
        rows = self.schema_.within_range(self._rows(inference.unscale, drawn))
        table = self.schema_.decode(rows, rng=np.random.default_rng(seed))
        return frame_like(table, self.schema_.make)

    def _drawn_numbers(
        self,
        columns: NumberColumns,
        limits: Range,
        raw: np.ndarray,
        labels: Targets | None,
        seed: int,
    ) -> np.ndarray:
        """Return rows (n, D) of a table of numbers, drawn from raw outputs."""
        codes = self.sample_codes(USUAL, seed)
        labels = labels if labels is None else np.resize(labels, USUAL)
        usual = self._map(inference.decode_raw, codes, labels, "sample")

        def unscaled(rows: np.ndarray) -> np.ndarray:
            own = self._rows(inference.unscale, rows).astype(np.float64)
            return own if self.offset_ is None else own + self.offset_

        how = (self.model_.likelihood, unscaled, raw, usual, seed)
        return draw_rows(columns, limits, *how)
