"""One pass over each part of the data: codes, errors, PCA's errors, and a sample of examples.

Each block of a part is read once, and everything that the report needs of it is computed while it
is in memory. PCA is fitted from sums gathered in the pass over the training set, whose errors under
PCA then take a second pass; a fit that started from PCA of the same examples hands its PCA over,
and the second pass falls away.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from isthmus.annotations import ExamplesLike, Targets
from isthmus.data.source import take
from isthmus.evaluation.pca import PCABaseline, PCAMoments
from isthmus.evaluation.reconstruction import ErrorSums, ReconstructionErrors
from isthmus.evaluation.statistics import ColumnStatistics
from isthmus.report.model import ReportedModel
from isthmus.report.pca_errors import PCAErrors, PCAErrorSums
from isthmus.report.sample import (
    SHOWN_VALUES,
    ChosenRows,
    Sample,
    draw_rows,
    spread_over_parts,
)
from isthmus.unlabelled import known_labels, plain_labels

Part: TypeAlias = tuple[Any, Targets | None]
Parts: TypeAlias = Mapping[str, Part]

SPLITS = ("train", "validation", "test")

BLOCK_VALUES = 2**23
"""Values of a block: 32 MB in single precision, enough to keep several processors busy."""

TAUGHT = 500
"""Most labelled training examples that are kept, for classifiers that learn from a few."""

CODED = 10_000
"""Most examples of a part whose codes are kept, for the diagnostics of the code."""


@dataclass(frozen=True)
class PartResult:
    """What the passes over one part of the data found.

    Attributes
    ----------
    examples : int
    errors : ReconstructionErrors
    pca : PCAErrors or None
        Errors of PCA with a code of the same size; None where there is no training set.
    coded : Sample
        Codes of at most 10,000 examples, with their labels and PCA's codes.
    taught : Sample
        Codes, labels and the examples themselves, of at most 500 labelled examples of the training
        set; none of other parts.
    shown : Sample
        Codes, errors, labels and the examples themselves, of those that figures show.
    labelled : int
        Number of examples that have a label, or all quantities.
    score : float or None
        Accuracy of a classifier, or R² of a regressor, where there are labels.
    statistics : ColumnStatistics
        Of the examples in their own units.
    """

    examples: int
    errors: ReconstructionErrors
    pca: PCAErrors | None
    coded: Sample
    taught: Sample
    shown: Sample
    labelled: int
    score: float | None
    statistics: ColumnStatistics


def assess_parts(
    model: ReportedModel, parts: Parts, *, seed: int = 0
) -> tuple[dict[str, PartResult], PCABaseline | None]:
    """Read every part at most twice, and return what was found with the PCA of the training set.

    Parameters
    ----------
    model
        A fitted model.
    parts : mapping of str to (X, y)
        ``"train"``, ``"validation"`` and ``"test"``, where they exist. Without a training set there
        is no PCA.
    seed : int
        Chooses the examples that are kept, where there are more than can be.
    """
    lengths = {name: len(parts[name][0]) for name in SPLITS if name in parts}
    shown = spread_over_parts(lengths, model.features, seed)
    results, pca = {}, None
    for name in lengths:
        reader = _PartPass(model, parts[name], shown[name], seed, teaches=name == "train")
        if name == "train":
            pca = _first_pass(reader, model)
        else:
            for block in reader.blocks():
                reader.add(block, pca)
        results[name] = reader.result()
    return results, pca


def _first_pass(reader: "_PartPass", model: ReportedModel) -> PCABaseline:
    """Read the training set, and read it again for PCA's errors unless its PCA is known."""
    handed_over = model.pca
    moments = None
    if handed_over is None:
        moments = PCAMoments(reader.n, model.features)
    for block in reader.blocks():
        scaled = reader.add(block, handed_over)
        if moments is not None:
            moments.add(scaled)
    if handed_over is not None and reader.has_mean(handed_over.mean):
        return handed_over
    if moments is None:  # the model was fitted on other examples than these
        moments = PCAMoments(reader.n, model.features)
        for block in reader.blocks():
            moments.add(model.estimator.scale(block.X))
    pca = moments.fit(model.code_size)
    reader.forget_pca()
    for block in reader.blocks():
        reader.add_pca(block, model.estimator.scale(block.X), pca)
    return pca


@dataclass(frozen=True)
class _Block:
    """Some rows of a part: where they begin, the examples and their labels."""

    start: int
    X: ExamplesLike
    y: np.ndarray | None


