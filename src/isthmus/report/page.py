"""Render the facts of a fit as one self-contained HTML page."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from isthmus.figures import Limits, class_colours, mosaic
from isthmus.report.charts import loss_chart, scatter_chart
from isthmus.report.measurements import SPLITS
from isthmus.report.pictures import data_uri, diverging, picture, sprite_sheet

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"


def render(facts: Mapping[str, Any]) -> str:
    """Write the page of a fit.

    Parameters
    ----------
    facts : mapping
        What `collect` returned.

    Returns
    -------
    str
        HTML that needs no other file and no network; every name and label is escaped.
    """
    learned = len(facts["history"]["epoch"]) > 0
    views = {
        "table": _table(facts["metrics"]),
        "loss": loss_chart(facts["history"], facts["best_epoch"]) if learned else None,
        "scatter": _scatter(facts["scatter"], facts["limits"]),
        "pictures": _pictures(facts),
    }
    return environment().get_template("page.html.j2").render(facts=facts, **views)


def environment(*templates: Path) -> "Environment":
    """Return what renders pages: templates of the folders named before those of this package."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    jinja = Environment(
        loader=FileSystemLoader([*templates, TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.filters |= {"number": number, "percent": percent}
    return jinja


def number(value: float | None) -> str:
    """Write a number with four significant digits.

    Examples
    --------
    >>> number(0.0123456), number(1234567), number(45.5), number(None)
    ('0.01235', '1,234,567', '45.5', '–')
    """
    if value is None:
        return "–"  # noqa: RUF001 - a dash stands for "none"
    if isinstance(value, int) or abs(value) >= 10_000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def percent(value: float | None) -> str:
    """Write a share as a percentage.

    Examples
    --------
    >>> percent(0.4567), percent(None)
    ('45.7%', '–')
    """
    return number(None) if value is None else f"{100 * value:.1f}%"


def _table(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Arrange the honest table: a block a measure, a row a method, a column a split."""
    splits = [name for name in SPLITS if name in metrics["reconstruction"]]

    def row(method: str, group: str, key: str) -> dict[str, Any]:
        return {"method": method, "values": [metrics[group][name][key] for name in splits]}

    blocks = []
    for name, key, write, lower in (
        ("Mean squared error, scaled", "mse", number, True),
        ("Mean squared error, input units", "mse_input", number, True),
        ("Variance explained", "explained_variance", percent, False),
    ):
        own, linear = row("autoencoder", "reconstruction", key), row("PCA", "pca", key)
        for mine, other in ((own, linear), (linear, own)):
            mine["wins"] = [
                a is not None and b is not None and write(a) != write(b) and (a < b) == lower
                for a, b in zip(mine["values"], other["values"], strict=True)
            ]
        blocks.append({"name": name, "write": write, "rows": [own, linear]})
    nats = [row("negative log likelihood", "reconstruction", "nats")]
    floor = row("least possible", "floor", "nats")
    if any(floor["values"]):
        nats.append(floor)
    if all("elbo" in metrics["reconstruction"][name] for name in splits):
        nats.append(row("KL of code from prior", "reconstruction", "kl"))
        nats.append(row("negative ELBO", "reconstruction", "elbo"))
    for line in nats:
        line["wins"] = [False] * len(splits)
    blocks.append({"name": "Nats an example, autoencoder", "write": number, "rows": nats})
    if (head := metrics["head"]) is not None:
        name, method, write = HEADS[head["kind"]]
        scores = {"method": method, "values": [head.get(split) for split in splits]}
        rows = [scores | {"wins": [False] * len(splits)}]
        blocks.append({"name": name, "write": write, "rows": rows})
    counts = [metrics["reconstruction"][name]["examples"] for name in splits]
    return {"splits": list(zip(splits, counts, strict=True)), "blocks": blocks}


HEADS = {
    "accuracy": ("Labels told right", "classifier", percent),
    "r2": ("Variance of the quantities explained (R²)", "regressor", percent),
}
"""How the scores of a head are named and written."""


def _scatter(scatter: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    """Lay the code out, and pack what hovering shows."""
    chart = scatter_chart(scatter["points"])
    n = len(scatter["points"])
    kinds, members = [""], np.zeros(n, int)
    if scatter["labels"] is not None:
        kinds, members = _ordered_classes(scatter["labels"])
    places = list(zip(chart["x"], chart["y"], strict=True))
    classes = [
        {
            "name": kind,
            "colour": colour,
            "dots": [(i, *places[i]) for i in np.flatnonzero(members == number)],
        }
        for number, (kind, colour) in enumerate(zip(kinds, class_colours(len(kinds)), strict=True))
    ]
    sheet = None
    if scatter["pictures"] is not None:
        sheet = sprite_sheet(scatter["pictures"], limits)
    splits = [name for name in SPLITS if name in scatter["parts"]]
    hover = {
        "x": chart["x"],
        "y": chart["y"],
        "classes": members.tolist(),
        "names": kinds,
        "parts": [splits.index(name) for name in scatter["parts"]],
        "splits": splits,
        "values": np.round(scatter["points"].astype(float), 3).tolist(),
        "errors": [float(f"{error:.3g}") for error in scatter["errors"]],
        "sheet": sheet,
    }
    return {
        "axes": scatter["axes"],
        "classes": classes,
        "labelled": scatter["labels"] is not None,
        "counts": [(name, scatter["parts"].count(name)) for name in splits],
        "x_ticks": chart["x_ticks"],
        "y_ticks": chart["y_ticks"],
        "hover": hover,
    }


def _ordered_classes(labels: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return the class names, numbers in their order, and each example's class."""
    kinds, members = np.unique(labels, return_inverse=True)
    names = [str(kind) for kind in kinds]
    if all(name.lstrip("-").isdigit() for name in names):
        order = sorted(range(len(names)), key=lambda i: int(names[i]))
        places = np.empty(len(order), int)
        places[order] = np.arange(len(order))
        names, members = [names[i] for i in order], places[members]
    return names, members


def _pictures(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Encode every picture that the page carries; None where a fit has no such thing."""
    limits = facts["limits"]

    def strip(images: np.ndarray, side: int = 96) -> str:
        return picture(_fit(images, side), len(images), limits)

    views: dict[str, Any] = dict.fromkeys(
        (
            "reconstructions",
            "grid",
            "traversals",
            "filters",
            "corruption",
            "samples",
            "under_labels",
        )
    )
    if facts["reconstructions"] is not None:
        views["reconstructions"] = [
            {
                "name": name,
                "error": float(group["errors"].mean()),
                "count": len(group["original"]),
                "rows": [
                    ("original", strip(group["original"])),
                    ("rebuilt", strip(group["rebuilt"])),
                ],
            }
            for name, group in facts["reconstructions"].items()
        ]
    if (grid := facts["grid"]) is not None:
        images = _fit(grid["images"], 40)
        views["grid"] = picture(images, len(grid["xs"]), limits, gap=0)
    if (walk := facts["traversals"]) is not None:
        rows = zip(walk["names"], walk["images"], strict=True)
        views["traversals"] = [(name, strip(images, 48)) for name, images in rows]
    if (weights := facts["filters"]) is not None:
        weights = _fit(weights, 48)
        reach = float(np.abs(weights).max())
        views["filters"] = data_uri(diverging(mosaic(weights, min(12, len(weights))), reach))
    if facts["corruption"] is not None:
        views["corruption"] = [(n, strip(i, 64)) for n, i in facts["corruption"].items()]
    if (samples := facts["samples"]) is not None:
        views["samples"] = picture(_fit(samples, 64), 12, limits)
    if (rows := facts["under_labels"]) is not None:
        views["under_labels"] = [(label, strip(images, 64)) for label, images in rows.items()]
    return views


def _fit(images: np.ndarray, side: int) -> np.ndarray:
    """Drop pixels evenly until an image is at most ``side`` high and wide."""
    step = -(-max(images.shape[1:3]) // side)
    return images[:, ::step, ::step]
