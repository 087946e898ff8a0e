"""The table of `export.md`: how far each recipe's exports are from its estimator."""

import sys

import numpy as np
from sklearn.datasets import load_digits

from isthmus.errors import SettingError
from isthmus.export import FORMATS
from isthmus.export.parts import trace_part
from isthmus.export.proof import make_batch, prove
from isthmus.networks import Convolutional
from isthmus.recipes import RECIPES

SIZES = {
    "categorical_vae": {"latent_dim": 40},
    "convolutional": {"encoder": Convolutional((8, 16), hidden=())},
    "top_k": {"latent_dim": 32, "k": 8},
    "batch_top_k": {"latent_dim": 32, "k": 8},
    "sparse": {"latent_dim": 32},
}


def table() -> str:
    """Return the table, a row per recipe."""
    digits = load_digits()
    X, y = digits.images.astype(np.float32), digits.target
    head = ["recipe", *FORMATS, "score"]
    lines = [f"| {' | '.join(head)} |", "| --- " * len(head) + "|"]
    for name in RECIPES:
        row = deviations(name, X, y)
        lines.append(f"| `{name}` | {' | '.join(row)} |")
        sys.stderr.write(lines[-1] + "\n")
    return "\n".join(lines) + "\n"


def deviations(name: str, X: np.ndarray, y: np.ndarray) -> list[str]:
    """Return the deviations of a recipe's reconstructions, by format, and that of its score."""
    settings = {"latent_dim": 8, "hidden": (64,), "epochs": 2, "random_state": 0}
    settings |= SIZES.get(name, {})
    if "encoder" in settings:
        del settings["hidden"]
    estimator = RECIPES[name].make(**settings).fit(X, y)
    labels = y if estimator.model_.conditional else None
    found = proved(estimator, "reconstruct", X, labels)
    try:
        score = f"{max(proved(estimator, 'score', X, labels)):.0e}"
    except SettingError:
        score = "drawn"
    return [*(f"{value:.0e}" for value in found), score]


def proved(estimator, part: str, X: np.ndarray, labels) -> list[float]:
    """Return how far the exports of a part are from the estimator, by format."""
    traced = trace_part(estimator, part)
    batch = make_batch(estimator, part, X, labels)
    return [
        prove(
            estimator, part, to, form, traced, form.write(traced.program, part, part), batch
        ).deviation
        for to, form in FORMATS.items()
    ]