class _PartPass:
    """The sums that a pass over one part fills."""

    def __init__(
        self, model: ReportedModel, part: Part, shown: np.ndarray, seed: int, *, teaches: bool
    ) -> None:
        self._model, (self._X, y) = model, part
        self._y = None if y is None else np.asarray(y)
        self.n = len(self._X)
        self._known = _known_rows(self._y, self.n)
        taught = np.empty(0, np.int64)
        if teaches and self._y is not None and self._y.ndim == 1:
            most = min(TAUGHT, SHOWN_VALUES // model.features)
            taught = self._known[draw_rows(len(self._known), most, seed)]
        self._coded = ChosenRows(draw_rows(self.n, CODED, seed, first=self._known))
        self._taught = ChosenRows(taught)
        self._shown = ChosenRows(shown)
        self._errors, self._pca = ErrorSums(), PCAErrorSums(model.features)
        self._statistics = ColumnStatistics()
        self._scaled_sum = np.zeros(model.features)
        self._predictions: list[np.ndarray] = []

    def blocks(self) -> Iterator[_Block]:
        """Read the part, block by block."""
        rows = max(1, BLOCK_VALUES // self._model.features)
        for start in range(0, self.n, rows):
            stop = min(start + rows, self.n)
            labels = None if self._y is None else self._y[start:stop]
            yield _Block(start, take(self._X, slice(start, stop)), labels)

    def add(self, block: _Block, pca: PCABaseline | None) -> np.ndarray:
        """Take in all that the model says of a block; return its examples scaled (b, D)."""
        rows = self._model.assess(block.X, block.y)
        errors = self._errors.add(rows)
        self._statistics.add(_numbers(block.X))
        self._scaled_sum += rows["scaled"].sum(axis=0, dtype=np.float64)
        self._coded.add(block.start, codes=rows["code"], labels=block.y)
        self._taught.add(block.start, codes=rows["code"], labels=block.y, examples=block.X)
        self._shown.add(
            block.start, codes=rows["code"], labels=block.y, errors=errors, examples=block.X
        )
        if self._model.head is not None and block.y is not None:
            self._predictions.append(self._model.predict(block.X))
        if pca is not None:
            self.add_pca(block, rows["scaled"], pca)
        return rows["scaled"]

    def add_pca(self, block: _Block, scaled: np.ndarray, pca: PCABaseline) -> None:
        """Take in PCA's errors of a block, and its codes of the chosen examples."""
        k = len(pca.components)
        self._pca.add(_numbers(block.X), scaled, pca, self._model.estimator.unscale)
        self._coded.add(block.start, pca_codes=(scaled, lambda rows: pca.transform(rows, k)))

    def forget_pca(self) -> None:
        """Drop what was found under a PCA that is not this part's."""
        self._pca = PCAErrorSums(self._model.features)
        self._coded.drop("pca_codes")

    def has_mean(self, mean: np.ndarray) -> bool:
        """Tell whether the scaled examples read so far have the given mean (D,), but for rounding.

        Single precision's rounding is relative to the values, which are of the order of one.
        """
        return bool(np.allclose(self._scaled_sum / self.n, mean, rtol=1e-5, atol=1e-5))

    def result(self) -> PartResult:
        """Return what was found."""
        return PartResult(
            examples=self.n,
            errors=self._errors.errors(),
            pca=self._pca.errors(),
            coded=self._coded.sample(),
            taught=self._taught.sample(),
            shown=self._shown.sample(),
            labelled=len(self._known),
            score=self._score(),
            statistics=self._statistics,
        )

    def _score(self) -> float | None:
        if not self._predictions:
            return None
        from sklearn.metrics import accuracy_score, r2_score

        assert self._y is not None
        if not len(self._known):
            return None
        known = plain_labels(self._y[self._known])
        predictions = plain_labels(np.concatenate(self._predictions)[self._known])
        if self._model.head == "accuracy":
            return float(accuracy_score(known, predictions))
        return float(r2_score(known, predictions)) if len(known) > 1 else None


def _known_rows(y: np.ndarray | None, n: int) -> np.ndarray:
    """Return the rows that have a label, or all quantities."""
    if y is None:
        return np.empty(0, np.int64)
    return np.flatnonzero(known_labels(y).reshape(n, -1).all(axis=1))


def _numbers(X: ExamplesLike) -> np.ndarray:
    """Return examples of any layout as numbers (n, D), of their own type where they have one."""
    values = X if isinstance(X, np.ndarray) else np.asarray(X, np.float64)
    return values.reshape(len(values), -1)
