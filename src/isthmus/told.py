"""Estimators that are told labels, asked in the same words as those that are not."""

from typing import Any


def inner(estimator: Any) -> Any:
    """Return the fitted autoencoder: the estimator, or the one in it that is told labels."""
    return getattr(estimator, "autoencoder_", estimator)


def is_told(estimator: Any) -> bool:
    """Say whether the estimator encodes and decodes under the labels of the examples."""
    return inner(estimator) is not estimator


def told(estimator: Any, X: Any, y: Any) -> tuple[Any, ...]:
    """Return what the estimator's methods take: the examples, with their labels if it is told."""
    return (X, y) if is_told(estimator) else (X,)
