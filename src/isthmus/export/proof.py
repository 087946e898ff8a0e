"""The check of an export: it is run, and compared with the estimator, before anybody gets it."""

import warnings
from dataclasses import dataclass

import numpy as np
from jaxtyping import Array

from isthmus.annotations import ExamplesLike, Targets
from isthmus.errors import SettingError
from isthmus.estimators import inference
from isthmus.estimators.door import enter
from isthmus.estimators.fitted import Fitted
from isthmus.export.formats import Format
from isthmus.export.parts import PARTS, width_of
from isthmus.export.program import Program
from isthmus.export.running import Arrays
from isthmus.export.tracing import Traced
from isthmus.model import Model

LIMIT = 1e-5
"""Largest relative difference between an export and the estimator."""

ROWS = 1000
"""Number of examples that an export is checked on."""

UNDECIDED = 0.01
"""Largest share of examples at which rounding may decide a choice, such as the nearest codeword."""

NUDGES = 16
"""Number of slightly different inputs by which such examples are found."""

NUDGE = LIMIT
"""Relative size of those differences: the output may differ by as much, so the input may too."""


@dataclass(frozen=True)
class Batch:
    """Inputs of an export, and what the estimator gives for them.

    Parameters
    ----------
    inputs
        By name, (n, ...).
    labels
        Labels (n,) of the rows, where the model is conditioned on labels.
    expected : (n, ...)
        Of the estimator.
    unit : () or (D,)
        What differences are relative to.
    """

    inputs: Arrays
    labels: np.ndarray | None
    expected: np.ndarray
    unit: np.ndarray


@dataclass(frozen=True)
class Proof:
    """What a check found.

    Parameters
    ----------
    rows
        Number of examples.
    deviation
        Largest difference from the estimator, relative to the output's magnitude.
    undecided
        Number of examples left out of it, at which rounding decides a choice.
    """

    rows: int
    deviation: float
    undecided: int

    @property
    def sentence(self) -> str:
        """Return the result for people."""
        left_out = (
            f", but for {self.undecided} at which rounding decides a choice"
            if self.undecided
            else ""
        )
        return (
            f"differs from the model by at most {self.deviation:.1e} (relative) on "
            f"{self.rows:,} examples{left_out}"
        )


