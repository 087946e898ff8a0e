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

PARTS = ("encoder", "decoder", "reconstruct")
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
    """Return the deviations of a recipe's exports, by format, and that of the score."""
    settings = {"latent_dim": 8} | SIZES.get(name, {})
    estimator = RECIPES[name].make(**settings, epochs=2, random_state=0).fit(X, y)
    labels = y if estimator.model_.conditional else None
    found = {to: max(deviation(estimator, p, to, X, labels) for p in PARTS) for to in FORMATS}
    try:
        score = f"{max(deviation(estimator, 'score', to, X, labels) for to in FORMATS):.0e}"
    except SettingError:
        score = "drawn"
    return [*(f"{value:.0e}" for value in found.values()), score]


def deviation(estimator, part: str, to: str, X: np.ndarray, labels) -> float:
    """Return how far one export is from the estimator."""
    form, traced = FORMATS[to], trace_part(estimator, part)
    source = form.write(traced.program, part, part)
    batch = make_batch(estimator, part, X, labels)
    return prove(estimator, part, to, form, traced, source, batch).deviation
