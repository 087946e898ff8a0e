"""Make the gallery of recipes: a picture of each recipe, and the report of the same fit.

``python docs/gallery.py NAME ...`` fits these recipes, all if none is named. It draws
docs/images/recipes/NAME.png, and keeps the report for the site, where ``mkdocs build`` finds it. A
recipe takes about 20 seconds on two cores.
"""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image
from site_cache import kept
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.decomposition import PCA
from sklearn.model_selection import train_test_split

from isthmus.figures import class_colours, mosaic
from isthmus.recipes import RECIPES
from isthmus.report import report_page

FOLDER = Path(__file__).parent / "images" / "recipes"
SETTINGS = {"patience": 0, "random_state": 0}
MISSING = 0.2
"""Share of the entries that are removed from a table."""
GREYS = 16
"""Greys of a picture's palette, beside the colours of the classes: its file takes about 7 kB."""


class Example(NamedTuple):
    """Bundled data for a recipe, with a test set, and how a fit to them is drawn.

    ``draw(axes, model, example)`` draws what the model makes of the test set.
    """

    X: Any
    y: np.ndarray
    X_test: Any
    y_test: np.ndarray
    truth: Any
    settings: dict[str, Any]
    draw: Callable[[Axes, Any, "Example"], None]


def digits() -> Example:
    """Return the bundled digits, 8 x 8 pixels each."""
    X, y = load_digits(return_X_y=True)
    return example(X, y, X, {"image_shape": (8, 8), "epochs": 120}, draw_digits)


def cells() -> Example:
    """Return a table of 30 numbers for each of 569 tumours, a fifth of the entries missing."""
    data = load_breast_cancer(as_frame=True)
    y = np.asarray(data.target_names)[data.target]
    return example(with_holes(data.data), y, data.data, {"epochs": 200}, draw_filled)


def patients() -> Example:
    """Return a table of numbers and a binary column, a fifth of the entries missing.

    Its labels are thirds of the progression of the disease in a year.
    """
    X, progression = load_diabetes(as_frame=True, scaled=False, return_X_y=True)
    X["sex"] = np.where(X["sex"] == 1, "1", "2")
    thirds = np.digitize(progression, np.quantile(progression, [1 / 3, 2 / 3]))
    y = np.asarray(["slow", "middle", "fast"])[thirds]
    return example(with_holes(X), y, X, {"latent_dim": 2, "epochs": 200}, draw_filled)


DATA = {"missing_iwae": cells, "hi_vae": patients}
"""Data of the recipes that are for tables; the others are shown with the digits."""


def example(
    X: Any, y: np.ndarray, truth: Any, settings: dict[str, Any], draw: Callable[..., None]
) -> Example:
    """Return an example; a sixth of it is the test set."""
    X, X_test, y, y_test, _, truth = train_test_split(X, y, truth, test_size=1 / 6, random_state=0)
    return Example(X, y, X_test, y_test, truth, settings, draw)


def with_holes(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table without a random share of its entries."""
    return table.mask(np.random.default_rng(0).random(table.shape) < MISSING)


def data_of(name: str) -> Example:
    """Return the data that a recipe is shown with."""
    return DATA.get(name, digits)()


def fitted(name: str, data: Example) -> Any:
    """Return a recipe fitted with its own defaults and seed 0."""
    model: Any = RECIPES[name].make(**SETTINGS, **data.settings)
    return model.fit(data.X, data.y if model.target_kind == "condition" else None)


def report(name: str, model: Any, data: Example) -> str:
    """Return the page of a fit."""
    parts = {"train": (data.X, data.y), "test": (data.X_test, data.y_test)}
    return report_page(model, parts, name=name).html


def picture(model: Any, data: Example) -> Figure:
    """Return the picture of a fit: what it makes of the test set, and the codes of all examples."""
    figure = Figure(figsize=(4.6, 1.5), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(3, 1.4))
    data.draw(left, model, data)
    labels = data.y if model.target_kind == "condition" else None
    codes = np.asarray(model.transform(data.X, labels=labels))
    kinds, members = np.unique(data.y, return_inverse=True)
    colours = class_colours(len(kinds))
    places = PCA(2).fit_transform(codes)
    right.scatter(*places.T, s=0.6, c=[colours[kind] for kind in members])
    right.set(xticks=[], yticks=[])
    right.spines[:].set_visible(False)
    return figure


def draw_digits(axes: Axes, model: Any, data: Example) -> None:
    """Draw ten test digits, their reconstructions, and new digits."""
    some, wanted = None, None
    if model.target_kind == "condition":
        some, wanted = data.y_test[:10], np.arange(10)
    shown = data.X_test[:10]
    rows = [
        shown,
        model.reconstruct(shown, labels=some),
        model.sample(10, random_state=0, labels=wanted),
    ]
    images = np.concatenate(rows).reshape(-1, 8, 8)
    axes.imshow(mosaic(images, columns=10), cmap="gray", vmin=0, vmax=16)
    axes.set_axis_off()


def draw_filled(axes: Axes, model: Any, data: Example) -> None:
    """Draw the missing numbers of the test set: what is filled in, against what was removed."""
    numbers = data.truth.select_dtypes("number").columns
    missing = data.X_test[numbers].isna().to_numpy()
    truth = data.truth[numbers].to_numpy(float)
    filled = pd.DataFrame(model.impute(data.X_test), columns=data.truth.columns)
    filled = filled[numbers].to_numpy(float)
    middle, spread = truth.mean(axis=0), truth.std(axis=0)
    points = [((values - middle) / spread)[missing] for values in (truth, filled)]
    axes.scatter(*points, s=1.5, color=class_colours(1)[0])
    axes.axline((0, 0), slope=1, color="0.7", linewidth=0.8, zorder=0)
    axes.set(xlim=(-3, 4), ylim=(-3, 4), xticks=[], yticks=[])
    axes.set_xlabel("removed", fontsize=7)
    axes.set_ylabel("filled in", fontsize=7)
    axes.spines[["top", "right"]].set_visible(False)


def write(figure: Figure, path: Path) -> None:
    """Write a picture with a small palette."""
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=110)
    path.parent.mkdir(parents=True, exist_ok=True)
    colours = [int(colour[i : i + 2], 16) for colour in class_colours(10) for i in (1, 3, 5)]
    palette = Image.new("P", (1, 1))
    palette.putpalette(colours + [int(grey) for grey in np.linspace(0, 255, GREYS).repeat(3)])
    drawn = Image.open(buffer).convert("RGB")
    drawn.quantize(palette=palette, dither=Image.Dither.NONE).save(path, optimize=True)


def page_path(name: str) -> Path:
    """Return where the page of a recipe is kept for the site."""
    return kept(f"gallery-{name}.html", Path(__file__))


def page(name: str) -> str:
    """Return the page of a recipe, fitted unless it is kept."""
    path = page_path(name)
    if not path.exists():
        data = data_of(name)
        keep(path, report(name, fitted(name, data), data))
    return path.read_text("utf-8")


def keep(path: Path, text: str) -> None:
    """Write a page for the site."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")  # an interrupted build leaves no half page
    partial.write_text(text, "utf-8")
    partial.replace(path)


if __name__ == "__main__":
    if unknown := set(sys.argv[1:]) - set(RECIPES):
        sys.exit(f"There is no recipe {min(unknown)!r}.")
    for recipe in sys.argv[1:] or sorted(RECIPES):
        its_data = data_of(recipe)
        its_model = fitted(recipe, its_data)
        write(picture(its_model, its_data), FOLDER / f"{recipe}.png")
        keep(page_path(recipe), report(recipe, its_model, its_data))
        print(recipe, flush=True)