def make_batch(
    estimator: Fitted, part: str, X: ExamplesLike | None, labels: Targets | None
) -> Batch:
    """Return the inputs of a part and the estimator's outputs.

    Parameters
    ----------
    estimator
        Fitted.
    part
        A key of `PARTS`.
    X : (n, ...)
        Examples, of which at most `ROWS`, evenly spaced, are taken; None lets the model generate.
    labels : (n,)
        Of the examples, where the model is conditioned on labels.
    """
    if X is None:
        X, labels = generated(estimator)
    examples = enter(estimator, X)
    step = -(-len(examples) // ROWS)
    examples = np.asarray(examples[::step])
    examples = examples.reshape(len(examples), -1).astype(np.float32)
    labels = None if labels is None else np.asarray(labels)[::step]
    given = examples
    if PARTS[part].takes == "code":
        given = reference(estimator, "encoder", examples, labels).astype(np.float32)
    expected = reference(estimator, part, given, labels)
    inputs = {PARTS[part].takes: given}
    numbers = label_numbers(estimator, labels)
    if numbers is not None:
        inputs["label"] = numbers
    return Batch(inputs, labels, expected, _unit(estimator, part, expected))


def reference(
    estimator: Fitted, part: str, given: np.ndarray, labels: Targets | None
) -> np.ndarray:
    """Return what the estimator gives, (n,) or (n, numbers).

    That is what its own method returns; of a table of several kinds of columns, which the method
    takes and returns as a table, what the model gives for the encoded rows.
    """
    if estimator.schema_ is None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # remarks about examples that were made up
            found = PARTS[part].reference(estimator, given, labels)
    else:
        numbers = label_numbers(estimator, labels)

        def rowwise(model: Model, x: Array) -> Array:
            (values,) = PARTS[part].function(estimator, model, x).values()
            return values

        found = inference.map_rows(rowwise, estimator.model_, given, numbers)
    found = np.asarray(found, np.float64)
    return found if found.ndim == 1 else found.reshape(len(found), -1)


def label_numbers(estimator: Fitted, labels: Targets | None) -> np.ndarray | None:
    """Return the places of labels in ``classes_``, or None where the model needs no labels."""
    if not estimator.model_.conditional:
        return None
    return np.searchsorted(estimator.classes_, np.asarray(labels)).astype(np.int32)


def generated(estimator: Fitted) -> tuple[np.ndarray, np.ndarray | None]:
    """Return examples that the model generates, as it learned from them, and labels if needed."""
    rng = np.random.default_rng(0)
    labels = rng.choice(estimator.classes_, ROWS) if estimator.model_.conditional else None
    if estimator.model_.decoder is None:
        scaled = rng.standard_normal((ROWS, estimator.n_features_in_)).astype(np.float32)
        return estimator.unscale(scaled), labels
    codes = estimator.sample_codes(ROWS, random_state=0)
    return estimator.inverse_transform(codes, labels), labels


def prove(
    estimator: Fitted,
    part: str,
    to: str,
    form: Format,
    traced: Traced,
    source: bytes,
    batch: Batch,
) -> Proof:
    """Run an export and compare it with the estimator.

    Raises
    ------
    SettingError
        If it differs by more than `LIMIT`; the message names the layer where it begins.
    ToolMissingError
        If what would run it is not installed.
    """
    program = traced.program
    found = run(form, program, source, part, batch.inputs).reshape(batch.expected.shape)
    difference = relative(found, batch.expected, batch.unit)  # (n,)
    beyond = np.flatnonzero(~(difference <= LIMIT))
    undecided = np.zeros(len(difference), bool)
    if 0 < len(beyond) <= UNDECIDED * len(difference):
        undecided[beyond] = _on_edge(estimator, part, batch, beyond)
    kept = difference[~undecided]
    proof = Proof(len(difference), float(kept.max(initial=0.0)), int(undecided.sum()))
    if np.isfinite(kept).all() and proof.deviation <= LIMIT:
        return proof
    layer = differing_layer(form, traced, part, batch.inputs)
    raise SettingError(
        f"The {to} export of {part} {proof.sentence}, and at most {LIMIT:.0e} is allowed; it "
        f"differs from {layer} on. Nothing was written."
    )


def run(form: Format, program: Program, source: bytes, part: str, inputs: Arrays) -> np.ndarray:
    """Return the only output of an export, (n,) or (n, numbers)."""
    (output,) = program.outputs
    return np.asarray(form.run(program, source, part, inputs)[output.name], np.float64)


def relative(found: np.ndarray, expected: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Return each row's largest difference (n,), in units; two NaN are equal."""
    same = (found == expected) | (np.isnan(found) & np.isnan(expected))
    with np.errstate(invalid="ignore"):
        difference = np.where(same, 0.0, np.abs(found - expected) / unit)
    return difference.reshape(len(difference), -1).max(axis=1)


def differing_layer(form: Format, traced: Traced, part: str, inputs: Arrays) -> str:
    """Return the first layer whose values differ from JAX's by more than `LIMIT`."""
    program = traced.program.giving(dict.fromkeys(traced.layers.values()))
    found = form.run(program, form.write(program, part, "layers"), part, inputs)
    expected = traced.evaluate(inputs)
    for layer, port in traced.layers.items():
        own = expected[layer].astype(np.float64)
        difference = relative(np.asarray(found[port.name], np.float64), own, _magnitude(own))
        if not (difference <= LIMIT).all():
            return f"the layer {layer!r}"
    return "no single layer"


def _magnitude(values: np.ndarray) -> np.ndarray:
    largest = np.abs(values[np.isfinite(values)]).max(initial=0.0)
    return np.asarray(largest if largest > 0 else 1.0)


def _unit(estimator: Fitted, part: str, expected: np.ndarray) -> np.ndarray:
    """Return what differences are relative to.

    For examples each column's own largest magnitude, or what a step of 1 in the scaled space is
    worth if that is more; for codes and scores the largest magnitude of all.
    """
    if part not in ("decoder", "reconstruct"):
        return _magnitude(expected)
    width = width_of(estimator)
    ends = np.stack([np.zeros(width), np.ones(width)])
    low, high = inference.map_rows(inference.unscale, estimator.model_, ends.astype(np.float32))
    unit = np.maximum(np.abs(expected).max(axis=0), np.abs(high.astype(np.float64) - low))
    return np.where(unit > 0, unit, 1.0)


def _on_edge(estimator: Fitted, part: str, batch: Batch, rows: np.ndarray) -> np.ndarray:
    """Say which rows lie where the estimator itself jumps under a nudge as small as the limit."""
    rng = np.random.default_rng(0)
    given = batch.inputs[PARTS[part].takes][rows]
    labels = None if batch.labels is None else np.asarray(batch.labels)[rows]
    jumped = np.zeros(len(rows), bool)
    for _ in range(NUDGES):
        factor = 1 + NUDGE * rng.choice([-1.0, 1.0], given.shape)
        moved = reference(estimator, part, (given * factor).astype(np.float32), labels)
        jumped |= relative(moved, batch.expected[rows], batch.unit) > LIMIT
    return jumped
