"""Figures made of images."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from isthmus.figures.style import DIVERGING, Limits, new_figure, plain, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage


def mosaic(images: np.ndarray, columns: int, gap: int = 1) -> np.ndarray:
    """Lay images out in rows of ``columns``, with NaN in the gaps and in empty places.

    Parameters
    ----------
    images : ndarray of shape (n, H, W) or (n, H, W, C)
        A single channel is dropped.
    columns : int
        Images a row.
    gap : int
        Pixels between two images.

    Returns
    -------
    ndarray of shape (rows, columns) or (rows, columns, C), in pixels
        float32.

    Examples
    --------
    >>> mosaic(np.ones((3, 2, 2)), columns=2).shape
    (5, 5)
    """
    images = np.asarray(images, np.float32)
    if images.ndim == 4 and images.shape[-1] == 1:
        images = images[..., 0]
    n, height, width = images.shape[:3]
    rows = -(-n // columns)
    shape = (rows * (height + gap) - gap, columns * (width + gap) - gap, *images.shape[3:])
    canvas = np.full(shape, np.nan, np.float32)
    for i, image in enumerate(images):
        top, left = (i // columns) * (height + gap), (i % columns) * (width + gap)
        canvas[top : top + height, left : left + width] = image
    return canvas


@styled
def reconstructions(
    groups: Mapping[str, tuple[np.ndarray, np.ndarray]], limits: Limits | None = None
) -> "Figure":
    """Draw originals above their reconstructions, a block a group.

    Parameters
    ----------
    groups : mapping of str to (originals, reconstructions)
        For instance ``{"best": ..., "typical": ..., "worst": ...}``; each pair holds equally
        many images.
    limits : (float, float), optional
        Range of the pixels, by default that of the originals.
    """
    limits = limits or _limits(*(pair[0] for pair in groups.values()))
    widths = [len(pair[0]) for pair in groups.values()]
    height, width = next(iter(groups.values()))[0].shape[1:3]
    figure = new_figure(7.2, 0.35 + 13.2 / sum(widths) * height / width)
    spots = np.atleast_1d(figure.subplots(1, len(groups), width_ratios=widths))
    for axes, (name, (left, right)) in zip(spots, groups.items(), strict=True):
        _picture(axes, mosaic(np.concatenate([left, right]), len(left)), limits)
        axes.set_title(name)
    spots[0].set_yticks([(height - 1) / 2, height * 1.5 + 0.5], ["original", "rebuilt"])
    return figure


@styled
def decoded_grid(
    images: np.ndarray, xs: np.ndarray, ys: np.ndarray, limits: Limits | None = None
) -> "Figure":
    """Draw what a two-dimensional code decodes to, laid out where the code lies.

    Parameters
    ----------
    images : ndarray of shape (len(ys) * len(xs), H, W) or (..., H, W, C)
        Row by row, ``ys`` falling from the top.
    xs, ys : ndarray
        Values of code 1 (left to right) and code 2 (top to bottom).
    limits : (float, float), optional
        Range of the pixels.
    """
    height, width = images.shape[1:3]
    figure = new_figure(5.2, 0.4 + 4.8 * height * len(ys) / (width * len(xs)))
    axes = figure.subplots()
    _picture(axes, mosaic(images, len(xs), gap=0), limits or _limits(images))
    for axis, values, side in ((axes.xaxis, xs, width), (axes.yaxis, ys, height)):
        named = np.arange(0, len(values), 3)
        axis.set_ticks((named + 0.5) * side - 0.5, [f"{values[i]:.2g}" for i in named])
    axes.set(xlabel="code 1", ylabel="code 2")
    return figure


@styled
def traversals(
    images: np.ndarray, steps: np.ndarray, names: Sequence[str], limits: Limits | None = None
) -> "Figure":
    """Draw what changes along each code axis, a row an axis.

    Parameters
    ----------
    images : ndarray of shape (rows, len(steps), H, W) or (..., H, W, C)
    steps : ndarray
        Standard deviations from the mean code.
    names : sequence of str
        One a row.
    limits : (float, float), optional
        Range of the pixels.
    """
    height, width = images.shape[2:4]
    figure = new_figure(5.2, 0.5 + 4.5 * len(names) * height / (len(steps) * width))
    axes = figure.subplots()
    flat = images.reshape(-1, *images.shape[2:])
    _picture(axes, mosaic(flat, len(steps)), limits or _limits(images))
    axes.set_xticks(np.arange(len(steps)) * (width + 1) + width / 2, [f"{s:+.2g}" for s in steps])
    axes.set_yticks(np.arange(len(names)) * (height + 1) + height / 2, [*map(plain, names)])
    axes.set(xlabel="standard deviations from the mean code")
    return figure


@styled
def filters(weights: np.ndarray, columns: int = 12) -> "Figure":
    """Draw first-layer weights as pictures, a colour a sign, white at zero.

    Parameters
    ----------
    weights : ndarray of shape (units, H, W)
    columns : int
        Pictures a row.
    """
    from matplotlib.colors import LinearSegmentedColormap

    reach = float(np.abs(weights).max()) or 1.0
    columns = min(columns, len(weights))
    canvas = mosaic(weights, columns)
    figure = new_figure(6.0, 0.3 + 5.2 * canvas.shape[0] / canvas.shape[1])
    axes = figure.subplots()
    colours = LinearSegmentedColormap.from_list("isthmus", DIVERGING)
    drawn = _picture(axes, canvas, (-reach, reach), colours)
    figure.colorbar(drawn, ax=axes, label="weight", shrink=0.8, aspect=30).outline.set_visible(
        False
    )
    return figure


@styled
def corruption(
    clean: np.ndarray, corrupted: np.ndarray, denoised: np.ndarray, limits: Limits | None = None
) -> "Figure":
    """Draw rows of clean images, of the same corrupted, and of their reconstructions."""
    n, height, width = clean.shape[:3]
    figure = new_figure(6.4, 0.2 + 16.8 * height / (n * width))
    axes = figure.subplots()
    rows = np.concatenate([clean, corrupted, denoised])
    _picture(axes, mosaic(rows, n), limits or _limits(clean))
    places = np.arange(3) * (height + 1) + height / 2
    axes.set_yticks(places, ["clean", "corrupted", "denoised"])
    return figure


@styled
def samples(images: np.ndarray, columns: int = 12, limits: Limits | None = None) -> "Figure":
    """Draw new examples, decoded from draws of the prior."""
    canvas = mosaic(images, min(columns, len(images)))
    figure = new_figure(5.2, 5.2 * canvas.shape[0] / canvas.shape[1])
    _picture(figure.subplots(), canvas, limits or _limits(images))
    return figure


@styled
def image_table(
    rows: Mapping[str, np.ndarray],
    columns: Sequence[object] | None = None,
    limits: Limits | None = None,
) -> "Figure":
    """Draw rows of images, each row named on the left and each column, if named, above.

    Parameters
    ----------
    rows : mapping of str to (n, H, W) or (n, H, W, C)
        Equally many images a row.
    columns : sequence, optional
        n names.
    limits : (float, float), optional
        Range of the pixels, by default that of all images.
    """
    stacks = [np.asarray(images) for images in rows.values()]
    n, height, width = stacks[0].shape[:3]
    side = min(0.75, 6.4 / n)
    figure = new_figure(side * n + 1.4, 0.5 + side * len(rows) * height / width)
    axes = figure.subplots()
    _picture(axes, mosaic(np.concatenate(stacks), n), limits or _limits(*stacks))
    axes.set_yticks(np.arange(len(rows)) * (height + 1) + height / 2, [*map(plain, rows)])
    if columns is not None:
        axes.xaxis.tick_top()
        axes.set_xticks(np.arange(n) * (width + 1) + width / 2, [*map(plain, columns)])
    return figure


def _picture(
    axes: "Axes", canvas: np.ndarray, limits: Limits, colours: "str | Colormap" = "gray"
) -> "AxesImage":
    """Show a mosaic without frame, ticks or smoothing; gaps stay empty."""
    if canvas.ndim == 3:
        low, high = limits
        canvas = np.clip((canvas - low) / ((high - low) or 1.0), 0, 1)
        gaps = np.isnan(canvas[..., :1])
        canvas = np.concatenate([np.nan_to_num(canvas[..., :3]), 1.0 - gaps], axis=-1)
    axes.set(xticks=[], yticks=[])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return axes.imshow(
        canvas, cmap=colours, vmin=limits[0], vmax=limits[1], interpolation="nearest"
    )


def _limits(*images: np.ndarray) -> Limits:
    return float(min(i.min() for i in images)), float(max(i.max() for i in images))
