"""Figures of an autoencoder, drawn with matplotlib from plain arrays.

Every function returns a :class:`matplotlib.figure.Figure` that belongs to no window and no
global state: show it in a notebook, or write it with ``figure.savefig(path)``. Images are
(n, H, W) or (n, H, W, C); ``limits`` are the values shown as black and white.
"""

from isthmus.figures.images import (
    corruption,
    decoded_grid,
    filters,
    image_table,
    mosaic,
    reconstructions,
    samples,
    traversals,
)
from isthmus.figures.plots import (
    bars,
    code_scatter,
    column_errors,
    curves,
    labelled_points,
    log_scale_suits,
    loss_curves,
    matrix,
)
from isthmus.figures.style import DIVERGING, TEN_COLOURS, Limits, class_colours

__all__ = [
    "DIVERGING",
    "TEN_COLOURS",
    "Limits",
    "bars",
    "class_colours",
    "code_scatter",
    "column_errors",
    "corruption",
    "curves",
    "decoded_grid",
    "filters",
    "image_table",
    "labelled_points",
    "log_scale_suits",
    "loss_curves",
    "matrix",
    "mosaic",
    "reconstructions",
    "samples",
    "traversals",
]
