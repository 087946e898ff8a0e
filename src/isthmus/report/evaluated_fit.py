"""A fit with everything that was found about it: what the sections of a report read."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from isthmus.doctor import Finding, Fit
from isthmus.evaluation.pca import PCABaseline
from isthmus.figures import Limits
from isthmus.fitted import FittedAutoencoder
from isthmus.plainjson import Facts
from isthmus.report.model import ReportedModel
from isthmus.report.passes import SPLITS, PartResult, Parts, assess_parts
from isthmus.report.sample import Sample
from isthmus.report.table_columns import ComparedColumn, compare_columns
from isthmus.tables import Schema

LIVE_LIMIT = 5.0
"""Largest size, in MB, of the decoder and the encoder that a page carries."""


@dataclass(frozen=True)
class EvaluatedFit:
    """A fitted model, and what the passes over the data found.

    Attributes
    ----------
    model : ReportedModel
    results : mapping of str to PartResult
        Of ``"train"``, ``"validation"`` and ``"test"``, where they exist, in this order.
    pca : PCABaseline or None
        PCA of the training set; None without one.
    seed : int
        Of what a section draws at random.
    run : mapping
        What ``run.json`` holds.
    examination : Fit or None
        The model as the numbers that the doctor looks at; None without a training set.
    findings : tuple of Finding
        What the doctor found, the most serious first.
    schema : Schema or None
        Of a table of several kinds of columns, whose examples here are encoded rows.
    table : list of ComparedColumn or None
        Its columns on the part that is furthest from the training.
    live_limit : float
        Largest size, in MB, of the model that the page carries.
    """

    model: ReportedModel
    results: Mapping[str, PartResult]
    pca: PCABaseline | None
    seed: int
    run: Facts
    examination: Fit | None = None
    findings: tuple[Finding, ...] = ()
    schema: Schema | None = None
    table: list[ComparedColumn] | None = None
    live_limit: float = LIVE_LIMIT

    @property
    def split(self) -> str:
        """Name of the set that the model is measured on: test, else validation, else training."""
        return [name for name in SPLITS if name in self.results][-1]

    @property
    def measured(self) -> PartResult:
        """Results on that set."""
        return self.results[self.split]

    @property
    def shown(self) -> Sample:
        """Examples of that set to show."""
        return self.measured.shown

    @cached_property
    def codes(self) -> np.ndarray:
        """Codes (m, d) of the examples to show of all parts, those of the measured set first."""
        return np.concatenate([part.shown.codes for part in self._shown_parts.values()])

    @property
    def _shown_parts(self) -> dict[str, PartResult]:
        parts = {name: self.results[name] for name in reversed(SPLITS) if name in self.results}
        return {name: part for name, part in parts.items() if len(part.shown)}

    @property
    def shown_parts(self) -> dict[str, Sample]:
        """Examples to show of every part, the measured set first."""
        return {name: part.shown for name, part in self._shown_parts.items()}

    @cached_property
    def limits(self) -> Limits:
        """Least and greatest value of the examples shown: black and white of their pictures."""
        values = np.asarray(self.shown.examples, np.float64)
        return float(np.nanmin(values)), float(np.nanmax(values))

    @cached_property
    def label(self) -> object:
        """The label under which codes alone are decoded: the commonest; None without labels."""
        if not self.model.conditional:
            return None
        first = self.results.get("train", self.measured)
        labels, counts = np.unique(np.asarray(first.coded.labels), return_counts=True)
        return labels[counts.argmax()].item()

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """Return what codes (m, d) decode to, in the data's own units."""
        return self.model.decode(codes.astype(np.float32), self.label)


def evaluate_fit(
    estimator: FittedAutoencoder,
    parts: Parts,
    *,
    seed: int = 0,
    run: Facts | None = None,
    live_limit: float | None = None,
) -> EvaluatedFit:
    """Read the data, and find everything that the report of a fit says.

    Parameters
    ----------
    estimator
        A fitted autoencoder, with a classifier or a regressor on its code, or conditioned on
        labels.
    parts : mapping of str to (X, y)
        ``"train"``, ``"validation"`` and ``"test"``, where they exist; X as the estimator was
        given it, y labels, quantities or None. Without a training set nothing is compared with PCA.
    seed : int
        Chooses the examples that are kept, and draws samples and corruption.
    run : mapping, optional
        What ``run.json`` holds.
    live_limit : float
        Largest size, in MB, of the model that the page carries; 0 carries none, None is 5.
    """
    schema: Schema | None = getattr(estimator, "schema_", None)
    given, given_parts = estimator, parts
    if schema is not None:
        parts = {name: (estimator.encode_table(X), y) for name, (X, y) in parts.items()}
        estimator = estimator.of_encoded_rows()
    model = ReportedModel(estimator, None if schema is None else schema.feature_names)
    results, pca = assess_parts(model, parts, seed=seed)
    table = None
    if schema is not None and pca is not None and not model.conditional:
        measured = [name for name in SPLITS if name in parts][-1]
        table = compare_columns(schema, model, pca, parts[measured][0], parts["train"][0])
    # Of the rows as they were given: a table says more than its encoded rows.
    examination, findings = ReportedModel(given, None).examine(given_parts)
    facts, limit = dict(run or {}), LIVE_LIMIT if live_limit is None else live_limit
    return EvaluatedFit(
        model, results, pca, seed, facts, examination, findings, schema, table, limit
    )
