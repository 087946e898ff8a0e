"""Figures of an autoencoder, drawn with matplotlib from plain arrays.

Every function returns a :class:`matplotlib.figure.Figure` that belongs to no window and no
global state: show it in a notebook, or write it with ``figure.savefig(path)``. Images are
(n, H, W) or (n, H, W, C); ``limits`` are the values shown as black and white.
"""

import colorsys
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

P = ParamSpec("P")
T = TypeVar("T")
Limits = tuple[float, float]

# Petroff (2021), arXiv:2107.02270: ten colours that stay apart in colour-blind vision.
TEN_COLOURS = (
    "#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6",
    "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd",
)  # fmt: skip
OURS, THEIRS, INK = "#3f90da", "#b4bab9", "#3c4147"
DIVERGING = ("#2166ac", "#f6f6f4", "#b35806")
_STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.labelsize": 9,
    "axes.titlesize": 9,
    "axes.edgecolor": "#9aa0a6",
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": "#6b7178",
    "ytick.color": "#6b7178",
    "text.color": INK,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "savefig.dpi": 150,
}


def _styled(draw: Callable[P, T]) -> Callable[P, T]:
    """Draw inside the one style, and leave matplotlib's own settings as they were."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> T:
        from matplotlib import rc_context

        with rc_context(_STYLE):
            return draw(*args, **kwargs)

    return drawn


def class_colours(n: int) -> list[str]:
    """Return ``n`` colours, one a class: ten made to stay apart, beyond them a ring of hues.

    Examples
    --------
    >>> class_colours(2)
    ['#3f90da', '#ffa90e']
    """
    if n <= len(TEN_COLOURS):
        return list(TEN_COLOURS[:n])
    ring = [colorsys.hls_to_rgb(i / n, (0.42, 0.62)[i % 2], 0.6) for i in range(n)]
    return ["#" + "".join(f"{round(255 * channel):02x}" for channel in rgb) for rgb in ring]


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


@_styled
def loss_curves(history: Mapping[str, Sequence[Any]], best_epoch: int | None = None) -> "Figure":
    """Draw the loss of every epoch on the training and the validation part.

    Parameters
    ----------
    history : mapping of lists
        ``epoch``, ``train_loss`` and, where there is one, ``validation_loss`` (nats an
        example).
    best_epoch : int, optional
        Marked by a vertical line.
    """
    from matplotlib.ticker import LogFormatter

    figure = _figure(5.2, 3.0)
    axes = figure.subplots()
    for key, name, colour in (
        ("train_loss", "training", TEN_COLOURS[0]),
        ("validation_loss", "validation", TEN_COLOURS[6]),
    ):
        values = _numbers(history.get(key, ()))
        if np.isfinite(values).any():
            axes.plot(history["epoch"], values, color=colour, label=name, linewidth=1.6)
    if best_epoch is not None:
        axes.axvline(best_epoch, color="#9aa0a6", linestyle=":", linewidth=1.2)
        axes.annotate(
            f"best epoch {best_epoch}", (best_epoch, 1.0), xytext=(0, 3), color="#6b7178",
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
    axes.set(xlabel="epoch", ylabel="loss (nats an example)")
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


@_styled
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
    figure = _figure(7.2, 0.35 + 13.2 / sum(widths) * height / width)
    spots = np.atleast_1d(figure.subplots(1, len(groups), width_ratios=widths))
    for axes, (name, (left, right)) in zip(spots, groups.items(), strict=True):
        _picture(axes, mosaic(np.concatenate([left, right]), len(left)), limits)
        axes.set_title(name)
    spots[0].set_yticks([(height - 1) / 2, height * 1.5 + 0.5], ["original", "rebuilt"])
    return figure


@_styled
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

    figure = _figure(5.2, 4.6)
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
            axes.text(
                x, y, _plain(kind), ha="center", va="center", weight="bold", path_effects=halo
            )
    axes.set(xlabel=axis_names[0], ylabel=axis_names[1])
    return figure


@_styled
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
    figure = _figure(5.2, 0.4 + 4.8 * height * len(ys) / (width * len(xs)))
    axes = figure.subplots()
    _picture(axes, mosaic(images, len(xs), gap=0), limits or _limits(images))
    for axis, values, side in ((axes.xaxis, xs, width), (axes.yaxis, ys, height)):
        named = np.arange(0, len(values), 3)
        axis.set_ticks((named + 0.5) * side - 0.5, [f"{values[i]:.2g}" for i in named])
    axes.set(xlabel="code 1", ylabel="code 2")
    return figure


@_styled
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
    figure = _figure(5.2, 0.5 + 4.5 * len(names) * height / (len(steps) * width))
    axes = figure.subplots()
    flat = images.reshape(-1, *images.shape[2:])
    _picture(axes, mosaic(flat, len(steps)), limits or _limits(images))
    axes.set_xticks(np.arange(len(steps)) * (width + 1) + width / 2, [f"{s:+.2g}" for s in steps])
    axes.set_yticks(np.arange(len(names)) * (height + 1) + height / 2, [*map(_plain, names)])
    axes.set(xlabel="standard deviations from the mean code")
    return figure


@_styled
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
    figure = _figure(6.0, 0.3 + 5.2 * canvas.shape[0] / canvas.shape[1])
    axes = figure.subplots()
    colours = LinearSegmentedColormap.from_list("isthmus", DIVERGING)
    drawn = _picture(axes, canvas, (-reach, reach), colours)
    figure.colorbar(drawn, ax=axes, label="weight", shrink=0.8, aspect=30).outline.set_visible(
        False
    )
    return figure


@_styled
def corruption(
    clean: np.ndarray, corrupted: np.ndarray, denoised: np.ndarray, limits: Limits | None = None
) -> "Figure":
    """Draw clean images, what the encoder saw, and what came out, a row each."""
    n, height, width = clean.shape[:3]
    figure = _figure(6.4, 0.2 + 16.8 * height / (n * width))
    axes = figure.subplots()
    rows = np.concatenate([clean, corrupted, denoised])
    _picture(axes, mosaic(rows, n), limits or _limits(clean))
    places = np.arange(3) * (height + 1) + height / 2
    axes.set_yticks(places, ["clean", "corrupted", "denoised"])
    return figure


@_styled
def samples(images: np.ndarray, columns: int = 12, limits: Limits | None = None) -> "Figure":
    """Draw new examples, decoded from draws of the prior."""
    canvas = mosaic(images, min(columns, len(images)))
    figure = _figure(5.2, 5.2 * canvas.shape[0] / canvas.shape[1])
    _picture(figure.subplots(), canvas, limits or _limits(images))
    return figure


@_styled
def column_errors(names: Sequence[str], errors: np.ndarray, pca_errors: np.ndarray) -> "Figure":
    """Draw the error of each column of a table, beside PCA's.

    Parameters
    ----------
    names : sequence of str
        Columns.
    errors, pca_errors : ndarray of shape (D,)
        Mean squared errors in the scaled space.
    """
    figure = _figure(5.6, 0.8 + 0.26 * len(names))
    axes = figure.subplots()
    places = np.arange(len(names))
    axes.barh(places - 0.19, errors, 0.36, color=OURS, label="autoencoder")
    axes.barh(places + 0.19, pca_errors, 0.36, color=THEIRS, label="PCA")
    axes.set_yticks(places, [*map(_plain, names)])
    axes.invert_yaxis()
    axes.set(xlabel="mean squared error (scaled)")
    axes.legend(loc="lower right")
    return figure


def _figure(width: float, height: float) -> "Figure":
    from matplotlib.figure import Figure

    return Figure(figsize=(width, float(np.clip(height, 1.0, 12.0))), layout="constrained")


def _picture(axes: "Axes", canvas: np.ndarray, limits: Limits, colours: Any = "gray") -> Any:
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


def _numbers(values: Sequence[Any]) -> np.ndarray:
    """Turn a column of the history into floats, with NaN where an epoch has none."""
    return np.array([np.nan if value is None else float(value) for value in values])


def _plain(text: Any) -> str:
    """Keep matplotlib from reading a dollar sign in a name as mathematics."""
    return str(text).replace("$", r"\$")
