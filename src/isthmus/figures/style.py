"""How every figure looks: colours, type, and a figure that belongs to no window."""

import colorsys
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias, TypeVar

import numpy as np

if TYPE_CHECKING:
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
SHADES = ("#ffffff", "#3f90da", "#173f66")
Lines: TypeAlias = Mapping[str, tuple[Sequence[float] | np.ndarray, ...]]
"""Lines by name: places and values (n,), and maybe the spread of the values."""

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


def styled(draw: Callable[P, T]) -> Callable[P, T]:
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


def new_figure(width: float, height: float) -> "Figure":
    """Return an empty figure, in inches; the height is kept between 1 and 12."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, float(np.clip(height, 1.0, 12.0))), layout="constrained")


def plain(text: object) -> str:
    """Keep matplotlib from reading a dollar sign in a name as mathematics."""
    return str(text).replace("$", r"\$")
