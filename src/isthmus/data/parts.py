"""The training, validation and test parts of a source."""

import math
from typing import TypeAlias

import numpy as np

from isthmus.annotations import Examples
from isthmus.data.checks import check_finite
from isthmus.data.source import Rows, Source
from isthmus.data.splits import split
from isthmus.errors import DataError
from isthmus.unlabelled import keep_labels, known_labels

Part: TypeAlias = tuple[Examples, np.ndarray | None]
"""Examples, and their labels or quantities where there are any."""

Parts: TypeAlias = dict[str, Part]
"""Sets of examples by name: "train", "validation" and "test"."""

_IN_MEMORY = 2**30  # bytes up to which a part is read at once, rather than where it is needed


def divide(
    source: Source,
    *,
    validation: float = 0.1,
    test: float = 0.1,
    seed: int = 0,
    limit: int | None = None,
    labelled: int | None = None,
    missing_allowed: bool = False,
) -> Parts:
    """Divide a source as a fit does: its own parts where it has them, else by fraction.

    Parameters
    ----------
    validation, test
        Shares of the source; none is taken of a part that the source has itself.
    seed
        Decides who goes where; equal classes in all parts where there are labels.
    limit
        Keep the first ``limit`` training examples.
    labelled
        Number of training examples that keep their labels, spread evenly over the classes; the
        validation set then has no labels that a fit can see, and the test set has all of its own.
    missing_allowed
        Whether NaN passes, as a masked likelihood lets it.

    Returns
    -------
    dict
        ``"train"`` and, unless empty, ``"validation"`` and ``"test"``: (examples, labels or None).

    Examples
    --------
    >>> from isthmus.data import open_source
    >>> {name: len(X) for name, (X, y) in divide(open_source("digits"), limit=100).items()}
    {'train': 100, 'validation': 180, 'test': 180}
    """
    passing = {"missing_allowed": missing_allowed}
    check_finite(source.examples, source.name, source.feature_names, **passing)
    features = math.prod(source.examples.shape[1:])
    for count, what in ((len(source), "example"), (features, "feature")):
        if count < 2:
            raise DataError(f"{source.name} has {count} {what}; a fit needs at least 2.")
    chosen = rows_of_parts(source, validation=validation, test=test, seed=seed, limit=limit)
    parts = {name: _part(source, rows) for name, rows in chosen.items() if len(rows)}
    for name, own in (("validation", source.validation), ("test", source.test)):
        if own is not None:
            check_finite(own.examples, own.name, own.feature_names, **passing)
            parts[name] = (own.examples, own.labels)
    parts = {name: parts[name] for name in chosen if name in parts}
    training = len(parts["train"][0]) if "train" in parts else 0
    if training < 2:
        raise DataError(
            f"{source.name} has {len(source)} examples, of which {training} would be "
            "for training; a fit needs at least 2: give more, or set no others aside, by "
            "validation=0 and test=0."
        )
    return parts if labelled is None else _with_few_labels(parts, labelled, seed, source.name)


def rows_of_parts(
    source: Source, *, validation: float, test: float, seed: int, limit: int | None = None
) -> dict[str, np.ndarray]:
    """Return which rows of a source are in each part; none of a part that it has itself.

    The parameters are those of `divide`.
    """
    indices = split(
        len(source),
        labels=source.labels,
        validation=0 if source.validation is not None else validation,
        test=0 if source.test is not None else test,
        seed=seed,
    )
    train = indices.train if limit is None else indices.train[:limit]
    return {"train": train, "validation": indices.validation, "test": indices.test}


def _with_few_labels(parts: Parts, count: int, seed: int, name: str) -> Parts:
    """Return parts with that number of labels of training examples, and none for validation."""
    X, labels = parts["train"]
    if labels is None:
        raise DataError(f"{name} has no labels of which {count} could be kept; say where they are.")
    classes = labels.dtype.kind != "f"
    few = parts | {"train": (X, keep_labels(labels, count, seed, by_class=classes))}
    if "validation" in few:
        X, labels = few["validation"]
        nothing = np.full(len(X), None if classes else np.nan, object if classes else float)
        few["validation"] = (X, nothing)
    return few


def describe(source: Source, parts: Parts) -> str:
    """Say in a line what was read and how it was divided."""
    shape = "x".join(str(side) for side in source.examples.shape[1:])
    kind = "columns" if source.image_shape is None else "pixels"
    sizes = ", ".join(f"{len(X):,} for {name}" for name, (X, _) in parts.items())
    sizes = sizes.replace("for train", "for training")
    labelled = _describe_labels(parts)
    stored = source.examples.dtype
    of = "several kinds" if stored.kind == "O" else str(stored)
    shape = shape if stored.kind != "O" else str(source.examples.shape[1])
    return f"{source.name}: {shape} {kind} of {of}{labelled}; {sizes}"


def _describe_labels(parts: Parts) -> str:
    """Return how many examples have a label, where some lack one."""
    labels = {name: y for name, (_, y) in parts.items() if y is not None}
    if not labels:
        return ""
    known = {name: known_labels(y) for name, y in labels.items()}
    if all(rows.all() for rows in known.values()):
        return ", labelled"
    counts = [f"{int(rows.sum()):,} for {name}" for name, rows in known.items()]
    return f"; labelled {', '.join(counts).replace('for train', 'for training')}"


def _part(source: Source, rows: np.ndarray) -> Part:
    view = Rows(source.examples, rows)
    size = view.dtype.itemsize * math.prod(view.shape)
    labels = None if source.labels is None else source.labels[rows]
    return (view if size > _IN_MEMORY else view[:]), labels
