"""What a fit learns besides examples: classes or quantities to predict, labels to condition on."""

from typing import TYPE_CHECKING

from isthmus.errors import DataError, SettingError

if TYPE_CHECKING:
    import numpy as np

    from isthmus.data import Source
    from isthmus.data.parts import Parts
    from isthmus.estimators.conditional import AnyAutoencoder

_WANTS = {
    "classes": ("--classifier needs labels", "--label"),
    "quantities": ("--regressor needs a quantity to predict", "--target"),
    "condition": ("the model is conditioned on labels", "--label"),
}
"""By the kind of targets that a fit takes: what it says where there are none, and the option."""


def learns(estimator: "AnyAutoencoder") -> bool:
    """Say whether the estimator's fit takes targets."""
    return estimator.target_kind in _WANTS


def check_source(estimator: "AnyAutoencoder", source: "Source") -> None:
    """Raise `SettingError` if the source has not the kind of targets that the estimator learns."""
    import numpy as np

    from isthmus.unlabelled import is_missing, known_labels

    if not learns(estimator):
        return
    kind, labels = estimator.target_kind, source.labels
    words, option = _WANTS[kind]
    if labels is None:
        raise SettingError(f"{words}, and {source.name} has none; name their column by {option}.")
    labels = labels[known_labels(labels)] if kind != "quantities" else labels
    if labels.dtype.hasobject:
        labels = np.array([one for one in labels.tolist() if not is_missing(one)])
    measured = labels.dtype.kind == "f" and bool((labels % 1 != 0).any())
    if kind != "quantities":
        if measured:
            raise SettingError(
                f"{words}, and those of {source.name} are measurements such as"
                f" {labels[labels % 1 != 0][0]:.4g}; give --regressor to predict them."
            )
        if kind == "classes" and (labels == labels[0]).all():
            raise SettingError(
                f"{words}, and all those of {source.name} are {labels[0].item()!r}; a classifier"
                " needs two at least."
            )
    elif labels.dtype.kind not in "buif":
        raise SettingError(
            f"{words}, and that of {source.name} is text such as {labels[0].item()!r}; choose"
            " another --target, or give --classifier."
        )


def check_parts(estimator: "AnyAutoencoder", parts: "Parts", name: str) -> None:
    """Raise `DataError` if a part has no labels, or a class that the training part lacks."""
    kind = estimator.target_kind
    if kind not in ("classes", "condition"):
        return
    _check_partial(parts, name, partly=kind == "classes")
    conditioned = kind == "condition"
    wanted = ("validation", "test") if conditioned else ("validation",)
    for part in (part for part in wanted if part in parts):
        if parts[part][1] is None:
            raise DataError(
                f"The {part} set of {name} has no labels, on which the model is conditioned."
            )
        check_classes(parts, name, part, "conditioned" if conditioned else "scored")


def _check_partial(parts: "Parts", name: str, *, partly: bool) -> None:
    """Raise `DataError` if labels are missing that a model is conditioned on, or all of them."""
    from isthmus.unlabelled import known_labels

    for part, (_, labels) in parts.items():
        if labels is None:
            continue
        known = known_labels(labels)
        if not partly and not known.all():
            raise DataError(
                f"{(~known).sum()} of the {len(known)} labels of the {part} part of {name} are "
                "missing, and the model is conditioned on labels; drop these examples."
            )
        if part == "train" and not known.any():
            raise DataError(
                f"No training example of {name} has a label; give more labels, or another --seed."
            )


def _classes(labels: "np.ndarray | None") -> set[int | float | str]:
    from isthmus.unlabelled import known_labels

    assert labels is not None
    return set(labels[known_labels(labels)].tolist())


def check_classes(parts: "Parts", name: str, part: str, verb: str) -> None:
    """Raise `DataError` if a part has a class that the training part lacks."""
    missing = _classes(parts[part][1]) - _classes(parts["train"][1])
    if missing:
        raise DataError(
            f"{name} has no training example of the class {min(missing)!r}, which the model is"
            f" {verb} on the {part} part; drop the class, give it more examples, or predict it as"
            " a quantity by --regressor."
        )
