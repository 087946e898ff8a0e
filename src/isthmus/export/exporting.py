"""Export of a part of a fitted estimator to a file, checked before it is written."""

import re
from dataclasses import dataclass
from pathlib import Path

from sklearn.utils.validation import check_is_fitted

from isthmus.annotations import ExamplesLike, Targets
from isthmus.atomic import new_file
from isthmus.errors import SettingError, unknown
from isthmus.estimators.fitted import Fitted
from isthmus.export.formats import FORMATS
from isthmus.export.parts import PARTS, trace_part
from isthmus.export.program import Program
from isthmus.export.proof import Proof, make_batch, prove
from isthmus.export.running import ToolMissingError
from isthmus.export.tracing import Traced
from isthmus.fitted import column_names

COLUMNS = 100
"""Columns that a file lists by name."""


@dataclass(frozen=True)
class Export:
    """An export that was written.

    Parameters
    ----------
    path
        Where it lies.
    to, part
        Its format, and what it computes.
    program
        What was written, with the names and shapes of its inputs and outputs.
    proof
        What the check found, or None if it was left out.
    """

    path: Path
    to: str
    part: str
    program: Program
    proof: Proof | None

    def describe(self) -> str:
        """Return what was written, in one line."""
        found = "was not checked" if self.proof is None else self.proof.sentence
        return f"{self.path}: {self.part} as {FORMATS[self.to].about}; it {found}."


def export(
    estimator: Fitted,
    path: str | Path,
    *,
    to: str | None = None,
    part: str = "reconstruct",
    X: ExamplesLike | None = None,
    labels: Targets | None = None,
    unchecked: bool = False,
) -> Export:
    """Write a part of a fitted estimator for programs without isthmus, and check it first.

    Inputs and outputs are in the data's own units; their first axis is free, but not in C.

    Parameters
    ----------
    estimator
        Fitted.
    path
        Where to write.
    to
        ``onnx``, ``numpy``, ``js`` or ``c``; None takes it from the end of ``path``.
    part
        ``encoder``, ``decoder``, ``reconstruct``, ``score`` or ``predict``.
    X, labels : (n, ...) and (n,), optional
        Examples to check on, with the labels that the model is conditioned on; up to 1,000 are
        taken. Without them the model generates some.
    unchecked
        Write it too where the tool that would run it is not installed.

    Returns
    -------
    Export
        What was written, and its largest deviation from the estimator.

    Raises
    ------
    SettingError
        If the part cannot be exported, deviates by more than 1e-5 (relative), or is not checked.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.datasets import load_digits
    >>> from isthmus import Autoencoder
    >>> X = load_digits().data
    >>> fitted = Autoencoder(2, hidden=(8,), epochs=1, random_state=0).fit(X)
    >>> file = Path(tempfile.mkdtemp()) / "encoder.py"
    >>> export(fitted, file, part="encoder", X=X).proof.deviation < 1e-5
    True
    """
    check_is_fitted(estimator)
    path = Path(path)
    to = _format_of(path, to)
    traced = trace_part(estimator, part)
    source = FORMATS[to].write(traced.program, part, _about(estimator, part))
    proof = _proof(estimator, part, to, traced, source, (X, labels), unchecked)
    with new_file(path) as partial:
        partial.write_bytes(source)
    return Export(path, to, part, traced.program, proof)


def _proof(
    estimator: Fitted,
    part: str,
    to: str,
    traced: Traced,
    source: bytes,
    given: tuple[ExamplesLike | None, Targets | None],
    unchecked: bool,
) -> Proof | None:
    """Return how far an export is from the estimator; None where it may not, and cannot, be run."""
    try:
        batch = make_batch(estimator, part, *given)
        return prove(estimator, part, to, FORMATS[to], traced, source, batch)
    except ToolMissingError as error:
        if unchecked:
            return None
        raise SettingError(
            f"The export cannot be checked: {error}. Install it, or write the file without a "
            "check by unchecked=True."
        ) from None


def _format_of(path: Path, to: str | None) -> str:
    """Return the format that is asked for, else the one of the file's name."""
    if to is not None:
        if to not in FORMATS:
            raise SettingError(unknown("export format", to, FORMATS))
        return to
    for name, form in FORMATS.items():
        if path.suffix.lower() == form.suffix:
            return name
    endings = ", ".join(form.suffix for form in FORMATS.values())
    raise SettingError(
        f"{str(path)!r} ends in {path.suffix!r}: end it in one of {endings}, or give the format as "
        f"to=, one of {', '.join(FORMATS)}."
    )


def _about(estimator: Fitted, part: str) -> str:
    """Return what a file computes, and the columns by name where they have names."""
    model = estimator.model_
    latent = type(model.latent).__name__
    head = (
        f"{PARTS[part].gives.capitalize()}: {part} of an autoencoder of "
        f"{estimator.n_features_in_} features, code of {model.latent_dim} ({latent})."
    )
    named = estimator.schema_ is not None or hasattr(estimator, "feature_names_in_")
    return f"{head}\n{_columns(estimator)}" if named else head


def _columns(estimator: Fitted) -> str:
    """Return the columns of an example in order; of a table with a schema as they are encoded."""
    schema = estimator.schema_
    names = column_names(estimator) if schema is None else list(schema.feature_names)
    plain = [re.sub(r"[^\w .,:=+()\[\]-]", "_", name, flags=re.ASCII) for name in names]
    return f"An example: {', '.join(plain[:COLUMNS])}{', ...' if len(plain) > COLUMNS else ''}."
