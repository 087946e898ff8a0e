"""The verdict in words, and the warnings that a fit deserves, each with a remedy."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isthmus.report.numbers import set_name

LEVEL = 0.01
"""Relative difference of two errors below which they count as equal."""

OVERFITTED = 1.5
"""Ratio of the error to that on the training set above which a fit counts as overfitted."""

STILL_FALLING = 0.01
"""Share of the whole decrease of the loss above which the last epochs were still learning."""


def judge(metrics: Mapping[str, Any], split: str) -> dict[str, Any]:
    """Say whether the autoencoder beats PCA of the same code size, and by how much.

    Parameters
    ----------
    metrics : mapping
        Holds ``reconstruction`` and ``pca``, as ``metrics.json`` does.
    split : str
        The part that the model is judged on.

    Returns
    -------
    dict
        ``beats_pca`` (bool), ``split``, ``ratio`` (the autoencoder's error over PCA's, None
        where PCA has none), ``sentence``.

    Examples
    --------
    >>> part = lambda error: {"test": {"mse": error}}
    >>> judge({"reconstruction": part(0.03), "pca": part(0.04)}, "test")["sentence"]
    "The autoencoder beats PCA: its error on the test set is 25% below PCA's (0.03 against 0.04)."
    """
    own = metrics["reconstruction"][split]["mse"]
    linear = metrics["pca"][split]["mse"]
    where = f"{set_name(split)} set"
    pair = f"({own:.4g} against {linear:.4g})"
    ratio = own / linear if linear > 1e-12 else None
    if ratio is None:
        sentence = (
            f"PCA with a code of this size loses nothing on the {where} {pair}, so the autoencoder "
            "cannot do better: use a smaller code."
        )
    elif abs(ratio - 1) < LEVEL:
        sentence = (
            f"The autoencoder is level with PCA on the {where} {pair}: PCA is simpler, "
            "so use it unless you need something that only the autoencoder offers."
        )
    elif ratio > 1:
        excess = f"{ratio:.1f} times" if ratio > 2 else f"{_percent(ratio - 1)} above"
        sentence = (
            f"PCA does better: the autoencoder's error on the {where} is {excess} PCA's {pair}. "
            "Use PCA, or train longer or with wider layers."
        )
    else:
        sentence = (
            f"The autoencoder beats PCA: its error on the {where} is "
            f"{_percent(1 - ratio)} below PCA's {pair}."
        )
    return {
        "beats_pca": bool(ratio is not None and ratio < 1),
        "split": split,
        "ratio": ratio,
        "sentence": sentence,
    }


def fit_warnings(estimator: Any, metrics: Mapping[str, Any], split: str) -> list[str]:
    """Return what went wrong in the fit as a whole: one sentence per finding, with its remedy.

    Parameters
    ----------
    estimator : a fitted Autoencoder
        Its ``history_`` and ``best_epoch_`` are read.
    metrics : mapping
        Holds ``reconstruction``, as ``metrics.json`` does.
    split : str
        The part that the model is judged on.

    Returns
    -------
    list of str
    """
    sentences = []
    errors = {name: part["mse"] for name, part in metrics["reconstruction"].items()}
    least = errors.get("train", 0.0)
    if split != "train" and errors[split] > OVERFITTED * least > 0:
        sentences.append(
            f"The error on the {split} set is {errors[split] / least:.1f} times that "
            "on the training set (overfitting): use more data, narrower layers, dropout or a "
            "corruption such as Gaussian(0.1)."
        )
    if estimator.best_epoch_ == 0:
        sentences.append(
            "No epoch was better than the start, so the start was kept: lower the learning rate, "
            "use narrower layers or more data."
        )
    if _still_falling(estimator):
        sentences.append(
            f"The loss was still falling at the last epoch ({estimator.n_epochs_}): "
            "train for more epochs, or with a larger learning rate."
        )
    return sentences


def _still_falling(estimator: Any) -> bool:
    """Tell whether the last tenth of the epochs made more than 1% of the loss's decrease."""
    history = estimator.history_
    column = history.get("validation_loss") or []
    if not column or column[-1] is None:
        column = history["train_loss"]
    losses = np.array([np.nan if loss is None else loss for loss in column], float)
    if len(losses) < 10 or estimator.best_epoch_ < estimator.n_epochs_:
        return False
    tail = losses[-max(2, len(losses) // 10) :]
    return bool((tail[0] - tail[-1]) > STILL_FALLING * abs(losses[0] - tail[-1]))


def _percent(share: float) -> str:
    return f"{100 * share:.2g}%"
