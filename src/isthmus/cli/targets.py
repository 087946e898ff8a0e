"""What a fit learns from beside the examples: classes, quantities, labels that it is told."""

from typing import TYPE_CHECKING, Any

from isthmus.errors import DataError, SettingError

if TYPE_CHECKING:
    from isthmus.cli.parts import Parts
    from isthmus.data import Source

_WANTS = {
    "AutoencoderClassifier": ("--classifier needs labels", "--label"),
    "AutoencoderRegressor": ("--regressor needs a quantity to predict", "--target"),
    "ConditionalAutoencoder": ("the model is told labels", "--label"),
}
"""What each estimator that learns from targets says where there are none, and the option."""


def learns(estimator: Any) -> bool:
    """Say whether the estimator's fit takes targets."""
    return type(estimator).__name__ in _WANTS


def check_source(estimator: Any, source: "Source") -> None:
    """Raise `SettingError` if the source has not the kind of targets that the estimator learns."""
    if not learns(estimator):
        return
    kind, labels = type(estimator).__name__, source.labels
    words, option = _WANTS[kind]
    if labels is None:
        raise SettingError(f"{words}, and {source.name} has none; name their column by {option}.")
    measured = labels.dtype.kind == "f" and bool((labels % 1 != 0).any())
    if kind != "AutoencoderRegressor":
        if measured:
            raise SettingError(
                f"{words}, and those of {source.name} are measurements such as"
                f" {labels[labels % 1 != 0][0]:.4g}; give --regressor to predict them."
            )
        if kind == "AutoencoderClassifier" and (labels == labels[0]).all():
            raise SettingError(
                f"{words}, and all those of {source.name} are {labels[0].item()!r}; a classifier"
                " needs two at least."
            )
    elif labels.dtype.kind not in "buif":
        raise SettingError(
            f"{words}, and that of {source.name} is text such as {labels[0].item()!r}; choose"
            " another --target, or give --classifier."
        )


def check_parts(estimator: Any, parts: "Parts", name: str) -> None:
    """Raise `DataError` if a part has no labels, or a class that the training part lacks."""
    kind = type(estimator).__name__
    if kind not in ("AutoencoderClassifier", "ConditionalAutoencoder"):
        return
    told = kind == "ConditionalAutoencoder"
    judged = ("validation", "test") if told else ("validation",)
    for part in (part for part in judged if part in parts):
        if parts[part][1] is None:
            raise DataError(f"The {part} part of {name} has no labels, which the model is told.")
        check_classes(parts, name, part, "told" if told else "judged by")


def check_classes(parts: "Parts", name: str, part: str, verb: str) -> None:
    """Raise `DataError` if a part has a class that the training part lacks."""
    missing = set(parts[part][1].tolist()) - set(parts["train"][1].tolist())
    if missing:
        raise DataError(
            f"{name} has no training example of the class {min(missing)!r}, which the model is"
            f" {verb} on the {part} part; drop the class, give it more examples, or predict it as"
            " a quantity by --regressor."
        )
