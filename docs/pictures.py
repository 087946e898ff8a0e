"""Draw the small pictures of the gallery of recipes.

``python docs/pictures.py`` draws docs/images/recipes/NAME.png for every recipe that has no picture;
``python docs/pictures.py NAME ...`` draws those named again. Each recipe is fitted to the bundled
digits with its own defaults and seed 0, for 30 epochs.
"""

import io
import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from isthmus.figures import class_colours, mosaic
from isthmus.recipes import RECIPES

FOLDER = Path(__file__).parent / "images" / "recipes"
SETTINGS = {"epochs": 30, "patience": 0, "random_state": 0}
OWN: dict[str, dict[str, Any]] = {
    "convolutional": {"image_shape": (8, 8)},
    "ms_ssim": {"image_shape": (8, 8)},
}
"""Settings that a recipe needs for flat images of 8 x 8 pixels."""
COLOURS = 48
"""Colours of a picture's palette: its file takes about 10 kB."""


def fit_and_draw(name: str) -> Figure:
    """Return the picture of a recipe: digits, their reconstructions, new digits, and the codes."""
    X, y = load_digits(return_X_y=True)
    autoencoder: Any = RECIPES[name].make(**SETTINGS | OWN.get(name, {}))
    labels = y if autoencoder.target_kind == "condition" else None
    autoencoder.fit(X, labels)
    some, wanted = (None, None) if labels is None else (y[:10], np.arange(10))
    rebuilt = autoencoder.reconstruct(X[:10], labels=some)
    new = autoencoder.sample(10, random_state=0, labels=wanted)
    rows = [X[:10], rebuilt, new]
    codes = autoencoder.transform(X, labels=labels)
    return draw(np.concatenate(rows), PCA(2).fit_transform(codes), y)


def draw(rows: np.ndarray, places: np.ndarray, y: np.ndarray) -> Figure:
    """Return images of ten a row, beside points in the plane coloured by label."""
    figure = Figure(figsize=(4.6, 1.5), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(3, 1.4))
    left.imshow(mosaic(rows.reshape(-1, 8, 8), columns=10), cmap="gray", vmin=0, vmax=16)
    colours = class_colours(10)
    right.scatter(*places.T, s=0.6, c=[colours[label] for label in y])
    left.set_axis_off()
    right.set(xticks=[], yticks=[])
    right.spines[:].set_visible(False)
    return figure


def write(figure: Figure, path: Path) -> None:
    """Write a picture with a small palette."""
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=110)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.open(buffer).convert("RGB").quantize(COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    missing = [name for name in sorted(RECIPES) if not (FOLDER / f"{name}.png").exists()]
    for name in sys.argv[1:] or missing:
        write(fit_and_draw(name), FOLDER / f"{name}.png")
        print(name, flush=True)
