"""Figures made of points, lines and bars."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from isthmus.figures.style import (
    DIVERGING,
    INK,
    OURS,
    SHADES,
    TEN_COLOURS,
    THEIRS,
    Lines,
    class_colours,
    new_figure,
    plain,
    styled,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@styled
def loss_curves(
    history: Mapping[str, Sequence[float | None]], best_epoch: int | None = None
) -> "Figure":
    """Draw the loss of every epoch on the training and the validation set.

    Parameters
    ----------
    history : mapping of lists
        ``epoch``, ``train_loss`` and, where there is one, ``validation_loss`` (nats per
        example).
    best_epoch : int, optional
        Marked by a vertical line.
    """
    from matplotlib.ticker import LogFormatter

    figure = new_figure(5.2, 3.0)
    axes = figure.subplots()
    for key, name, colour in (
        ("train_loss", "training", TEN_COLOURS[0]),
        ("validation_loss", "validation", TEN_COLOURS[6]),
    ):
        values = _numbers(history.get(key, ()))
        if np.isfinite(values).any():
            axes.plot(_numbers(history["epoch"]), values, color=colour, label=name, linewidth=1.6)
    if best_epoch is not None:
        axes.axvline(best_epoch, color="#9aa0a6", linestyle=":", linewidth=1.2)
        axes.annotate(
            f"epoch {best_epoch} was kept", (best_epoch, 1.0), xytext=(0, 3), color="#6b7178",
            xycoords=("data", "axes fraction"), textcoords="offset points", ha="center",
        )  # fmt: skip
    shown = np.concatenate(
        [_numbers(history.get(k, ())) for k in ("train_loss", "validation_loss")]
    )
    shown = shown[np.isfinite(shown)]
    if log_scale_suits(shown):
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(LogFormatter())
        axes.yaxis.set_minor_formatter(LogFormatter(minor_thresholds=(2, 0.5)))
    axes.set(xlabel="epoch", ylabel="loss (nats per example)")
    axes.legend()
    return figure


def log_scale_suits(values: np.ndarray) -> bool:
    """Tell whether all values are positive and spread over more than a factor of ten.

    Examples
    --------
    >>> log_scale_suits(np.array([0.1, 5.0])), log_scale_suits(np.array([-1.0, 5.0]))
    (True, False)
    """
    return bool(len(values) and values.min() > 0 and values.max() > 10 * values.min())


@styled
def code_scatter(
    points: np.ndarray,
    labels: np.ndarray | None = None,
    *,
    axis_names: tuple[str, str] = ("code 1", "code 2"),
) -> "Figure":
    """Draw codes in the plane, a colour a class, each class named at its median.

    Parameters
    ----------
    points : ndarray of shape (n, 2)
    labels : ndarray of shape (n,), optional
        Classes; sorted by name.
    axis_names : (str, str)
        What the axes are, with their unit if they have one.
    """
    from matplotlib.patheffects import withStroke

    figure = new_figure(5.2, 4.6)
    axes = figure.subplots()
    if labels is None:
        axes.scatter(*points.T, s=8, color=OURS, alpha=0.6, linewidths=0)
    else:
        kinds = np.unique(labels)
        for kind, colour in zip(kinds, class_colours(len(kinds)), strict=True):
            chosen = points[labels == kind]
            axes.scatter(*chosen.T, s=8, color=colour, alpha=0.7, linewidths=0)
            x, y = np.median(chosen, axis=0)
            halo = [withStroke(linewidth=2.5, foreground="white")]
            axes.text(x, y, plain(kind), ha="center", va="center", weight="bold", path_effects=halo)
    axes.set(xlabel=axis_names[0], ylabel=axis_names[1])
    return figure


@styled
def column_errors(names: Sequence[str], errors: np.ndarray, pca_errors: np.ndarray) -> "Figure":
    """Draw the errors of the autoencoder and of PCA for each column of a table.

    Parameters
    ----------
    names : sequence of str
        Columns.
    errors, pca_errors : ndarray of shape (D,)
        Mean squared errors in the scaled space.
    """
    figure = new_figure(5.6, 0.8 + 0.26 * len(names))
    axes = figure.subplots()
    places = np.arange(len(names))
    axes.barh(places - 0.19, errors, 0.36, color=OURS, label="autoencoder")
    axes.barh(places + 0.19, pca_errors, 0.36, color=THEIRS, label="PCA")
    axes.set_yticks(places, [*map(plain, names)])
    axes.invert_yaxis()
    axes.set(xlabel="mean squared error (scaled)")
    axes.legend(loc="lower right")
    return figure


@styled
def curves(
    lines: Lines,
    *,
    x_label: str,
    y_label: str,
    log_x: bool = False,
    log_y: bool = False,
) -> "Figure":
    """Draw lines by name, with their spread where it is given.

    Parameters
    ----------
    lines : mapping of str to (x, y) or (x, y, spread)
        Each of shape (n,); the spread, a standard deviation say, becomes error bars.
    x_label, y_label : str
        With units.
    log_x, log_y : bool
        Logarithmic axes.
    """
    figure = new_figure(5.6, 3.4)
    axes = figure.subplots()
    for (name, (x, y, *spread)), colour in zip(
        lines.items(), class_colours(len(lines)), strict=True
    ):
        error = np.asarray(spread[0], float) if spread else None  # None becomes NaN
        marker = "o" if len(x) <= 30 else ""
        axes.errorbar(
            x, y, error, label=plain(name), color=colour, marker=marker, markersize=3.5,
            linewidth=1.6, capsize=2.5,
        )  # fmt: skip
    axes.set(xlabel=x_label, ylabel=y_label)
    axes.set_xscale("log" if log_x else "linear")
    axes.set_yscale("log" if log_y else "linear")
    places = sorted({value for x, *_ in lines.values() for value in x})
    if log_x and len(places) <= 8:  # few enough to be named, rather than powers of ten
        axes.set_xticks(places, [f"{value:g}" for value in places])
        axes.minorticks_off()
    if len(lines) > 1:
        axes.legend()
    return figure


@styled
def bars(
    groups: Mapping[str, Sequence[float]], names: Sequence[object], *, y_label: str
) -> "Figure":
    """Draw a bar a name for each group, the groups side by side.

    Parameters
    ----------
    groups : mapping of str to (n,)
    names : sequence
        n names, along the axis.
    y_label : str
        With its unit.
    """
    figure = new_figure(max(4.0, 0.4 * len(names) + 2), 3.0)
    axes = figure.subplots()
    width = 0.8 / len(groups)
    for i, ((group, heights), colour) in enumerate(
        zip(groups.items(), class_colours(len(groups)), strict=True)
    ):
        places = np.arange(len(names)) - 0.4 + (i + 0.5) * width
        axes.bar(places, heights, width, color=colour, label=plain(group))
    axes.set_xticks(np.arange(len(names)), [*map(plain, names)])
    axes.set(ylabel=y_label)
    if len(groups) > 1:
        axes.legend()
    return figure


@styled
def labelled_points(
    points: np.ndarray,
    names: Sequence[object],
    *,
    axis_names: tuple[str, str] = ("code 1", "code 2"),
) -> "Figure":
    """Draw points (n, 2) in the plane, each with its name next to it."""
    figure = new_figure(5.6, 4.8)
    axes = figure.subplots()
    axes.scatter(*points.T, s=10, color=OURS, linewidths=0)
    for point, name in zip(points, names, strict=True):
        axes.annotate(plain(name), tuple(point), xytext=(3, 3), textcoords="offset points")
    axes.set(xlabel=axis_names[0], ylabel=axis_names[1])
    return figure


@styled
def matrix(
    values: np.ndarray,
    rows: Sequence[object],
    columns: Sequence[object],
    *,
    row_label: str = "",
    column_label: str = "",
) -> "Figure":
    """Draw a matrix as a table of shaded cells, such as a confusion or a correlation matrix.

    Whole numbers and tables of at most 12 columns have their values written into the cells.

    Parameters
    ----------
    values : (r, c)
        With negative numbers among them, a colour a sign, white at zero.
    rows, columns : sequence
        r and c names.
    row_label, column_label : str
        What rows and columns are.
    """
    from matplotlib.colors import LinearSegmentedColormap

    signed = values.min() < 0
    reach = float(np.abs(values).max()) or 1.0
    colours = LinearSegmentedColormap.from_list("isthmus", DIVERGING if signed else SHADES)
    side = 0.42
    figure = new_figure(side * len(columns) + 1.2, side * len(rows) + 0.8)
    axes = figure.subplots()
    axes.imshow(values, cmap=colours, vmin=-reach if signed else 0, vmax=reach, aspect="auto")
    whole = values.dtype.kind in "iu"
    if whole or len(columns) <= 12:
        for (i, j), value in np.ndenumerate(values):
            ink = "white" if abs(value) > 0.6 * reach else INK
            text = f"{value}" if whole else f"{value:.2f}"
            axes.text(j, i, text, ha="center", va="center", color=ink, fontsize=7)
    axes.set_xticks(np.arange(len(columns)), [*map(plain, columns)])
    axes.set_yticks(np.arange(len(rows)), [*map(plain, rows)])
    axes.set(xlabel=column_label, ylabel=row_label)
    return figure


def _numbers(values: Sequence[float | None]) -> np.ndarray:
    """Turn a column of the history into floats, with NaN where an epoch has none."""
    return np.array([np.nan if value is None else float(value) for value in values])
